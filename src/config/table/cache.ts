/** The cache of answers. */
import { fileContents, optionalText } from '../file-kinds.ts'
import { hostName, milliseconds, trueOrFalse, wholeNumber } from '../kinds.ts'
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
    username: {
      name: 'REDIS_USERNAME',
      kind: optionalText(false),
      default: '',
      about:
        'User to log in as, for a Redis with access lists; without it, a password is that of the default user.',
    },
    password: {
      name: 'REDIS_PASSWORD',
      kind: optionalText(true),
      default: '',
      about: 'Password. It appears in no log and no error message.',
    },
    tls: {
      name: 'REDIS_TLS',
      kind: trueOrFalse,
      default: 'false',
      about: 'Whether the connection is encrypted; the certificate must then have the name in REDIS_HOST.',
    },
    tlsCa: {
      name: 'REDIS_TLS_CA_FILE',
      kind: fileContents,
      default: '',
      about: 'PEM file of the authorities that sign its certificate; without it, those that Node knows.',
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
