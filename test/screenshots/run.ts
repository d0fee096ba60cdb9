/** `npm run screenshots`: pictures of every view into docs/dashboard, light and dark, and on a phone. */
import { runTests } from '../run-tests.ts'

const limitMs = 15 * 60_000

process.exitCode = await runTests({
  files: ['test/screenshots/screenshots.test.ts'],
  limitMs,
  filesAtOnce: 1,
})
