/** `npm run bench:page`: how quickly the overview answers a person, in quiet and while the books are full of news. */
import { runTests } from '../../test/run-tests.ts'

const limitMs = 15 * 60_000

process.exitCode = await runTests({ files: ['bench/page/page.test.ts'], limitMs, filesAtOnce: 1 })
