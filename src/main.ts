/** `npm run serve`: the service alone, by its settings; ends by SIGTERM or SIGINT. Exit code 2: a setting is wrong. */
import packageJson from '../package.json' with { type: 'json' }
import { loadEnvironment } from './config/environment.ts'
import { readSettings, SettingsError, type Settings } from './config/settings.ts'
import { startService } from './service.ts'
import { createLogger } from './telemetry/logger.ts'

const { version } = packageJson
const { environment, warnings } = loadEnvironment(process.cwd())
const settings = readSettingsOrExit()
const logger = createLogger({ version, level: settings.service.debug ? 'debug' : 'info' })
for (const warning of warnings) logger.warn(warning)

// Both are errors of ours: better to start anew than to go on half. Node would print them as they are, with whatever
// credentials are in their text.
process.on('unhandledRejection', (reason) => {
  logger.fatal({ err: reason }, 'unhandled rejection')
  process.exit(1)
})
process.on('uncaughtException', (error) => {
  logger.fatal({ err: error }, 'uncaught error')
  process.exit(1)
})

const service = await startService({ settings, logger, version }).catch((error: unknown) => {
  logger.fatal({ err: error }, 'could not start')
  return process.exit(1)
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end(signal))

async function end(signal: string): Promise<void> {
  logger.info({ signal }, 'stopping')
  const { shutdownTimeoutMs } = settings.service
  setTimeout(() => {
    logger.error({ shutdownTimeoutMs }, 'did not stop in time')
    process.exit(1)
  }, shutdownTimeoutMs).unref()
  await service.stop()
  process.exit(0)
}

function readSettingsOrExit(): Settings {
  try {
    return readSettings(environment)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    process.stderr.write(`${error.message}\n`)
    return process.exit(2)
  }
}
