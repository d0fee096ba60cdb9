/** Redis for the cache: one connection, a limit on every wait, and whatever goes wrong a Fault. */
import { createClient } from '@redis/client'
import { decodeValue, type CachedValue } from './cached-value.ts'
import { Waits } from '../waits.ts'
import { NearCache } from './near-cache.ts'
import { loginOf, socketOf, type RedisAddress } from './redis-address.ts'
import { redisFault, toRedisFault } from './redis-fault.ts'
import { barKeys, liftBars, settleLease, takeLease } from './scripts.ts'

export interface RedisStoreOptions extends RedisAddress {
  /** No command is waited for longer. */
  readonly timeoutMs: number
  /** Life of a page. */
  readonly ttlMs: number
  /** Values that the process itself remembers. */
  readonly nearEntries: number
  /** Each command that waits for its answer is one of these. */
  readonly waits?: Waits
}

/** Commands under way at most: a connection that hangs must not fill the memory. */
const maxCommands = 10_000
/** A connection over which nothing came for so long is made anew; it is asked several times a second. */
const silenceMs = 5000
const reconnectMs = { min: 50, max: 1000 }

/** Connects by itself, again and again, until it is closed. */
export class RedisStore {
  readonly near: NearCache
  readonly #client: ReturnType<typeof connectTo>
  readonly #options: RedisStoreOptions
  readonly #waits: Waits

  /** `onLost` hears of a connection that broke off, or was not to be had. */
  constructor(options: RedisStoreOptions, onLost: (error: unknown) => void) {
    this.#options = options
    this.#waits = options.waits ?? new Waits()
    this.near = new NearCache({ ttlMs: options.ttlMs, maxEntries: options.nearEntries })
    this.#client = connectTo(options, this.near)
    this.#client.on('error', (error: unknown) => onLost(toRedisFault(error)))
  }

  get isConnected(): boolean {
    return this.#client.isReady
  }

  connect(): void {
    // Fails only when it is closed meanwhile; until then it tries again.
    this.#client.connect().catch(() => undefined)
  }

  /** Does not wait for commands under way. */
  close(): void {
    if (this.#client.isOpen) this.#client.destroy()
  }

  /** From what the process remembers, or from Redis. */
  async get(key: string): Promise<CachedValue> {
    return this.near.peek(key) ?? decodeValue(await this.#within(this.#client.get(key)))
  }

  /** Whether the key was free, and has the value now. */
  async setIfFree(key: string, value: string, lifeMs: number): Promise<boolean> {
    const condition = { condition: 'NX', expiration: { type: 'PX', value: lifeMs } } as const
    return await this.#write([key], async () => (await this.#client.set(key, value, condition)) !== null)
  }

  async set(key: string, value: string, lifeMs: number): Promise<void> {
    const expiration = { type: 'PX', value: lifeMs } as const
    await this.#write([key], () => this.#client.set(key, value, { expiration }))
  }

  /** Whether the lease was taken: the key was free, or had a page of another generation. */
  async takeLease(
    key: string,
    lease: string,
    { generation, lifeMs }: { generation: string; lifeMs: number },
  ): Promise<boolean> {
    return (await this.#write([key], () => this.#client.takeLease(key, lease, generation, lifeMs))) === 1
  }

  /** Puts the page in the lease's place, if it is still there; without a page, ends the lease. */
  async settleLease(key: string, lease: string, page: string | null): Promise<void> {
    await this.#write([key], () => this.#client.settleLease(key, lease, page ?? '', this.#options.ttlMs))
  }

  async bar(keys: readonly string[], token: string, lifeMs: number): Promise<void> {
    await this.#write(keys, () =>
      Promise.all(fewAtATime(keys).map((some) => this.#client.barKeys(some, token, lifeMs))),
    )
  }

  async lift(keys: readonly string[], token: string): Promise<void> {
    await this.#write(keys, () =>
      Promise.all(fewAtATime(keys).map((some) => this.#client.liftBars(some, token))),
    )
  }

  /** Once this resolves, all changes are known here that Redis had made before it was asked. */
  async ping(): Promise<void> {
    await this.#within(this.#client.ping())
  }

  /** Redis does not tell a writer of its own writes: it forgets what it knew, whatever came of the write. */
  async #write<Reply>(keys: readonly string[], send: () => Promise<Reply>): Promise<Reply> {
    try {
      return await this.#within(send())
    } finally {
      for (const key of keys) this.near.forget(key)
    }
  }

  async #within<Reply>(answer: Promise<Reply>): Promise<Reply> {
    const { promise: tooLate, reject } = Promise.withResolvers<never>()
    // An answer that is here already, and waited for this process, is not late: it is read before `setImmediate`.
    const timer = setTimeout(
      () => setImmediate(() => reject(redisFault('redis_timed_out'))),
      this.#options.timeoutMs,
    )
    try {
      return await this.#waits.during(() => Promise.race([answer, tooLate]))
    } catch (error) {
      throw toRedisFault(error)
    } finally {
      clearTimeout(timer)
    }
  }
}

/**
 * Redis 6 notes, at each command of a script that reads, all keys of the script for the connection that it tells of
 * changes: the square of their number. A script on 1,000 keys took 450 ms so, and 11 ms without.
 */
const keysOfScript = 8

function fewAtATime(keys: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(keys.length / keysOfScript) }, (_, at) =>
    keys.slice(at * keysOfScript, (at + 1) * keysOfScript),
  )
}

function connectTo(options: RedisStoreOptions, near: NearCache) {
  return createClient({
    RESP: 3,
    clientSideCache: near,
    // A command is refused at once while there is no connection; nobody waits for one.
    disableOfflineQueue: true,
    commandsQueueMaxLength: maxCommands,
    name: 'bincard',
    disableClientInfo: true,
    maintNotifications: 'disabled',
    ...loginOf(options),
    socket: {
      ...socketOf(options),
      socketTimeout: silenceMs,
      reconnectStrategy: (retries) => Math.min(reconnectMs.min * 2 ** Math.min(retries, 8), reconnectMs.max),
    },
    scripts: { barKeys, liftBars, takeLease, settleLease },
  })
}
