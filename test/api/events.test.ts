import assert from 'node:assert/strict'
import { test } from 'node:test'
import { departureEvent } from '../../src/api/samples.ts'
import { defaultLimits } from '../../src/api/limits.ts'
import { routes, startApi, type Answer, type TestApi } from '../support/http.ts'
import { insertLeg, movement, north, tea } from './ledger-rows.ts'

const arrival = (n: number, data: object = {}) => ({
  ...departureEvent,
  id: `arrival ${n}`,
  subject: 'WH-0001:ARRIVAL',
  data: {
    ...departureEvent.data,
    event: 'arrival',
    movement_id: movement(n),
    warehouse_id: north,
    product_id: tea,
    ...data,
  },
})

const departure = (n: number, quantity: number) => {
  const { data } = arrival(n, { event: 'departure', quantity })
  return { ...departureEvent, id: `departure ${n}`, subject: 'WH-0001:DEPARTURE', data }
}

const structured = (event: unknown, mediaType = 'application/cloudevents+json') => ({
  headers: { 'content-type': mediaType },
  body: typeof event === 'string' ? event : JSON.stringify(event),
})
const batch = (events: readonly unknown[]) => structured(events, 'application/cloudevents-batch+json')

test('a dry run says what would become of each event, in their order, and writes nothing', async (t) => {
  const api = await startApi(t)
  await insertLeg(api.database, { movementId: movement(9), leg: 1, warehouseId: north, line: 1 })
  await api.database.query(
    'insert into warehouse (warehouse_id, token, last_recorded_at) values ($1, gen_random_uuid(), now())',
    [north],
  )
  const answer = await api.send(
    '/api/events?dry_run=true',
    batch([
      departure(1, 100),
      departure(2, 60),
      arrival(3, { quantity: 60 }),
      arrival(3, { quantity: 60 }),
      arrival(3, { quantity: 70 }),
      { ...arrival(4), specversion: '0.3' },
      7,
    ]),
  )
  assert.equal(answer.status, 200)
  assert.deepEqual(outcomesOf(answer), [
    'booked',
    'booked',
    'booked',
    'duplicate',
    'quarantined arrival_conflict null',
    'rejected specversion_unsupported specversion',
    'rejected not_an_object null',
  ])
  assert.deepEqual(await rowsOf(api), { legs: 1, lines: 1, warehouses: 1, quarantined: 0 })
})

test('a departure larger than the stock would be held, says a dry run', async (t) => {
  const api = await startApi(t)
  const answer = await api.send('/api/events?dry_run=true', structured(departure(1, 1)))
  assert.deepEqual([answer.status, outcomesOf(answer)], [200, ['held']])
  assert.equal((answer.body as { dry_run: boolean }).dry_run, true)
})

test('if no event can be understood the answer is 422, with the code and field of each', async (t) => {
  const api = await startApi(t)
  const wrong = arrival(1, { product_id: 'tea' })
  const reason = { code: 'uuid_invalid', field: 'data.product_id', detail: 'An id is not a UUID.' }
  for (const query of ['', '?dry_run=true']) {
    const single = await api.send(`/api/events${query}`, structured(wrong))
    assert.equal(single.status, 422)
    assert.deepEqual(single.body, {
      type: '/problems/nothing_acceptable',
      title: 'No event of the request can be understood',
      status: 422,
      detail: 'An id is not a UUID.',
      instance: '/api/events',
      code: 'nothing_acceptable',
      rejections: [{ index: 0, ...reason }],
    })
    const both = await api.send(`/api/events${query}`, batch([wrong, wrong]))
    assert.deepEqual(
      [both.status, (both.body as { rejections: unknown }).rejections],
      [
        422,
        [
          { index: 0, ...reason },
          { index: 1, ...reason },
        ],
      ],
    )
  }
})

test('a body that is no event or no batch at all is 400, and of another media type 415', async (t) => {
  const api = await startApi(t)
  const cases = [
    [batch([]), 400, 'malformed_batch'],
    [structured('{}', 'application/cloudevents-batch+json'), 400, 'malformed_batch'],
    [structured('[', 'application/cloudevents-batch+json'), 400, 'malformed_body'],
    [structured(''), 400, 'malformed_body'],
    [{}, 400, 'malformed_body'],
    [structured('{'), 422, 'nothing_acceptable'],
    [structured('{', 'Application/CloudEvents+JSON; charset=utf-8'), 422, 'nothing_acceptable'],
    [structured(arrival(1), 'text/plain'), 415, 'unsupported_media_type'],
    [structured(arrival(1), 'application/xml'), 415, 'unsupported_media_type'],
  ] as const
  for (const [init, status, code] of cases) {
    const answer = await api.send('/api/events', init)
    assert.deepEqual([answer.status, codeOf(answer)], [status, code])
  }
})

test('one event and a batch each have their own limit in bytes', async (t) => {
  const limits = { ...defaultLimits, maxBodyBytes: 1000, maxBatchBytes: 2000 }
  const api = await startApi(t, { limits })
  const padded = (bytes: number) => ({ ...arrival(1), padding: 'x'.repeat(bytes) })
  const answers = [
    await api.send('/api/events?dry_run=true', structured(padded(0))),
    await api.send('/api/events?dry_run=true', structured(padded(1000))),
    await api.send('/api/events?dry_run=true', structured(padded(1000), 'application/json')),
    await api.send('/api/events?dry_run=true', batch([padded(1000)])),
    await api.send('/api/events?dry_run=true', batch([padded(2000)])),
  ]
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 413, 413, 200, 413],
  )
})

