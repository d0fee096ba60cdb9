import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { readQuarantinedMessages } from '../../src/store/read-quarantine.ts'
import { freshDesk, type TestDesk } from '../support/desk.ts'
import { arrival, departure, movement } from '../support/events.ts'
import { ask, routes, startApi, type Answer, type TestApi } from '../support/http.ts'
import { testKey } from '../support/keys.ts'
import { toJson } from '../support/memory-log.ts'
import { codeOf, cursorOf, itemsOf, walk } from './walk.ts'

const value = (text: string) => ({ value: Buffer.from(text) })
const first = arrival({ quantity: 5, id: 'one' })
const repeat = value(toJson(arrival({ quantity: 5, id: 'two' })))
const broken = value(toJson(first).replace('"quantity":5', '"quantity":"5"'))
const anna = testKey('anna', 'admin')

/** A server over a desk whose log is in memory; without keys unless they are asked for. */
async function start(t: TestContext, keys: readonly ReturnType<typeof testKey>[] = []) {
  const scene = await freshDesk(t)
  const { database } = scene.ledger
  const access = { keys: keys.length === 0 ? null : keys.map(({ key }) => key), requestsPerSecond: 0 }
  const api = await startApi(t, { database, quarantine: scene.desk, access })
  return { scene, api }
}

const show = (api: TestApi, id: number, init: RequestInit = {}) =>
  api.get(routes.quarantined, `/api/quarantine/${id}`, init)
const redrive = (api: TestApi, id: number, body: unknown) =>
  api.post(routes.redrive, `/api/quarantine/${id}/redrive`, body)
const discard = (api: TestApi, id: number, body: unknown) =>
  api.post(routes.discard, `/api/quarantine/${id}/discard`, body)
const detailOf = ({ body }: Answer) => (body as { detail: string }).detail

/** Messages 1 to 6: five broken ones with a possible duplicate among them, of which one is discarded. */
async function fill(scene: TestDesk): Promise<void> {
  await scene.receive([value(toJson(first)), broken, broken, repeat, broken, broken, value('{')])
  await scene.desk.discard(2, 'a test', 'anna')
}

test('the list has what is open, the oldest first, by status and code, page after page', async (t) => {
  const { scene, api } = await start(t)
  await fill(scene)
  const ids = async (query: string) =>
    (await walk(api, routes.quarantine, `/api/quarantine?limit=2${query}`)).map(
      (item) => item['quarantine_id'],
    )
  assert.deepEqual(await ids(''), [1, 3, 4, 5, 6])
  assert.deepEqual(await ids('&status=open&code=quantity_invalid'), [1, 4, 5])
  assert.deepEqual(await ids('&status=discarded'), [2])
  assert.deepEqual(await ids('&status=discarded&code=not_json'), [])
  assert.deepEqual(await ids('&status=redriven'), [])
  const [item] = itemsOf(await api.get(routes.quarantine, '/api/quarantine?code=possible_duplicate'))
  const { received_at: receivedAt, ...rest } = item ?? {}
  assert.match(String(receivedAt), /Z$/)
  assert.deepEqual(rest, {
    quarantine_id: 3,
    code: 'possible_duplicate',
    field: null,
    detail: 'The same report is booked under another message id: a repeat, or two equal pallets.',
    status: 'open',
    topic: 'movements',
    partition: 0,
    offset: 3,
    movement_id: movement(1),
    redrive_begun_at: null,
    settled_at: null,
    settled_by: null,
    reason: null,
    redriven_to: null,
  })
})

