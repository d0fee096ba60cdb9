/** The package in an empty folder: nothing of this repository is needed to run it, to send to it, and to trust it. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { glob, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { bincardWith, settingsOf } from '../support/bincard.ts'
import { freePort } from '../../stack/ports.ts'
import { freshDatabase, freshTopic } from '../support/environment.ts'
import { openDatabase } from '../support/ledger.ts'
import { packInto } from '../support/package.ts'
import { waitFor } from '../support/wait.ts'

const run = promisify(execFile)
const samples = join(import.meta.dirname, '../../docs/samples')
const [receiver, product] = ['c1d70455-7e14-11e9-812a-70106f431230', '4705204f-498f-4f96-b4ba-df17fb56bf55']
const largestPackage = 3_000_000

test('installed from its file: doctor, serve, send, verify, a damage that is found and mended', async (t) => {
  const folder = await emptyFolder(t)
  const packed = await packInto(folder)
  assert.ok(packed.bytes < largestPackage, `${packed.bytes} bytes`)
  const ours = /^(bin\/bincard\.mjs$|dist\/|deploy\/|docs\/samples\/|docs\/.*\.md$|docs\/asyncapi\.yaml$)/
  const foreign = packed.files.filter((path) => !ours.test(path))
  assert.deepEqual(foreign.toSorted(), [
    '.env.example',
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'README.ru.md',
    'package.json',
  ])
  assert.deepEqual(
    packed.files.filter((path) => /(?<!\.d)\.ts$|\.test\.|built-from/.test(path)),
    [],
    'sources and tests stay at home',
  )
  await writeFile(join(folder, 'package.json'), '{ "private": true }')
  await run('npm', ['install', '--no-audit', '--no-fund', '--silent', packed.path], { cwd: folder })
  const program = await realpath(join(folder, 'node_modules/.bin/bincard'))
  const home = dirname(dirname(program))
  const named = new Set<string>()
  for await (const path of glob('dist/**/*.js', { cwd: home, exclude: ['dist/web/**'] }))
    for (const [file] of (await readFile(join(home, path), 'utf8')).matchAll(
      /(?<![\w/])docs\/[\w./-]+\.\w+/g,
    ))
      named.add(file)
  assert.ok(named.has('docs/reference/findings.md'))
  assert.deepEqual(
    [...named].filter((file) => !packed.files.includes(file)),
    [],
    'whatever it sends people to is there',
  )

  const [database, topic] = [await freshDatabase(t), await freshTopic(t, 3)]
  const [port, metricsPort] = [await freePort(), await freePort()]
  const ports = { PORT: String(port), METRICS_PORT: String(metricsPort) }
  const times = { SHUTDOWN_DRAIN_MS: '0', SHUTDOWN_TIMEOUT_MS: '60000', HTTP_BOOKING_WAIT_MS: '2000' }
  const settings = { ...settingsOf({ database, topic }), ...ports, ...times }
  const bincard = bincardWith(settings, { program, folder })

  const byNpx = await run('npx', ['--no', 'bincard', '--version'], {
    cwd: folder,
    env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` },
  })
  assert.match(byNpx.stdout, /^\d+\.\d+\.\d+/)

  const child = spawn(process.execPath, [program, 'serve'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...settings },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  t.after(() => void child.kill('SIGKILL'))
  const url = `http://127.0.0.1:${port}`
  await waitFor(
    'the service',
    async () => (await fetch(`${url}/health/ready`).catch(() => null))?.ok === true,
    {
      limitMs: 30_000,
    },
  )
  assert.match(await (await fetch(url)).text(), /<title>Bincard/, 'the dashboard is in the package')

  const states = (await bincard('doctor', '--json')).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; state: string })
  // The server of the tests does without fsync.
  const failed = states.filter(({ name, state }) => state === 'failed' && name !== 'postgres.durability')
  assert.deepEqual(failed, [])
  assert.equal(states.at(-1)?.state, 'ok')

  const sent = await bincard('send', 'file', join(samples, 'arrival.json'), join(samples, 'departure.json'))
  assert.deepEqual([sent.code, sent.stderr], [0, ''])
  assert.equal((await bincard('verify')).code, 0)
  assert.match((await bincard('card', receiver, product)).stdout, /^100 in stock/)

  const books = openDatabase(t, database)
  await bincard('send', 'arrival', '--warehouse', receiver, '--product', product, '--quantity', '5')
  for (const { damage, codes, options = [] } of damages) {
    await books.query(damage)
    const found = await bincard('verify')
    assert.equal(found.code, 1, damage)
    for (const code of codes)
      assert.match(found.stdout, new RegExp(`^${code} {2}card ${receiver}/${product} `, 'm'))
    assert.equal((await bincard('rebuild', ...options)).code, 0, damage)
    assert.equal((await bincard('verify')).code, 0, damage)
  }
  assert.match((await bincard('card', receiver, product)).stdout, /^105 in stock, 2 lines/)

  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'exit'), [0, null])
})

const card = `warehouse_id = '${receiver}' and product_id = '${product}'`
const damages: readonly {
  readonly damage: string
  readonly codes: readonly string[]
  readonly options?: readonly string[]
}[] = [
  { damage: `update card_line set balance = 50 where ${card} and line = 1`, codes: ['balance_wrong'] },
  {
    damage: `delete from card_line where ${card} and line = 1`,
    codes: ['lines_missing', 'leg_without_line'],
  },
  {
    damage: `insert into movement_leg select movement_id, product_id, 2, warehouse_id, quantity, occurred_at, source,
        message_id, kafka_partition, kafka_offset, recorded_at, line
      from movement_leg where ${card} and line = 1`,
    codes: ['booked_twice', 'leg_without_line'],
    options: ['--remove-doubled'],
  },
]

async function emptyFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bincard-package-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}
