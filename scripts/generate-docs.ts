/**
 * Writes the reference that is made from the code: `npm run docs`. A unit test fails while a written file is not
 * what this gives, so the reference cannot fall behind.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import packageJson from '../package.json' with { type: 'json' }
import { defaultLimits } from '../src/api/limits.ts'
import { problems } from '../src/api/problems.ts'
import { createServer } from '../src/api/server.ts'
import { redisFaults } from '../src/cache/redis-fault.ts'
import { settingRules } from '../src/config/setting-rules.ts'
import type { Setting, SettingGroup } from '../src/config/setting.ts'
import { settingTable } from '../src/config/setting-table.ts'
import { intakeFaults } from '../src/intake/intake-fault.ts'
import { kafkaFaults } from '../src/kafka/kafka-fault.ts'
import { rejections } from '../src/message/rejection.ts'
import { Database } from '../src/store/database.ts'
import { postgresFaults } from '../src/store/postgres-fault.ts'
import { createLogger } from '../src/telemetry/logger.ts'
import { listMetrics } from '../src/telemetry/metric-table.ts'
import { clientDescription, type OpenApi } from './client-description.ts'
import { commandsPage } from './commands-page.ts'
import { findingsPage } from './findings-page.ts'
import { code, notice, table } from './markdown.ts'

/** The folder of the repository. */
export const repository = join(import.meta.dirname, '..')

/** A file that is made from the code; `path` is relative to the repository. */
export interface GeneratedFile {
  readonly path: string
  readonly text: string
}

/** All generated files as they should be now. Writes nothing; asks the API for its description, on loopback. */
export async function generateDocs(): Promise<readonly GeneratedFile[]> {
  const openApi = await readOpenApi()
  return [
    { path: '.env.example', text: exampleEnvironment() },
    { path: 'docs/reference/settings.md', text: await markdown(settingsPage()) },
    { path: 'docs/reference/metrics.md', text: await markdown(metricsPage()) },
    { path: 'docs/reference/errors.md', text: await markdown(errorsPage()) },
    { path: 'docs/reference/cli.md', text: await markdown(commandsPage(packageJson.version)) },
    { path: 'docs/reference/findings.md', text: await markdown(findingsPage()) },
    { path: 'docs/openapi.json', text: `${JSON.stringify(openApi, null, 2)}\n` },
    { path: 'src/client/description.ts', text: await typescript(clientDescription(openApi)) },
  ]
}

const groups: readonly SettingGroup[] = Object.values(settingTable)

function exampleEnvironment(): string {
  const header = [
    '# Settings of Bincard, each with its default: take the # away to change one.',
    '# Read from the environment and from a file named .env in the working directory; the environment wins.',
    '# Made by `npm run docs`; what each accepts is in docs/reference/settings.md.',
  ]
  const sections = groups.flatMap(({ title, settings }) => [
    '',
    `# ----- ${title} -----`,
    ...Object.values(settings).flatMap((setting) => [
      '',
      ...wrapped(setting.about).map((line) => `# ${line}`),
      `#${setting.name}=${exampleValue(setting)}`,
    ]),
  ])
  return `${[...header, ...sections].join('\n')}\n`
}

/** An empty value counts as not set, and so as the other setting's value. */
function exampleValue(setting: Setting): string {
  return typeof setting.default === 'string' ? setting.default : ''
}

function settingsPage(): string[] {
  return [
    '# Settings',
    notice,
    'From the environment, or from a file `.env` in the working directory; the environment wins. An empty value counts as not set. The service starts only if all are right, and otherwise names every wrong one. A name in `.env` that looks like a misspelt setting is warned of in the log. What sends traces has the variables of OpenTelemetry: [traces.md](../traces.md).',
    ...groups.flatMap(({ title, settings }) => [
      `## ${title}`,
      table(
        ['Name', 'Default', 'Allowed', 'What it does'],
        Object.values(settings).map((setting) => [
          code(setting.name),
          shownDefault(setting),
          setting.kind.allowed,
          setting.about,
        ]),
      ),
    ]),
    '## What must hold between them',
    table(
      ['Setting', 'Must be'],
      settingRules.map(({ names, must }) => [code(names[0]), must]),
    ),
  ]
}

function shownDefault({ default: given }: Setting): string {
  if (typeof given !== 'string') return `as ${code(given.sameAs)}`
  return given === '' ? 'none' : code(given)
}