test('a filter, cursor, limit or number that cannot be is refused, and says what would be right', async (t) => {
  const { scene, api } = await start(t)
  await fill(scene)
  const cursor = cursorOf(await api.get(routes.quarantine, '/api/quarantine?limit=1'))
  const asked = [
    ['status=booked', 'malformed_filter'],
    ['code=nonsense', 'malformed_filter'],
    ['limit=0', 'limit_out_of_range'],
    [`cursor=${cursor}&code=not_json`, 'malformed_cursor'],
    [`cursor=${cursor}&status=redriven`, 'malformed_cursor'],
    ['state=open', 'unknown_query_parameter'],
  ] as const
  for (const [query, code] of asked) {
    const answer = await api.get(routes.quarantine, `/api/quarantine?${query}`)
    assert.deepEqual([query, answer.status, codeOf(answer)], [query, 400, code])
  }
  const status = await api.get(routes.quarantine, '/api/quarantine?status=completed')
  assert.equal(detailOf(status), 'status must be one of open, redriven, discarded.')
  for (const id of ['0', '-1', 'x', '1.5', '99999999999999999999']) {
    const answer = await api.get(routes.quarantined, `/api/quarantine/${id}`)
    assert.deepEqual([id, answer.status, codeOf(answer)], [id, 400, 'malformed_quarantine_id'])
  }
  for (const answer of [
    await show(api, 99),
    await redrive(api, 99, {}),
    await discard(api, 99, { reason: 'x' }),
  ])
    assert.deepEqual([answer.status, codeOf(answer)], [404, 'quarantined_message_unknown'])
})

test('a message is shown whole, with what speaks against it', async (t) => {
  const { scene, api } = await start(t)
  const odd = Buffer.from([0xc3, 0x28])
  const headers = [
    { name: Buffer.from('who'), value: Buffer.from('Склад') },
    { name: odd, value: null },
  ]
  await scene.receive([value(toJson(first)), { key: odd, value: odd, headers }, { value: null }, repeat])
  await scene.receive([
    value(toJson(departure({ movement: 2, quantity: 1 }))),
    value(toJson(departure({ movement: 2, quantity: 2 }))),
    value(toJson(arrival({ quantity: 6 }))),
  ])
  const bytes = (data: string) => ({ encoding: 'utf-8', data })
  const raw = { encoding: 'base64', data: odd.toString('base64') }
  const shown = async (id: number) => (await show(api, id)).body as Record<string, unknown>
  const one = await shown(1)
  assert.deepEqual(
    [one['code'], one['key'], one['value'], one['headers'], one['conflicts_with'], one['redrive']],
    [
      'not_utf8',
      raw,
      raw,
      [
        { name: bytes('who'), value: bytes('Склад') },
        { name: raw, value: null },
      ],
      [],
      null,
    ],
  )
  assert.equal((await shown(2))['value'], null)
  const conflicts = async (id: number) => {
    const { code, conflicts_with: found } = await shown(id)
    return [
      code,
      (found as Record<string, unknown>[]).map((leg) => [leg['event'], leg['message_id'], leg['state']]),
    ]
  }
  assert.deepEqual((await shown(3))['value'], bytes(repeat.value.toString()))
  const held = departure({ movement: 2, quantity: 1 })
  assert.deepEqual(await conflicts(3), ['possible_duplicate', [['arrival', 'one', 'booked']]])
  assert.deepEqual(await conflicts(4), ['departure_conflict', [['departure', held.messageId, 'booked']]])
  assert.deepEqual(await conflicts(5), ['arrival_conflict', [['arrival', 'one', 'booked']]])
  await redrive(api, 3, { accept: true })
  assert.deepEqual(await conflicts(3), ['possible_duplicate', [['arrival', 'one', 'booked']]])
})

