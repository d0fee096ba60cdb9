/** The process itself: its log, its end, its metrics. */
import { hostName, milliseconds, portOrAny, trueOrFalse } from '../kinds.ts'
import type { SettingGroup } from '../setting.ts'

/** The group of this name in the table of settings. */
export const service = {
  title: 'Service',
  settings: {
    debug: {
      name: 'DEBUG',
      kind: trueOrFalse,
      default: 'true',
      about: 'Log level debug instead of info. It changes nothing but the log.',
    },
    shutdownDrainMs: {
      name: 'SHUTDOWN_DRAIN_MS',
      kind: milliseconds(0, 60_000),
      default: '2000',
      about:
        'After SIGTERM readiness answers 503 at once, and the API goes on answering for so long: a balancer that asks once a second has turned away before connections are refused. SIGINT does not wait.',
    },
    shutdownTimeoutMs: {
      name: 'SHUTDOWN_TIMEOUT_MS',
      kind: milliseconds(100, 120_000),
      default: '8000',
      about:
        'Time for finishing running requests and batches after SIGTERM, SHUTDOWN_DRAIN_MS included. The default ends before the 10 s after which container runtimes kill.',
    },
  },
} as const satisfies SettingGroup

/** The group of this name in the table of settings. */
export const metrics = {
  title: 'Metrics',
  settings: {
    host: {
      name: 'METRICS_HOST',
      kind: hostName,
      default: { sameAs: 'HOST' },
      about: 'Address for Prometheus. It may be wider than HOST: metrics hold counts, no stock.',
    },
    port: {
      name: 'METRICS_PORT',
      kind: portOrAny,
      default: '9090',
      about: 'Port for Prometheus, with the one path /metrics. 0 takes any free port.',
    },
  },
} as const satisfies SettingGroup
