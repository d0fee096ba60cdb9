/** How events are read ahead, put into batches, and tried again. */
import { bytes, milliseconds, wholeNumber } from '../kinds.ts'
import type { SettingGroup } from '../setting.ts'

/** The group of this name in the table of settings. */
export const lane = {
  title: 'Lanes (one for each partition)',
  settings: {
    bufferEvents: {
      name: 'LANE_BUFFER_EVENTS',
      kind: wholeNumber({ min: 1, max: 1_000_000, unit: 'events' }),
      default: '10000',
      about: 'Most events a lane keeps in memory: by default a batch to write and one to fill.',
    },
    stallTimeoutMs: {
      name: 'LANE_STALL_TIMEOUT_MS',
      kind: milliseconds(1_000, 600_000),
      default: '30000',
      about:
        'A lane that neither reads nor tries to book for this time is stuck, and replaced. The default outlasts every other time-out.',
    },
  },
} as const satisfies SettingGroup

/** The group of this name in the table of settings. */
export const batch = {
  title: 'Batches (one transaction each)',
  settings: {
    maxEvents: {
      name: 'BATCH_MAX_EVENTS',
      kind: wholeNumber({ min: 1, max: 9000, unit: 'events' }),
      default: '5000',
      about:
        'Most events of one batch; larger ones hold locks longer. To 9,000 sums of quantities are exact.',
    },
    maxBytes: {
      name: 'BATCH_MAX_BYTES',
      kind: bytes(65_536, 134_217_728),
      default: '8388608',
      about: 'Most bytes of messages in one batch. By default 8 MiB, for large messages.',
    },
    atOnce: {
      name: 'BATCHES_AT_ONCE',
      kind: wholeNumber({ min: 1, max: 100, unit: 'batches' }),
      default: '3',
      about:
        'Batches that are written at the same time, each on a connection of its own; the other lanes wait for their turn. More than PostgreSQL has cores to spare only wait for each other in the database.',
    },
    maxAgeMs: {
      name: 'BATCH_MAX_AGE_MS',
      kind: milliseconds(0, 10_000),
      default: '5',
      about: 'Time an event may wait for more. The next batch fills anyway while one is written.',
    },
  },
} as const satisfies SettingGroup

/** The group of this name in the table of settings. */
export const nearState = {
  title: 'Near state',
  settings: {
    cards: {
      name: 'NEAR_STATE_CARDS',
      kind: wholeNumber({ min: 1, max: 10_000_000, unit: 'cards' }),
      default: '200000',
      about: 'Cards whose last line is kept in memory. Those used least recently are forgotten first.',
    },
  },
} as const satisfies SettingGroup

/** The group of this name in the table of settings. */
export const retry = {
  title: 'Retries',
  settings: {
    minMs: {
      name: 'RETRY_MIN_MS',
      kind: milliseconds(1, 60_000),
      default: '50',
      about: 'First wait after a fault. Each further one is about twice as long, up to RETRY_MAX_MS.',
    },
    maxMs: {
      name: 'RETRY_MAX_MS',
      kind: milliseconds(1, 600_000),
      default: '5000',
      about: 'Longest wait between two tries. Tries never end: booking goes on by itself after a fault.',
    },
  },
} as const satisfies SettingGroup
