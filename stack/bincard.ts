/**
 * npm run bincard -- COMMAND
 *
 * The program, beside a running `npm start`: what the environment and `.env` do not name is looked for where that has it.
 */
import { loadEnvironment } from '../src/config/environment.ts'
import { readSettings } from './settings.ts'
import { StackError } from './stack-error.ts'
import { root } from './state.ts'

try {
  const { environment } = loadEnvironment(root)
  const { port, kafka } = readSettings(environment)
  const local = {
    POSTGRES_HOST: '127.0.0.1',
    KAFKA_BOOTSTRAP_SERVERS: `127.0.0.1:${kafka.port}`,
    REDIS_HOST: '127.0.0.1',
    BINCARD_URL: `http://127.0.0.1:${port}`,
  }
  for (const [name, value] of Object.entries(local)) process.env[name] = environment[name] || value
  await import('../src/main.ts')
} catch (error) {
  if (!(error instanceof StackError)) throw error
  console.error(error.message)
  process.exitCode = error.exitCode
}
