/** `npm run serve`: the service alone, by its settings; ends by SIGTERM or SIGINT. Exit code 2: a setting is wrong. */
import { join } from 'node:path'
import packageJson from '../package.json' with { type: 'json' }
import { loadEnvironment } from './config/environment.ts'
import { readSettings, SettingsError, type Settings } from './config/settings.ts'
import { endByErrors, endBySignals, endProcess } from './process-end.ts'
import { startService } from './service.ts'
import { LogOutput } from './telemetry/log-output.ts'
import { createLogger } from './telemetry/logger.ts'

const { version } = packageJson
const { environment, warnings } = loadEnvironment(process.cwd())
const settings = readSettingsOrExit()
const output = new LogOutput({
  stream: process.stdout,
  onFlowing: (lines) => logger.warn({ lines }, 'lines of the log were dropped: nobody took them'),
})
const logger = createLogger({
  version,
  level: settings.service.debug ? 'debug' : 'info',
  destination: output,
})
endByErrors({ logger, output })
for (const warning of warnings) logger.warn(warning)

/** Where `npm run build` puts it. */
const dashboard = join(import.meta.dirname, '../dist/web')
const logLinesDropped = (): number => output.dropped
const starting = startService({ settings, logger, version, dashboard, logLinesDropped }).catch(
  async (error: unknown) => {
    logger.fatal({ err: error }, 'could not start')
    return await endProcess(1, output)
  },
)
const { shutdownDrainMs, shutdownTimeoutMs } = settings.service
endBySignals(starting, { logger, output, drainMs: shutdownDrainMs, timeoutMs: shutdownTimeoutMs })

function readSettingsOrExit(): Settings {
  try {
    return readSettings(environment)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    process.stderr.write(`${error.message}\n`)
    return process.exit(2)
  }
}