test('a message is redriven corrected, accepted or as it is; the answer has its outcome and place', async (t) => {
  const { scene, api } = await start(t, [anna])
  await fill(scene)
  const as = { headers: { ...anna.headers, 'content-type': 'application/json' } }
  const post = async (path: string, body?: string) => {
    const headers = body === undefined ? anna.headers : as.headers
    return await ask(`${api.url}${path}`, {
      method: 'POST',
      headers,
      ...(body === undefined ? {} : { body }),
    })
  }
  const correction = { message: JSON.parse(toJson(arrival({ movement: 7, quantity: 8 }))) as object }
  const answer = await post('/api/quarantine/1/redrive', JSON.stringify(correction))
  const { settled_at: settledAt, ...rest } = answer.body as Record<string, unknown>
  assert.match(String(settledAt), /Z$/)
  assert.deepEqual(
    [answer.status, rest],
    [
      200,
      {
        quarantine_id: 1,
        outcome: 'booked',
        card_line: 2,
        partition: 1,
        offset: 0,
        code: null,
        field: null,
        detail: null,
        settled_by: 'anna',
      },
    ],
  )
  assert.deepEqual((await post('/api/quarantine/1/redrive', JSON.stringify(correction))).body, answer.body)
  const accepted = await post('/api/quarantine/3/redrive', '{"accept":true}')
  assert.deepEqual((accepted.body as { card_line: number }).card_line, 3)
  // What was rejected by a version that knew less can be redriven with no body at all.
  await scene.ledger.database.query('update quarantine set value = $1 where quarantine_id = 4', [
    Buffer.from(toJson(arrival({ movement: 8, quantity: 1 }))),
  ])
  assert.equal(((await post('/api/quarantine/4/redrive')).body as { outcome: string }).outcome, 'booked')
  const { body } = await show(api, 1, anna)
  const { status, redriven_to: place, redrive: begun } = body as Record<string, Record<string, unknown>>
  assert.deepEqual([status, place?.['partition'], place?.['offset']], ['redriven', 1, 0])
  assert.deepEqual(
    [begun?.['begun_by'], begun?.['accepted'], begun?.['message']],
    ['anna', false, { encoding: 'utf-8', data: JSON.stringify(correction.message) }],
  )
})

test('what cannot be redriven is refused with its reason, and stays open', async (t) => {
  const { scene, api } = await start(t)
  await scene.receive([
    value(toJson(first)),
    value(toJson(departure({ movement: 2, quantity: 1 }))),
    broken,
    repeat,
    value(toJson(departure({ movement: 2, quantity: 1, id: 'two' }))),
  ])
  const refused = await redrive(api, 1, {})
  assert.deepEqual(
    [refused.status, codeOf(refused), (refused.body as { rejections: unknown }).rejections],
    [
      422,
      'still_rejected',
      [
        {
          index: 0,
          code: 'quantity_invalid',
          field: 'data.quantity',
          detail: 'The quantity is not a whole number.',
        },
      ],
    ],
  )
  const asked = [
    [1, { accept: true }, 422, 'accept_unsupported'],
    [3, { accept: true }, 422, 'departure_counts_once'],
    [2, {}, 422, 'still_rejected'],
    [2, { accept: false }, 400, 'malformed_request'],
    [3, { accept: 1 }, 400, 'malformed_request'],
    [2, false, 400, 'malformed_request'],
    [2, 0, 400, 'malformed_request'],
    [2, '', 400, 'malformed_request'],
    [2, { accept: true, message: {} }, 400, 'malformed_request'],
    [2, { message: [] }, 400, 'malformed_request'],
    [2, { accepted: true }, 400, 'malformed_request'],
    [2, { message: { padding: 'x'.repeat(70_000) } }, 413, 'body_too_large'],
  ] as const
  for (const [id, body, status, code] of asked) {
    const answer = await redrive(api, id, body)
    assert.deepEqual([id, answer.status, codeOf(answer)], [id, status, code])
  }
  assert.equal(itemsOf(await api.get(routes.quarantine, '/api/quarantine')).length, 3)
  assert.equal(scene.produced.length, 0)
})

test('a discard is for good, recorded with who, when and why; so is a redrive', async (t) => {
  const { scene, api } = await start(t)
  await fill(scene)
  const done = await discard(api, 1, { reason: 'Проба сканера' })
  const item = done.body as Record<string, unknown>
  assert.deepEqual(
    [done.status, item['status'], item['reason'], item['settled_by']],
    [200, 'discarded', 'Проба сканера', 'anonymous'],
  )
  assert.deepEqual((await discard(api, 1, { reason: 'Проба сканера' })).body, item)
  const otherwise = await discard(api, 1, { reason: 'Another' })
  const late = await redrive(api, 1, {})
  const detail = `It was discarded by anonymous at ${String(item['settled_at'])}: "Проба сканера".`
  for (const answer of [otherwise, late])
    assert.deepEqual([answer.status, codeOf(answer), detailOf(answer)], [409, 'already_discarded', detail])

  await redrive(api, 3, { accept: true })
  const [settled] = itemsOf(await api.get(routes.quarantine, '/api/quarantine?status=redriven'))
  for (const answer of [await discard(api, 3, { reason: 'x' }), await redrive(api, 3, {})])
    assert.deepEqual(
      [answer.status, codeOf(answer), detailOf(answer)],
      [
        409,
        'already_redriven',
        `It was redriven by anonymous at ${String(settled?.['settled_at'])}, to partition 1, offset 0.`,
      ],
    )
  for (const body of [{}, { reason: '' }, { reason: 'a\0b' }, { reason: 7 }, { reason: 'x'.repeat(1001) }])
    assert.deepEqual(codeOf(await discard(api, 4, body)), 'malformed_request')
  assert.equal(await scene.tally(), 3)
})

