/** `bincard` against a service that runs: what each command prints, where, and with which exit code. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { bincardWith, settingsOf } from '../support/bincard.ts'
import { freshDatabase, freshTopic } from '../support/environment.ts'
import { openDatabase } from '../support/ledger.ts'
import { startService } from '../support/service-process.ts'
import { waitFor } from '../support/wait.ts'

const owner = { after }
const [database, topic] = [await freshDatabase(owner), await freshTopic(owner, 3)]
const settings = settingsOf({ database, topic })
const service = await startService(owner, { database, topic })
await service.ready()
const environment = { ...settings, BINCARD_URL: `http://127.0.0.1:${service.port}` }
const bincard = bincardWith(environment)
const books = openDatabase(owner, database)

const program = join(import.meta.dirname, '../../src/main.ts')
const samples = join(import.meta.dirname, '../../docs/samples')
const movement = 'c6290746-790e-43fa-8270-014dc90e02e0'
const [receiver, sender] = ['c1d70455-7e14-11e9-812a-70106f431230', '25718666-6af6-4281-b5a6-3016e36fa557']
const product = '4705204f-498f-4f96-b4ba-df17fb56bf55'
const json = (text: string): unknown[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)

const folder = await mkdtemp(join(tmpdir(), 'bincard-cli-'))
after(() => rm(folder, { recursive: true }))

suite('send and ask', () => {
  test('the samples: sent by HTTP, the movement and both cards told', async () => {
    const sent = await bincard('send', 'file', join(samples, 'arrival.json'), join(samples, 'departure.json'))
    assert.equal(sent.code, 0)
    assert.match(
      sent.stdout,
      /^booked {2}line 1 {2}at \d:0 .*arrival\.json\nheld {2}at \d:\d .*departure\.json\n$/,
    )
    const told = await bincard('movement', movement)
    assert.match(told.stdout, /^departure_held {2}product 4705204f.*\n {2}sender +WH-3322 {2}100 /)
    assert.match(told.stdout, /elapsed +8520 s\n {2}difference 0\n/)
    const card = await bincard('card', receiver, product)
    assert.match(card.stdout, /^100 in stock, 1 line\nLine +Event.*\n +1 +arrival +\+100 +100 /)
    const [whole] = json((await bincard('card', sender, product, '--json')).stdout) as [
      Record<string, unknown>,
    ]
    assert.deepEqual([whole['quantity'], whole['held_quantity'], whole['history']], [0, 100, []])
    const [held] = json((await bincard('held', '--json')).stdout) as [Record<string, unknown>]
    assert.deepEqual([held['movement_id'], held['missing']], [movement, 100])
    const since = ['--status', 'departure_held', '--from', '2026-01-01T00:00:00Z']
    assert.match((await bincard('movements', ...since)).stdout, new RegExp(`${movement}.* departure_held `))
  })

  test('one arrival of its own; what is sent again is a duplicate', async () => {
    const args = [
      '--warehouse',
      receiver,
      '--product',
      product,
      '--quantity',
      '7',
      '--id',
      'x',
      '--source',
      'WH-1',
    ]
    const id = '00000000-0000-4000-8000-000000000001'
    const same = ['--movement', id, '--timestamp', '2025-02-18T12:00:00Z']
    assert.match((await bincard('send', 'arrival', ...args, ...same)).stdout, /^booked {2}line 2 /)
    assert.match((await bincard('send', 'arrival', ...args, ...same)).stdout, /^duplicate /)
    assert.match((await bincard('transit')).stdout, new RegExp(`${id}.* awaiting_departure +-7 `))
  })

  test('a dry run books nothing; what cannot be understood is refused', async () => {
    const args = ['--warehouse', receiver, '--product', product, '--quantity', '7']
    const dry = await bincard('send', 'departure', ...args, '--dry-run', '--json')
    assert.deepEqual(
      (json(dry.stdout) as { outcome: string }[]).map(({ outcome }) => outcome),
      ['booked'],
    )
    const wrong = await bincard.fed('{"id":"1"}', 'send', 'file', '-')
    assert.deepEqual([wrong.code, wrong.stdout, wrong.stderr.split(':')[0]], [4, '', 'nothing_acceptable'])
    const noJson = await bincard.fed('not json', 'send', 'file', '-')
    assert.deepEqual([noJson.code, noJson.stdout, noJson.stderr], [2, '', '-, line 1 is not JSON.\n'])
  })

  test('straight to Kafka: also what the service would refuse; it comes to quarantine', async () => {
    const sent = await bincard.fed('not json', 'send', 'file', '-', '--kafka', '--json')
    const [{ partition, offset }] = json(sent.stdout) as [{ partition: number; offset: number }]
    await waitFor('the message in quarantine', async () =>
      (await bincard('quarantine', 'list')).stdout.includes('not_json'),
    )
    const [item] = json((await bincard('quarantine', 'list', '--json')).stdout) as [Record<string, unknown>]
    assert.deepEqual([item['code'], item['partition'], item['offset']], ['not_json', partition, offset])
    const number = String(item['quarantine_id'])
    assert.match(
      (await bincard('quarantine', 'show', number)).stdout,
      /^not_json: .*\nopen, from .*\n[^]*\nnot json\n$/,
    )
    const again = await bincard('quarantine', 'redrive', number)
    assert.deepEqual([again.code, again.stdout], [4, ''])
    assert.match(again.stderr, /^still_rejected: /)
    const corrected = join(folder, 'corrected.json')
    const arrival = JSON.parse(await readFile(join(samples, 'arrival.json'), 'utf8')) as { data: object }
    await writeFile(
      corrected,
      JSON.stringify({ ...arrival, data: { ...arrival.data, movement_id: product } }),
    )
    const redriven = await bincard('quarantine', 'redrive', number, '--message', corrected)
    assert.match(redriven.stdout, new RegExp(`^${number} is booked, at `))
    assert.equal((await bincard('quarantine', 'discard', number, '--reason', 'late')).code, 4)
    assert.equal((await bincard('quarantine', 'list')).stderr, 'None.\n')
  })

  test('opening stock from a file', async () => {
    const file = join(folder, 'stock.csv')
    await writeFile(file, `warehouse_id,product_id,quantity\n${sender},${movement},12\n`)
    const asOf = ['--as-of', '2025-01-01T00:00:00Z']
    assert.equal(
      (await bincard('import', 'opening-stock', file, ...asOf, '--dry-run')).stdout,
      '1 row: 1 booked\n',
    )
    assert.equal((await bincard('import', 'opening-stock', file, ...asOf)).stdout, '1 row: 1 booked\n')
    await writeFile(file, `warehouse_id,product_id,quantity\n${sender},${movement},13\n`)
    const other = await bincard('import', 'opening-stock', file, ...asOf)
    assert.deepEqual([other.code, other.stdout.split('\n')[0]], [1, '1 row: 1 quarantined'])
  })
})

suite('trust it', () => {
  test('verify, an altered balance, rebuild, verify', async () => {
    const right = await bincard('verify')
    assert.deepEqual([right.code, right.stdout], [0, ''])
    assert.match(right.stderr, /^The books are right: \d+ cards?, \d+ lines?, \d+ events?\.\n$/)
    await books.query('update card_line set balance = 1 where warehouse_id = $1 and line = 1', [receiver])
    const wrong = await bincard('verify', '--json')
    assert.equal(wrong.code, 1)
    const [finding, ...others] = json(wrong.stdout) as Record<string, unknown>[]
    assert.deepEqual(
      [finding?.['code'], finding?.['warehouse_id'], finding?.['line']],
      ['balance_wrong', receiver, 1],
    )
    assert.deepEqual([others.at(-1)?.['type'], others.at(-1)?.['ok']], ['summary', false])
    assert.equal((await bincard('rebuild', '--dry-run')).code, 0)
    assert.equal((await bincard('verify')).code, 1)
    assert.equal((await bincard('rebuild')).code, 0)
    assert.equal((await bincard('verify')).code, 0)
  })

  test('rebuild keeps the line of an event that is gone unless told, and is done only when nothing is found any more', async () => {
    const last = `from card_line where line = (select max(line) from card_line where warehouse_id = $1) and warehouse_id = $1`
    await books.query(
      `insert into card_line select warehouse_id, product_id, line + 1, gen_random_uuid(), 1, 1, balance + 1, occurred_at,
         recorded_at ${last}`,
      [receiver],
    )
    assert.equal((await bincard('rebuild', '--dry-run')).code, 1)
    assert.equal((await bincard('rebuild', '--dry-run', '--remove-unreported')).code, 0)
    const kept = await bincard('rebuild', '--json')
    const told = json(kept.stdout) as Record<string, unknown>[]
    assert.equal(kept.code, 1)
    const ofType = (type: string) => told.filter((one) => one['type'] === type)
    assert.deepEqual(
      ofType('remaining').map(({ code }) => code),
      ['line_without_leg', 'goods_unaccounted'],
    )
    assert.match(String(ofType('card')[0]?.['left']), /^The event of line \d+ is gone/)
    assert.deepEqual([ofType('rebuilt')[0]?.['committed'], ofType('rebuilt')[0]?.['cards_left']], [true, 1])
    assert.deepEqual(told.at(-1), { type: 'summary', ok: false, remaining: 2 })
    const asked = await bincard('rebuild', '--remove-unreported')
    assert.deepEqual([asked.code, /^Committed: 1 card made again/m.test(asked.stderr)], [0, true])
    assert.equal((await bincard('verify')).code, 0)
  })

  test('whoever reads no further neither hides a finding nor ends a rebuild in the middle', async () => {
    await books.query('update card_line set balance = balance + 1 where line = 1')
    const head = async (...args: string[]): Promise<number | null> => {
      const child = spawn(process.execPath, [program, ...args], {
        env: { PATH: process.env['PATH'], ...environment },
      })
      child.stdout.once('data', () => child.stdout.destroy())
      await once(child, 'exit')
      return child.exitCode
    }
    assert.equal(await head('verify'), 1)
    assert.equal(await head('rebuild'), 0)
    assert.equal((await bincard('verify')).code, 0)
  })

  test('export writes every event, card and line, as JSON lines and as CSV', async () => {
    const counts = { events: 'movement_leg', lines: 'card_line' }
    for (const [name, table] of Object.entries(counts)) {
      const [row] = await books.query<{ count: number }>(`select count(*) from ${table}`)
      const { stdout, stderr } = await bincard('export', name, '--rows', '2')
      assert.equal(json(stdout).length, row?.count, name)
      assert.equal(stderr, `${row?.count} ${name}.\n`)
    }
    const cards = (await bincard('export', 'cards', '--format', 'csv', '--rows', '1')).stdout
      .trim()
      .split('\n')
    assert.equal(cards[0], 'warehouse_id,product_id,quantity,last_line,updated_at')
    const [row] = await books.query<{ count: number }>('select count(*) from card_line where line = 1')
    assert.equal(cards.length - 1, row?.count)
    const file = join(folder, 'lines.csv')
    assert.equal((await bincard('export', 'lines', '--format', 'csv', '--output', file)).code, 0)
    assert.match(await readFile(file, 'utf8'), /^warehouse_id,product_id,line,/)
    assert.equal((await bincard('export', 'lines', '--output', file)).code, 2, 'a file is not written over')
  })

  test('a position is moved with its reason; a process that books goes on from there, and doubles nothing', async () => {
    const before = json((await bincard('position', 'show', '--json')).stdout) as Record<string, number>[]
    const used = before.find((row) => (row['next_offset'] ?? 0) > 0)
    const partition = String(used?.['partition'])
    const moved = await bincard('position', 'set', partition, 'earliest', '--reason', 'to see it')
    assert.match(moved.stdout, /^partition \d: \d+ → 0\n$/)
    await bincard('send', 'arrival', '--warehouse', receiver, '--product', product, '--quantity', '1')
    await bincard('send', 'arrival', '--warehouse', sender, '--product', product, '--quantity', '1')
    await waitFor('the partition to be booked again', async () => {
      const [row] = await books.query<{ offset: number }>(
        'select next_offset as "offset" from kafka_position where kafka_partition = $1',
        [partition],
      )
      return (row?.offset ?? 0) >= (used?.['next_offset'] ?? 0)
    })
    assert.equal((await bincard('verify')).code, 0)
    assert.match((await bincard('position', 'show')).stdout, /by \S+@\S+: to see it/)
    const { stdout } = await bincard('position', 'set', partition, 'latest', '--reason', 'back', '--json')
    const [back] = json(stdout) as Record<string, number>[]
    assert.deepEqual([back?.['partition'], back?.['from']], [Number(partition), back?.['to']])
    assert.equal((await bincard('position', 'set', '0', '999', '--reason', 'no')).code, 2)
    assert.equal((await bincard('position', 'set', '0', '0')).code, 2, 'without a reason')
  })

  test('migrate says what is applied; doctor finds nothing wrong, and names what is', async () => {
    const status = await bincard('migrate', 'status')
    assert.equal(status.code, 0)
    assert.match(status.stdout, /^0001-ledgers +\d{4}-/m)
    const listed = json((await bincard('migrate', 'status', '--json')).stdout) as Record<string, unknown>[]
    assert.deepEqual([listed[0]?.['name'], listed[0]?.['known']], ['0001-ledgers', true])
    assert.deepEqual((await bincard('migrate', '--dry-run')).stdout, '')
    const well = await bincard('doctor', '--json')
    // The server of the tests does without fsync.
    const states = new Map(
      (json(well.stdout) as { name: string; state: string }[]).map((one) => [one.name, one.state]),
    )
    const { 'postgres.durability': durability, ...others } = Object.fromEntries(states)
    assert.equal(durability, 'failed')
    assert.deepEqual(
      Object.entries(others).filter(([, state]) => state === 'failed'),
      [],
    )
    for (const name of ['postgres.schema', 'kafka.lag', 'redis', 'service'])
      assert.equal(states.get(name), 'ok', name)
    const ill = await bincardWith({ ...environment, KAFKA_TOPIC: 'not-there', REDIS_PORT: '9' })('doctor')
    assert.equal(ill.code, 1)
    assert.match(ill.stdout, /✗ kafka\.server .*topic_missing[^]*→ Make it: kafka-topics\.sh/)
    assert.match(ill.stdout, /! redis .*redis_unreachable/)
    const settingsWrong = await bincardWith({ ...environment, PORT: 'x', KAFKA_TOPIC: '?' })('doctor')
    assert.equal(settingsWrong.code, 1)
    assert.match(settingsWrong.stdout, /✗ settings PORT[^]*✗ settings KAFKA_TOPIC/)
  })

  test('load sends, reads meanwhile, and compares every card', async () => {
    assert.equal((await bincard('load')).code, 2, 'only who says --yes')
    const args = [
      '--events',
      '400',
      '--rate',
      '1000',
      '--warehouses',
      '2',
      '--products',
      '3',
      '--yes',
      '--json',
    ]
    const { code, stdout } = await bincard('load', ...args)
    assert.equal(code, 0)
    const [result] = json(stdout) as [Record<string, number>]
    assert.deepEqual([result['events'], result['cards'], result['cards_wrong']], [400, 6, 0])
    assert.equal((await bincard('verify')).code, 0)
  })
})
