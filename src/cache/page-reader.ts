/** What readers of pages see of the cache. */
import type { PageName } from '../booking/changed-pages.ts'
import type { CachedPage } from './cached-value.ts'
import { SharedReads } from './shared-reads.ts'

/** Where an answer came from. `bypass`: no cache was asked. */
export type CacheResult = 'hit' | 'miss' | 'bypass'

/** A cache that was asked, or `none`. */
export interface CacheRequest {
  readonly cache: 'near' | 'redis' | 'none'
  readonly result: CacheResult
}

export interface ReadPage {
  /** Null if there is no such page. */
  readonly page: CachedPage | null
  readonly result: CacheResult
}

export interface PageReader {
  /** From the cache, without a promise where the page is at hand; or by `load`. Rejects only as `load` does. */
  read(name: PageName, load: () => Promise<CachedPage | null>): ReadPage | Promise<ReadPage>
  /** Past the cache. */
  bypass(load: () => Promise<CachedPage | null>): Promise<ReadPage>
}

/** For a service without Redis. */
export function uncachedPages(observe: (request: CacheRequest) => void): PageReader {
  const shared = new SharedReads()
  const bypass: PageReader['bypass'] = async (load) => {
    observe({ cache: 'none', result: 'bypass' })
    return { page: await load(), result: 'bypass' }
  }
  return { bypass, read: async (name, load) => await bypass(() => shared.read(name, load)) }
}