test('while Kafka is away a redrive is 503; it has begun, and the same again finishes it', async (t) => {
  const { scene, api } = await start(t)
  await fill(scene)
  // The server of the test has no Kafka, the desk of the scene has a log in memory.
  const away = await startApi(t, { database: scene.ledger.database })
  const down = await redrive(away, 3, { accept: true })
  assert.deepEqual([down.status, codeOf(down)], [503, 'broker_unavailable'])
  const [kept] = await readQuarantinedMessages(scene.ledger.database, [3], { maxValueBytes: 10 })
  const begun = await redrive(api, 3, { message: {} })
  assert.deepEqual([begun.status, codeOf(begun), kept?.claim?.by], [409, 'redrive_begun', 'anonymous'])
  assert.match(detailOf(begun), /^A redrive was begun by anonymous at .*Z\.$/)
  assert.equal(codeOf(await discard(api, 3, { reason: 'x' })), 'redrive_begun')
  const listed = itemsOf(await api.get(routes.quarantine, '/api/quarantine'))
  assert.deepEqual(
    listed.map((item) => [item['quarantine_id'], item['redrive_begun_at'] !== null]),
    [
      [1, false],
      [3, true],
      [4, false],
      [5, false],
      [6, false],
    ],
  )
  assert.equal((await redrive(api, 3, { accept: true })).status, 200)
})

test('all open messages of a code are redriven, a page at a time', async (t) => {
  const { scene, api } = await start(t)
  await fill(scene)
  await scene.ledger.database.query('update quarantine set value = $1 where quarantine_id = 4', [
    Buffer.from(toJson(arrival({ movement: 8, quantity: 1 }))),
  ])
  const all = (body: object) => api.post(routes.redriveAll, '/api/quarantine/redrive', body)
  const one = await all({ code: 'quantity_invalid', limit: 2 })
  const none = { booked: 0, held: 0, duplicate: 0, quarantined: 0, accepted: 0, rejected: 0 }
  const cursor = cursorOf(one)
  assert.deepEqual(one.body, { outcomes: { ...none, booked: 1, rejected: 1 }, next_cursor: cursor })
  const two = await all({ code: 'quantity_invalid', limit: 2, cursor })
  assert.deepEqual(two.body, { outcomes: { ...none, rejected: 1 }, next_cursor: null })
  const asked = [
    [{}, 'malformed_request'],
    [{ code: 'nonsense' }, 'malformed_request'],
    [{ code: 'not_json', limit: 101 }, 'malformed_request'],
    [{ code: 'not_json', cursor }, 'malformed_cursor'],
  ] as const
  for (const [body, code] of asked) assert.equal(codeOf(await all(body)), code)
})

test('a key that is limited to warehouses has no quarantine; a reader reads it and decides nothing', async (t) => {
  const limited = testKey('limited', 'admin', [first.warehouseId])
  const reader = testKey('reader', 'read')
  const writer = testKey('writer', 'write')
  const { scene, api } = await start(t, [limited, reader, writer])
  await fill(scene)
  for (const path of ['/api/quarantine', '/api/quarantine/1']) {
    assert.equal(codeOf(await ask(api.url + path, limited)), 'outside_scope')
    assert.equal((await ask(api.url + path, reader)).status, 200)
  }
  for (const path of ['/1/redrive', '/1/discard', '/redrive']) {
    const send = ({ headers }: typeof reader) =>
      ask(`${api.url}/api/quarantine${path}`, { method: 'POST', headers })
    assert.equal(codeOf(await send(limited)), 'outside_scope')
    for (const holder of [reader, writer]) assert.equal(codeOf(await send(holder)), 'role_too_low')
  }
})
