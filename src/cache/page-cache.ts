/**
 * Pages as they were answered, kept in Redis for all processes and near in each one.
 *
 *   reader: near ─▶ Redis ─▶ take the lease ─▶ PostgreSQL ─▶ put the page in the lease's place
 *   writer: bar ──────────▶ COMMIT ─▶ lift
 *
 * A page may be put only in the place of its own lease, and a bar takes every lease away: so a slow reader cannot put
 * an old page over a newer one. Each page is stamped with the generation that was true before it was read; whoever
 * begins a generation (a process that could not reach Redis for a while, a batch of too many pages) has all of them
 * forgotten at once. Nothing compares versions of the data: they repeat when a database is restored.
 */
import { randomUUID } from 'node:crypto'
import type { PageName } from '../booking/changed-pages.ts'
import type { Bars, PageBars } from '../store/batch-bars.ts'
import {
  encodeGeneration,
  encodeLease,
  encodePage,
  type CachedPage,
  type CachedValue,
} from './cached-value.ts'
import { OpenTransactions } from './open-transactions.ts'
import { uncachedPages, type CacheRequest, type PageReader, type ReadPage } from './page-reader.ts'
import { RedisStore, type RedisStoreOptions } from './redis-store.ts'
import { SharedReads } from './shared-reads.ts'
import { TransactionBars } from './transaction-bars.ts'
import { Trust } from './trust.ts'

export interface PageCacheOptions extends RedisStoreOptions {
  /** A transaction that was begun so long ago has ended, one way or the other. */
  readonly barMs: number
  /** Names the contents of the database; another one after a restore. Read from the database. */
  readonly readEpoch: () => Promise<string>
  /** After another epoch was seen, so long until all processes have seen it (each looks every five seconds). */
  readonly epochSettleMs: number
  readonly observe: (request: CacheRequest) => void
  /** The cache is not used from now on, until `onGained`. */
  readonly onLost: (error: unknown) => void
  readonly onGained: () => void
}

/** A page that is being read, for all who want it meanwhile. */
type Flight = Promise<CachedPage | null>

/** A reader has answered, or given up, long before. */
const leaseMs = 10_000
/** Renewed at every start and after every loss; a day is only for what nobody uses any more. */
const generationMs = 86_400_000
/** A larger page is read each time; the near cache counts pages, not bytes. */
const maxPageBytes = 65_536

export class PageCache implements PageReader, PageBars {
  readonly #options: PageCacheOptions
  readonly #store: RedisStore
  readonly #trust: Trust
  /** By key. Whatever changes the key takes its flight away: who comes later must not be answered what is old. */
  readonly #flights = new Map<string, Flight>()
  /** Keys by token: bars of transactions that ended when Redis could not be told. Few: without Redis none is raised. */
  readonly #leftBars = new Map<string, readonly string[]>()
  readonly #open = new OpenTransactions()
  /** Of pages that cannot be kept just now. */
  readonly #shared = new SharedReads()
  readonly #uncached: PageReader
  /** Empty until it was read. */
  #epoch = ''
  #generationKey = generationKeyOf('')
  /** Before this time, another process may not have seen that the epoch is another one. */
  #epochSettledAtMs = -Infinity

