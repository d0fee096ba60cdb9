/**
 * node test/run.ts [GLOB…]
 *
 * Runs the tests against parts of their own (see run-tests.ts). The last lines are those of Node's test runner, and so is
 * the exit code. Globs, from the repository's root, limit what runs.
 */
import { globSync } from 'node:fs'
import { exitCodes } from '../stack/stack-error.ts'
import { root } from '../stack/state.ts'
import { runTests } from './run-tests.ts'

/** On two cores that nobody else uses, all takes some 18 minutes. */
const limitMs = 60 * 60_000
/** As many test files at a time as the machine of the promise has cores. */
const filesAtOnce = 2

const everything =
  'test/{unit,supply-chain,simulation,deploy,store,cache,api,system,docs,faults,browser}/**/*.test.ts'

const globs = process.argv.slice(2)
const files = globSync(globs.length === 0 ? everything : globs, { cwd: root })
if (files.length === 0) {
  console.error(`No test matches ${globs.join(' ')}.`)
  process.exitCode = exitCodes.wrongUse
} else process.exitCode = await runTests({ files, limitMs, filesAtOnce })