function metricsPage(): string[] {
  const metrics = listMetrics()
  return [
    '# Metrics',
    notice,
    'At `GET /metrics` on `METRICS_HOST`:`METRICS_PORT`, in the text format of Prometheus. Counters and lag are those of one process: add them up. What is read from PostgreSQL is the same from every process: take the maximum.',
    table(
      ['Name', 'Kind', 'Labels', 'What it tells'],
      metrics.map(({ name, kind, labels, help }) => [
        code(name),
        kind,
        labels.map((label) => code(label)).join(', '),
        help,
      ]),
    ),
    '## Buckets of the histograms',
    table(
      ['Name', 'Upper bounds'],
      metrics.flatMap(({ name, buckets }) =>
        buckets === undefined ? [] : [[code(name), buckets.join(', ')]],
      ),
    ),
    'Beside these there are the usual metrics of the process (`process_*`: processor time, memory, open files) and of Node (`nodejs_*`: event loop lag, heap, garbage collection).',
  ]
}

function errorsPage(): string[] {
  const faults = [
    ...Object.entries(postgresFaults).map(([name, meaning]) => ['postgres', code(name), meaning]),
    ...Object.entries(kafkaFaults).map(([name, meaning]) => ['kafka', code(name), meaning]),
    ...Object.entries(redisFaults).map(([name, meaning]) => ['redis', code(name), meaning]),
    ...Object.entries(intakeFaults).map(([name, meaning]) => ['intake', code(name), meaning]),
  ]
  return [
    '# Errors',
    notice,
    'Every code is stable: more may come, none is renamed.',
    '## Problems of the HTTP API',
    'The `code` of an `application/problem+json` answer (RFC 9457); its `type` is `/problems/` and the code, where the service has a page about it.',
    table(
      ['Code', 'Status', 'Title', 'What to do'],
      Object.entries(problems).map(([name, { status, title, remedy }]) => [
        code(name),
        String(status),
        title,
        remedy,
      ]),
    ),
    '## Reasons for quarantine',
    'The `code` of a message in quarantine, and the label of `bincard_quarantined_total`. The message is kept whole; what to do about each is in [quarantine.md](../quarantine.md).',
    table(
      ['Code', 'What it means'],
      Object.entries(rejections).map(([name, meaning]) => [code(name), meaning]),
    ),
    '## Faults',
    'What can break in the machinery: the labels of `bincard_faults_total`, and `part` and `code` in the log.',
    table(['Part', 'Code', 'What happened'], faults),
  ]
}

/** What the server itself answers at `/openapi.json`; its database is never asked and need not exist. */
async function readOpenApi(): Promise<OpenApi> {
  const { version } = packageJson
  const server = createServer({
    host: '127.0.0.1',
    port: 0,
    database: databaseNeverAsked(),
    pages: { read: neverAsked, bypass: neverAsked },
    ingest: { takeIn: neverAsked, rehearse: neverAsked },
    openingStock: { takeIn: neverAsked, rehearse: neverAsked },
    quarantine: { redrive: neverAsked, redriveAll: neverAsked, discard: neverAsked },
    positions: { read: neverAsked, wait: neverAsked },
    countPartitions: neverAsked,
    feed: { join: () => {}, leave: () => {} },
    topic: '',
    logEnds: neverAsked,
    overdue: { transitSeconds: 1, heldSeconds: 1 },
    bookingRate: () => null,
    bookingHistory: () => [],
    serving: () => 'serving',
    health: () => {
      throw new Error('Nobody asks for health here.')
    },
    isStopping: () => false,
    observe: () => {},
    logger: createLogger({ version, level: 'silent' }),
    version,
    limits: defaultLimits,
    access: { keys: null, requestsPerSecond: 0 },
    corsOrigins: [],
  })
  const { port } = await server.start()
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/openapi.json`)
    return (await answer.json()) as OpenApi
  } finally {
    await server.stop()
  }
}

async function neverAsked(): Promise<never> {
  throw new Error('Nobody asks for anything but the description here.')
}

/** It connects at its first use, and this one has none. */
function databaseNeverAsked(): Database {
  const limits = { poolSize: 1, connectTimeoutMs: 1, statementTimeoutMs: 1, lockTimeoutMs: 1 }
  const address = { host: '127.0.0.1', port: 1, user: '', password: '', database: '' }
  return new Database({ ...address, ...limits, queueTimeoutMs: 1, applicationName: 'docs' })
}

async function markdown(blocks: readonly string[]): Promise<string> {
  const style = await resolveConfig(join(repository, 'docs/reference/page.md'))
  return await format(blocks.join('\n\n'), { ...style, parser: 'markdown' })
}

async function typescript(text: string): Promise<string> {
  const style = await resolveConfig(join(repository, 'src/client/description.ts'))
  return await format(text, { ...style, parser: 'typescript' })
}

/** Columns of a comment in the example file, without its "# ". */
const commentWidth = 98

function wrapped(text: string): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > commentWidth) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

if (import.meta.main) {
  for (const { path, text } of await generateDocs()) {
    const target = join(repository, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, text)
    console.log(`written: ${path}`)
  }
}