test('a query parameter that is unknown, or no yes or no, is refused', async (t) => {
  const api = await startApi(t)
  const asked = [
    ['?after=0:1', 'unknown_query_parameter'],
    ['?dry_run=maybe', 'malformed_request'],
    ['?dry_run=', 'malformed_request'],
  ] as const
  for (const [query, code] of asked) {
    const answer = await api.send(`/api/events${query}`, structured(arrival(1)))
    assert.deepEqual([query, answer.status, codeOf(answer)], [query, 400, code])
  }
})

test('while Kafka is away the answer is 503, and says when to try again', async (t) => {
  const api = await startApi(t)
  const answer = await api.send('/api/events', structured(arrival(1)))
  assert.deepEqual(
    [answer.status, answer.headers.get('retry-after'), codeOf(answer)],
    [503, '2', 'broker_unavailable'],
  )
})

test('in binary mode the attributes are headers, percent-encoded beyond ASCII', async (t) => {
  const api = await startApi(t)
  const { data, ...attributes } = arrival(1)
  const headers = Object.entries({ ...attributes, source: '%D0%A1%D0%9A-1' })
    .filter(([name]) => name !== 'datacontenttype')
    .map(([name, value]) => [`ce-${name}`, String(value)])
  const send = (more: Record<string, string>) =>
    api.send('/api/events?dry_run=true', {
      headers: { ...Object.fromEntries(headers), 'content-type': 'application/json', ...more },
      body: JSON.stringify(data),
    })
  assert.deepEqual(outcomesOf(await send({})), ['booked'])
  const refused = await send({ 'ce-subject': 'WH-0001:DEPARTURE' })
  assert.deepEqual(rejectionOf(refused), { code: 'subject_contradicts', field: 'subject' })
  assert.deepEqual(rejectionOf(await send({ 'ce-id': '%FF' })), { code: 'not_utf8', field: 'headers' })
})

const movementPath = `/api/movements/${movement(1)}`
const topicId = '11111111-2222-4333-8444-555555555555'
const position = async ({ database }: TestApi, partition: number, nextOffset: number) =>
  await database.query(
    `insert into kafka_position (topic, kafka_partition, topic_id, leader_epoch, next_offset)
     values ('movements', $1, $2, 0, $3)
     on conflict (topic, kafka_partition) do update set next_offset = excluded.next_offset`,
    [partition, topicId, nextOffset],
  )

test('a read after a message waits until its position is passed, by whichever process', async (t) => {
  const api = await startApi(t)
  await position(api, 3, 17)
  const reading = api.get(routes.movement, `${movementPath}?after=3:17`)
  await insertLeg(api.database, { movementId: movement(1), leg: 1, warehouseId: north, line: 1 })
  await position(api, 3, 18)
  assert.equal((await reading).status, 200)
  const card = `/api/warehouses/${north}/products/${tea}?after=3:17`
  assert.equal((await api.get(routes.card, card)).status, 200)
})

test('a read after a message that is not booked in time is 409, and says how far we are', async (t) => {
  const api = await startApi(t, { limits: { ...defaultLimits, bookingWaitMs: 100 } })
  await position(api, 3, 17)
  const { status, body } = await api.get(routes.movement, `${movementPath}?after=3:17`)
  const { code, detail } = body as Record<string, unknown>
  assert.deepEqual(
    [status, code, detail],
    [409, 'not_yet_booked', 'Of partition 3, all messages before offset 17 are booked.'],
  )
})

test('a position that is malformed, or of a partition that is not there, is 400 at once', async (t) => {
  const api = await startApi(t, { countPartitions: async () => 6 })
  for (const after of [
    '',
    '1',
    '0:',
    ':1',
    '-1:0',
    '0:-1',
    '00:1',
    '0:1.5',
    '0:9999999999999999',
    '0:1&after=0:2',
  ]) {
    const answer = await api.get(routes.movement, `${movementPath}?after=${after}`)
    assert.deepEqual([after, answer.status, codeOf(answer)], [after, 400, 'malformed_position'])
  }
  const started = performance.now()
  const answer = await api.get(routes.movement, `${movementPath}?after=6:0`)
  assert.deepEqual([answer.status, codeOf(answer)], [400, 'partition_unknown'])
  assert(performance.now() - started < defaultLimits.bookingWaitMs)
})

interface OutcomeBody {
  readonly outcome: string
  readonly code: string | null
  readonly field: string | null
}

function outcomesOf({ body }: Answer): string[] {
  return (body as { outcomes: OutcomeBody[] }).outcomes.map(({ outcome, code, field }) =>
    code === null ? outcome : `${outcome} ${code} ${field}`,
  )
}

function rejectionOf({ body }: Answer): unknown {
  const [{ code, field } = {}] = (body as { rejections: Partial<OutcomeBody>[] }).rejections
  return { code, field }
}

function codeOf({ body }: Answer): unknown {
  return (body as { code: unknown }).code
}

async function rowsOf({ database }: TestApi): Promise<unknown> {
  const [rows] = await database.query(
    `select (select count(*) from movement_leg) as legs, (select count(*) from card_line) as lines,
       (select count(*) from warehouse) as warehouses, (select count(*) from quarantine) as quarantined`,
  )
  return { ...(rows as object) }
}
