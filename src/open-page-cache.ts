/** The cache of a running service: what it is made of, and who hears when it is not to be had. */
import { PageCache } from './cache/page-cache.ts'
import { epochCheckMs } from './cache/trust.ts'
import type { Settings } from './config/settings.ts'
import { Fault } from './fault.ts'
import type { Logger } from './telemetry/logger.ts'
import type { Metrics } from './telemetry/metrics.ts'
import type { Waits } from './waits.ts'

export interface PageCacheParts extends Pick<Settings, 'cache' | 'postgres'> {
  /** Of the database; what was cached under another one is no more. */
  readonly readEpoch: () => Promise<string>
  readonly waits: Waits
  readonly metrics: Metrics
  readonly logger: Logger
}

/** Null if the settings want none. Not used before it is started, and has found Redis. */
export function openPageCache(parts: PageCacheParts): PageCache | null {
  const { cache, postgres, readEpoch, waits, metrics, logger } = parts
  if (cache.ttlSeconds === 0) return null
  metrics.setCacheUp(false)
  return new PageCache({
    ...cache,
    ttlMs: cache.ttlSeconds * 1000,
    nearEntries: cache.nearPages,
    // A transaction has some ten statements, and none of them takes longer than its limit.
    barMs: 10 * postgres.statementTimeoutMs,
    readEpoch,
    waits,
    // Twice the time in which each process looks.
    epochSettleMs: 2 * epochCheckMs,
    observe: metrics.countCacheRequest,
    onLost: (error) => {
      metrics.setCacheUp(false)
      if (error instanceof Fault) metrics.countFault(error)
      logger.warn({ err: error }, 'the cache is not used for now')
    },
    onGained: () => {
      metrics.setCacheUp(true)
      logger.info('the cache is used')
    },
  })
}
