import { join } from 'node:path'
import type { Command } from 'commander'
import { loadEnvironment } from '../../config/environment.ts'
import { readSettings } from '../../config/settings.ts'
import type { CommandContext } from '../context.ts'

/** Where `npm run build` puts it, and where it lies in the package. */
const dashboard = join(import.meta.dirname, '../../../dist/web')

export function addServe(program: Command, { version }: CommandContext): void {
  program
    .command('serve')
    .description('run the service by its settings, until SIGTERM or SIGINT')
    .addHelpText('after', '\nExample:\n  POSTGRES_HOST=db KAFKA_BOOTSTRAP_SERVERS=kafka:9092 bincard serve')
    .action(async () => serve(version))
}

/** The log is its output; it ends the process by itself. Throws a SettingsError before anything is begun. */
async function serve(version: string): Promise<void> {
  const { environment, warnings } = loadEnvironment(process.cwd())
  const settings = readSettings(environment)
  const { endByErrors, endBySignals, endProcess } = await import('../../process-end.ts')
  const { startService } = await import('../../service.ts')
  const { LogOutput } = await import('../../telemetry/log-output.ts')
  const { createLogger } = await import('../../telemetry/logger.ts')
  const { openTracing } = await import('../../tracing/open-tracing.ts')
  const { traceFields } = await import('../../tracing/log-fields.ts')
  const output = new LogOutput({
    stream: process.stdout,
    onFlowing: (lines) => logger.warn({ lines }, 'lines of the log were dropped: nobody took them'),
  })
  const logger = createLogger({
    version,
    level: settings.service.debug ? 'debug' : 'info',
    destination: output,
    mixin: traceFields,
  })
  endByErrors({ logger, output })
  for (const warning of warnings) logger.warn(warning)
  const logLinesDropped = (): number => output.dropped
  const tracing = await openTracing({ environment, version, groupId: settings.kafka.groupId, logger })
  const parts = { settings, logger, version, dashboard, logLinesDropped, tracing }
  const starting = startService(parts).catch(async (error: unknown) => {
    logger.fatal({ err: error }, 'could not start')
    return await endProcess(1, output)
  })
  const { shutdownDrainMs, shutdownTimeoutMs } = settings.service
  endBySignals(starting, { logger, output, drainMs: shutdownDrainMs, timeoutMs: shutdownTimeoutMs })
}
