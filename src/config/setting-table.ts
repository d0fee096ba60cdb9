import type { SettingGroup } from './setting.ts'
import { attention } from './table/attention.ts'
import { batch, lane, nearState, retry } from './table/booking.ts'
import { cache } from './table/cache.ts'
import { http } from './table/http.ts'
import { kafka } from './table/kafka.ts'
import { postgres } from './table/postgres.ts'
import { metrics, service } from './table/process.ts'

/**
 * All settings of the service. The keys are the names in code (`settings.postgres.host`); types, parsing,
 * `.env.example` and `docs/reference/settings.md` come from this table, so nothing is said twice.
 */
export const settingTable = {
  http,
  service,
  postgres,
  kafka,
  cache,
  lane,
  batch,
  nearState,
  retry,
  attention,
  metrics,
} as const satisfies Readonly<Record<string, SettingGroup>>
