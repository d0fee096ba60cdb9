/**
 * What this process has read from Redis and may use again until Redis says that it has changed (client-side caching of
 * RESP3: the server remembers what a connection has read, and pushes a message when somebody writes it).
 *
 * The client's own cache of this kind keeps an index entry for every key that it ever saw, so that questions for unknown
 * ids would fill the memory; and it copies each value for each reader. This one is bounded and keeps values decoded.
 */
import { BasicClientSideCache } from '@redis/client'
import { decodeValue, type CachedValue } from './cached-value.ts'

interface Entry {
  readonly value: CachedValue
  readonly expiresAtMs: number
  /** When it was put at the end. */
  placedAtMs: number
}

/** A read under way; what it brings is not kept if the key changes meanwhile. */
interface Load {
  valid: boolean
  readers: number
}

/** Of bars and leases: Redis tells of a key that ended by itself only when it comes across it, which may take a minute. */
const passingMs = 250

/** A page that is asked for again is put at the end so often: to move it costs several times as much as to find it. */
const placeMs = 1000

type HandleCache = BasicClientSideCache['handleCache']

export class NearCache extends BasicClientSideCache {
  readonly #ttlMs: number
  readonly #maxEntries: number
  /** The least recently used first, to the second: a Map keeps the order of insertion. */
  readonly #entries = new Map<string, Entry>()
  readonly #loads = new Map<string, Load>()

  constructor({ ttlMs, maxEntries }: { ttlMs: number; maxEntries: number }) {
    super({ recordStats: false })
    this.#ttlMs = ttlMs
    this.#maxEntries = maxEntries
  }

  /** What is known to be in Redis under the key; undefined when that is not known. */
  peek(key: string): CachedValue | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    const nowMs = Date.now()
    if (entry.expiresAtMs < nowMs) {
      this.#entries.delete(key)
      return undefined
    }
    if (nowMs - entry.placedAtMs >= placeMs) this.#place(key, entry, nowMs)
    return entry.value
  }

  /** Without a word to the listeners: for who writes a key, and hears nothing of it from the server. */
  forget(key: string): void {
    const load = this.#loads.get(key)
    if (load !== undefined) load.valid = false
    this.#loads.delete(key)
    this.#entries.delete(key)
  }

  /** The server tells of the writes of all others (`noloop`). */
  override trackingOn(): string[] {
    return [...super.trackingOn(), 'NOLOOP']
  }

  /** Called by the client for each command that reads; the only one of ours is GET. */
  override async handleCache(...[, parser, send]: Parameters<HandleCache>): Promise<unknown> {
    const key = String(parser.keys[0])
    const load = this.#loads.get(key) ?? { valid: true, readers: 0 }
    this.#loads.set(key, load)
    load.readers += 1
    try {
      const reply = (await send()) as unknown
      if (load.valid && (typeof reply === 'string' || reply === null)) this.#keep(key, decodeValue(reply))
      return reply
    } finally {
      load.readers -= 1
      if (load.readers === 0 && this.#loads.get(key) === load) this.#loads.delete(key)
    }
  }

  /** Called by the client for each message of the server; null for all keys. Listeners of `invalidate` hear of it. */
  override invalidate(key: Parameters<BasicClientSideCache['invalidate']>[0]): void {
    if (key === null) this.clear()
    else this.forget(String(key))
    this.emit('invalidate', key === null ? null : String(key))
  }

  /** Called by the client when a connection ends, too: nobody will tell what changes then. */
  override clear(): void {
    for (const load of this.#loads.values()) load.valid = false
    this.#loads.clear()
    this.#entries.clear()
  }

  override size(): number {
    return this.#entries.size
  }

  #keep(key: string, value: CachedValue): void {
    const isPassing = value.kind === 'bar' || value.kind === 'lease'
    const lifeMs = isPassing ? Math.min(passingMs, this.#ttlMs) : this.#ttlMs
    const nowMs = Date.now()
    this.#place(key, { value, expiresAtMs: nowMs + lifeMs, placedAtMs: nowMs }, nowMs)
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#maxEntries) break
      this.#entries.delete(oldest)
    }
  }

  #place(key: string, entry: Entry, nowMs: number): void {
    this.#entries.delete(key)
    entry.placedAtMs = nowMs
    this.#entries.set(key, entry)
  }
}
