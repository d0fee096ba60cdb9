import { loadEnvironment } from '../config/environment.ts'
import { readSettings, type Environment, type Settings } from '../config/settings.ts'
import { Output } from './output.ts'

/** What every command works with. */
export interface CommandContext {
  readonly version: string
  readonly output: Output
  /** Aborted by SIGINT or SIGTERM. From the first look at it these no longer end the process by themselves. */
  readonly signal: AbortSignal
  /** Whether that has happened. */
  isEnding(): boolean
  /** The environment over `.env` of the working folder. */
  readonly environment: Environment
  /** All settings; throws a SettingsError that names every wrong one. */
  readonly settings: Settings
}

export function createContext(version: string): CommandContext {
  const ending = new AbortController()
  let isWatching = false
  let loaded: Environment | null = null
  let settings: Settings | null = null
  const context: CommandContext = {
    version,
    output: new Output({ stdout: process.stdout, stderr: process.stderr, now: () => performance.now() }),
    get signal() {
      if (!isWatching) {
        isWatching = true
        // The second one ends the process, whatever it does.
        for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ending.abort())
      }
      return ending.signal
    },
    isEnding: () => ending.signal.aborted,
    get environment() {
      loaded ??= loadEnvironment(process.cwd()).environment
      return loaded
    },
    get settings() {
      settings ??= readSettings(context.environment)
      return settings
    },
  }
  return context
}
