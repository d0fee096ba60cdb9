/** `npm run build`: the dashboard, for a service that is started by `npm run serve`. */
import { buildDashboard } from './dashboard.ts'
import { createProgress } from './progress.ts'
import { StackError } from './stack-error.ts'
import { stopSignal } from './stop-signal.ts'

try {
  await buildDashboard(
    createProgress((line) => console.log(line), Date.now),
    stopSignal(),
  )
} catch (error) {
  if (!(error instanceof StackError)) throw error
  console.error(error.message)
  process.exitCode = error.exitCode
}