  constructor(options: PageCacheOptions) {
    this.#options = options
    this.#uncached = uncachedPages(options.observe)
    this.#store = new RedisStore(options, (error) => this.#trust.lose(error))
    this.#trust = new Trust({
      isConnected: () => this.#store.isConnected,
      ping: () => this.#store.ping(),
      renew: () => this.#renew(),
      isSameDatabase: async () => (await options.readEpoch()) === this.#epoch,
      onLost: options.onLost,
      onGained: options.onGained,
    })
    this.#store.near.on('invalidate', (key: string | null) => this.#dropFlight(key))
  }

  /** Whether pages are answered from the cache just now. */
  get isTrusted(): boolean {
    return this.#trust.holds
  }

  start(): void {
    this.#store.connect()
    this.#trust.start()
  }

  async stop(): Promise<void> {
    const stopped = this.#trust.stop()
    this.#store.close()
    await stopped
  }

  read(name: PageName, load: () => Promise<CachedPage | null>): ReadPage | Promise<ReadPage> {
    if (!this.#trust.holds) return this.#uncached.read(name, load)
    const key = keyOf(this.#epoch, name)
    const near = this.#kept(key)
    if (near === null) return this.#readFar(name, key, load)
    this.#options.observe({ cache: 'near', result: 'hit' })
    return { page: near, result: 'hit' }
  }

  /** From Redis, or by `load`. */
  async #readFar(name: PageName, key: string, load: () => Promise<CachedPage | null>): Promise<ReadPage> {
    const deadlineMs = performance.now() + this.#options.timeoutMs
    try {
      await Promise.all([this.#store.get(this.#generationKey), this.#store.get(key)])
    } catch (error) {
      this.#trust.lose(error)
    }
    if (!this.#trust.holds) return await this.#uncached.read(name, load)
    this.#options.observe({ cache: 'near', result: 'miss' })
    const kept = this.#kept(key)
    this.#options.observe({ cache: 'redis', result: kept === null ? 'miss' : 'hit' })
    if (kept !== null) return { page: kept, result: 'hit' }
    return { page: await this.#join({ name, key, load, deadlineMs }), result: 'miss' }
  }

  async bypass(load: () => Promise<CachedPage | null>): Promise<ReadPage> {
    return await this.#uncached.bypass(load)
  }

  begin(): Bars {
    const epoch = this.#epoch
    return new TransactionBars({
      store: this.#store,
      trust: this.#trust,
      open: this.#open,
      epoch: epoch === '' ? null : epoch,
      lifeMs: this.#options.barMs,
      pageLifeMs: leaseMs + this.#options.ttlMs,
      keysOf: (pages) =>
        pages === 'all' ? [generationKeyOf(epoch)] : [...pages].map((name) => keyOf(epoch, name)),
      dropFlights: (keys) => {
        for (const key of keys) this.#dropFlight(key)
      },
      leave: (keys, token) => this.#leftBars.set(token, keys),
    })
  }

  /** The page as the process remembers it, if that is still true. */
  #kept(key: string): CachedPage | null {
    const generation = this.#store.near.peek(this.#generationKey)
    const value = this.#store.near.peek(key)
    return value?.kind === 'page' && value.generation === generationOf(generation) ? value.page : null
  }

  /** Reads the page, together with all who ask for it now, and keeps it if nothing stands against that. */
  async #join(missed: Missed): Flight {
    const { name, key, load } = missed
    const stamp = this.#store.near.peek(this.#generationKey)
    const value = this.#store.near.peek(key)
    if (stamp?.kind === 'absent') this.#beginGeneration()
    const generation = generationOf(stamp)
    if (generation === null || value?.kind === 'bar') return await this.#shared.read(name, load)
    // First: taking the lease for the flight is a write of ours, so the key is forgotten for a moment meanwhile.
    const flight = this.#flights.get(key)
    if (flight !== undefined) return await flight
    if (value === undefined || value.kind === 'lease') return await this.#shared.read(name, load)
    const fill = this.#fill(missed, generation)
    this.#flights.set(key, fill.loaded)
    void fill.kept.finally(() => {
      if (this.#flights.get(key) === fill.loaded) this.#flights.delete(key)
    })
    return await fill.loaded
  }

  /** `loaded` as soon as PostgreSQL has answered, `kept` when Redis has. */
  #fill({ key, load, deadlineMs }: Missed, generation: string): { loaded: Flight; kept: Promise<void> } {
    const lease = encodeLease(randomUUID())
    const leased = this.#lease(key, lease, generation)
    // PostgreSQL is not kept waiting for all the answers of Redis together longer than for one of them.
    const leasedInTime = orFalseAt(deadlineMs, leased)
    const read = async (): Flight => {
      if (!(await leasedInTime)) this.#dropFlight(key)
      return await load()
    }
    const loaded = read()
    const keep = async (): Promise<void> => {
      const page = await loaded.catch(() => null)
      // Only what is kept is worth sharing with those who come later.
      if (page === null) this.#dropFlight(key)
      if (!(await leased) || !this.#trust.holds) return
      // What was read before the lease was there may be old by now.
      const isKept = (await leasedInTime) && page !== null && page.body.length <= maxPageBytes
      await this.#store.settleLease(key, lease, isKept ? encodePage(generation, page) : null)
    }
    return { loaded, kept: keep().catch((error: unknown) => this.#trust.lose(error)) }
  }

  /** Whether the key is ours to fill. Reads it again, so that Redis tells us if that ends. */
  async #lease(key: string, lease: string, generation: string): Promise<boolean> {
    try {
      const isTaken = await this.#store.takeLease(key, lease, { generation, lifeMs: leaseMs })
      const value = isTaken ? await this.#store.get(key) : null
      if (value?.kind === 'lease' && encodeLease(value.lease) === lease) return true
    } catch (error) {
      this.#trust.lose(error)
    }
    this.#dropFlight(key)
    return false
  }

  #dropFlight(key: string | null): void {
    if (key === null || key === this.#generationKey) this.#flights.clear()
    else this.#flights.delete(key)
  }

  /** Nothing is kept under the generation that was there: it was forgotten by Redis, or ended by a transaction. */
  #beginGeneration(): void {
    this.#store
      .setIfFree(this.#generationKey, encodeGeneration(randomUUID()), generationMs)
      .catch((error: unknown) => this.#trust.lose(error))
  }

  async #renew(): Promise<boolean> {
    const epoch = await this.#options.readEpoch()
    if (epoch !== this.#epoch) {
      if (this.#epoch !== '') this.#epochSettledAtMs = performance.now() + this.#options.epochSettleMs
      this.#epoch = epoch
      this.#generationKey = generationKeyOf(epoch)
    }
    if (performance.now() < this.#epochSettledAtMs || !this.#open.allBarUnder(epoch)) return false
    for (const [token, keys] of this.#leftBars) {
      await this.#store.lift(keys, token)
      this.#leftBars.delete(token)
    }
    this.#store.near.clear()
    this.#flights.clear()
    await this.#store.set(this.#generationKey, encodeGeneration(randomUUID()), generationMs)
    return true
  }
}

function keyOf(epoch: string, name: PageName): string {
  return `bincard:${epoch}:${name}`
}

function generationKeyOf(epoch: string): string {
  return `bincard:${epoch}:generation`
}

/** A page that is in no cache. */
interface Missed {
  readonly name: PageName
  readonly key: string
  readonly load: () => Flight
  /** From here on nobody waits for Redis. */
  readonly deadlineMs: number
}

/** The answer, or false if it has not come by then (as `performance.now()` counts). */
async function orFalseAt(deadlineMs: number, answer: Promise<boolean>): Promise<boolean> {
  const { promise: tooLate, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), Math.max(0, deadlineMs - performance.now()))
  try {
    return await Promise.race([answer, tooLate])
  } finally {
    clearTimeout(timer)
  }
}

function generationOf(value: CachedValue | undefined): string | null {
  return value?.kind === 'generation' ? value.generation : null
}
