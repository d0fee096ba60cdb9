import type { Environment } from '../config/settings.ts'
import type { Logger } from '../telemetry/logger.ts'
import { noTracing, type Tracing } from './tracing.ts'
import { exporterIn, withUsablePlaces, type Warn } from './variables.ts'

export interface TracingOptions {
  readonly environment: Environment
  readonly version: string
  readonly groupId: string
  readonly logger: Logger
}

/** Call once in a process. What sends traces is loaded only if anybody wants them. */
export async function openTracing(options: TracingOptions): Promise<Tracing> {
  const { logger } = options
  const warn: Warn = (name, allowed) =>
    logger.warn({ name }, `${name} is not used: here it may be ${allowed}`)
  const environment = withUsablePlaces(options.environment, warn)
  const exporter = exporterIn(environment, warn)
  if (exporter === null) return noTracing
  try {
    const { startTracing } = await import('./start-tracing.ts')
    return startTracing({ ...options, environment, exporter, warn })
  } catch (error) {
    logger.warn({ err: error }, 'traces cannot be sent')
    return noTracing
  }
}
