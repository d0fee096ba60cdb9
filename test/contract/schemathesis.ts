/** The independent tester: Schemathesis, in an environment of its own, told where to find real ids. */
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Progress } from '../../stack/progress.ts'
import { exitCodes } from '../../stack/stack-error.ts'
import { installPythonTools } from '../support/python-tools.ts'
import type { Seed } from './seed.ts'

/** Another version may find other things: a run today and one next year should say the same of the same service. */
const version = '4.32.5'
/** Cases for each operation; more by `npm run contract -- --max-examples=1000`. */
const examples = 200
/** How often a parameter has a value that is there; else one that only fits the schema. */
const realShare = 0.8
/** Longer than the longest answer of the service, which ends by itself. */
const requestTimeoutSeconds = 30
/**
 * Installs it once, by Python's own means; answers its program.
 *
 * @throws {StackError} when that fails; with exit code 3 when there is no Python
 */
export async function installSchemathesis(progress: Progress, signal: AbortSignal): Promise<string> {
  return join(await installPythonTools([`schemathesis==${version}`], { progress, signal }), 'schemathesis')
}

export interface Testing {
  /** As `installSchemathesis` answers it. */
  readonly program: string
  readonly url: string
  /** Of an API key that may do everything. */
  readonly secret: string
  readonly seed: Seed
  /** Where the configuration and the reports go. */
  readonly folder: string
  /** For the tester's command line, after our own. */
  readonly options: readonly string[]
  readonly signal: AbortSignal
}

/** Runs every check on every operation; what it prints is shown. Resolves with its exit code: 0 if nothing was found. */
export async function runSchemathesis(testing: Testing): Promise<number> {
  const { program, url, secret, folder, options, signal } = testing
  const config = join(folder, 'schemathesis.toml')
  mkdirSync(folder, { recursive: true })
  writeFileSync(config, configuration(testing, await streamsOf(url)))
  const argumentList = [
    ['--config-file', config, 'run', `${url}/openapi.json`],
    ['--checks', 'all', '--exclude-checks', 'positive_data_acceptance', '--max-examples', String(examples)],
    ['--request-timeout', String(requestTimeoutSeconds), '--generation-database', 'none', ...options],
  ].flat()
  const tester = spawn(program, argumentList, {
    cwd: folder,
    env: {
      ...process.env,
      BINCARD_KEY: secret,
      SCHEMATHESIS_HOOKS: join(import.meta.dirname, 'hooks.py'),
      PYTHONDONTWRITEBYTECODE: '1',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const stop = () => tester.kill('SIGINT')
  signal.addEventListener('abort', stop)
  const code = await new Promise<number | null>((resolve, reject) => {
    tester.once('error', reject)
    tester.once('close', resolve)
  }).finally(() => signal.removeEventListener('abort', stop))
  signal.throwIfAborted()
  return code ?? exitCodes.failed
}

/** In TOML, whose strings and arrays are those of JSON. */
function configuration({ seed: { values, cursors } }: Testing, streams: readonly string[]): string {
  const dictionaries = [
    ...Object.entries(values),
    ...Object.entries(cursors).map(([name, some]) => [`cursor_${name}`, some] as const),
  ]
  const bind = (dictionary: string) => `{ dictionary = "${dictionary}", probability = ${realShare} }`
  return [
    '[auth.openapi.api_key]',
    'bearer = "${BINCARD_KEY}"',
    '[dictionaries]',
    ...dictionaries.map(([name, some]) => `${name} = { values = ${JSON.stringify(some)} }`),
    '[parameters]',
    ...Object.keys(values).map((name) => `${name} = ${bind(name)}`),
    ...Object.keys(cursors).flatMap((name) => [
      '[[operations]]',
      `include-operation-id = "${name}"`,
      `parameters = { cursor = ${bind(`cursor_${name}`)} }`,
    ]),
    ...streams.flatMap((name) => ['[[operations]]', `include-operation-id = "${name}"`, 'enabled = false']),
    '',
  ].join('\n')
}

/** What never ends cannot be compared with a schema; those routes have tests of their own. */
async function streamsOf(url: string): Promise<string[]> {
  const answer = await fetch(`${url}/openapi.json`)
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, Described>> }
  const isStream = ({ responses }: Described) =>
    responses['200']?.content?.['text/event-stream'] !== undefined
  const all = Object.values(paths).flatMap((methods) => Object.values(methods))
  return all.filter(isStream).map(({ operationId }) => operationId)
}

interface Described {
  readonly operationId: string
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>
}
