/** The cache of answers. */
import { hostName, milliseconds, wholeNumber } from '../kinds.ts'
import type { SettingGroup } from '../setting.ts'

/** The group of this name in the table of settings. */
export const cache = {
  title: 'Cache',
  settings: {
    host: {
      name: 'REDIS_HOST',
      kind: hostName,
      default: 'redis',
      about: 'Host of Redis. While it is away, answers come from PostgreSQL; nothing else depends on it.',
    },
    port: {
      name: 'REDIS_PORT',
      kind: wholeNumber({ min: 1, max: 65_535 }),
      default: '6379',
      about: 'Port of Redis.',
    },
    ttlSeconds: {
      name: 'CACHE_TTL',
      kind: wholeNumber({ min: 0, max: 86_400, unit: 'seconds' }),
      default: '60',
      about:
        'Life of a cached answer. A booking takes the answers that it changes out of the cache at once; this bounds their age when a process that books cannot reach Redis. 0 turns the cache off.',
    },
    timeoutMs: {
      name: 'REDIS_TIMEOUT_MS',
      kind: milliseconds(1, 1000),
      default: '50',
      about:
        'Longest wait for an answer of Redis. One wait that is too long, and the cache is not asked again until Redis answers in time.',
    },
    nearPages: {
      name: 'CACHE_NEAR_PAGES',
      kind: wholeNumber({ min: 1, max: 1_000_000, unit: 'pages' }),
      default: '2000',
      about:
        'Pages that the process keeps in its own memory, each of some 15 kB and at most 64 KiB, the least recently asked for leaving first. Redis tells it of each change.',
    },
  },
} as const satisfies SettingGroup
