import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { defaultLimits } from '../../src/api/limits.ts'
import { ask, startApi } from '../support/http.ts'
import { movement, north, tea } from './ledger-rows.ts'

interface Document {
  readonly paths: Record<
    string,
    Record<string, { readonly parameters?: readonly { readonly name: string }[] }>
  >
}

test('every read waits for a message that is named, and says how far the booking is if that is too long', async (t) => {
  const { url, database } = await startApi(t, { limits: { ...defaultLimits, bookingWaitMs: 50 } })
  await database.query(
    `insert into kafka_position (topic, kafka_partition, topic_id, leader_epoch, next_offset)
     values ('movements', 0, gen_random_uuid(), 0, 17)`,
  )
  const { paths } = (await ask(`${url}/openapi.json`)).body as Document
  const waiting: string[] = []
  for (const [path, operations] of Object.entries(paths).filter(([one]) => one.startsWith('/api/'))) {
    for (const [method, { parameters = [] }] of Object.entries(operations)) {
      if (!parameters.some(({ name }) => name === 'after')) continue
      waiting.push(`${method} ${path}`)
      const address = path
        .replace('{warehouse_id}', north)
        .replace('{product_id}', tea)
        .replace('{movement_id}', movement(1))
        .replace('{quarantine_id}', '1')
      const body = { cards: [{ warehouse_id: north, product_id: tea }] }
      const headers = { 'content-type': 'application/json' }
      const init = method === 'post' ? { method: 'POST', headers, body: JSON.stringify(body) } : {}
      const late = await ask(`${url}${address}?after=0:17`, init)
      assert.deepEqual([path, late.status], [path, 409])
      assert.match(late.text, /all messages before offset 17 are booked/)
      const booked = await ask(`${url}${address}?after=0:16`, init)
      assert([200, 404].includes(booked.status), `${path}: ${booked.status}`)
    }
  }
  const reads = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations)
      .filter((method) => path.startsWith('/api/') && (method === 'get' || path === '/api/cards/query'))
      .map((method) => `${method} ${path}`),
  )
  assert.deepEqual(waiting.sort(), reads.filter((read) => !withoutWaiting.includes(read)).sort())
})

/** They tell of what is to come, and of how fast it came: neither is part of the books. */
const withoutWaiting: readonly string[] = ['get /api/stream', 'get /api/throughput']

test('a request that says no host, or expects something, gets an answer like any other', async (t) => {
  const { url } = await startApi(t)
  const path = `/api/movements/${movement(1)}`
  const hostless = await sendRaw(url, `GET ${path} HTTP/1.1\r\nConnection: close\r\n\r\n`)
  assert.match(hostless, /^HTTP\/1.1 400 .*"code":"malformed_request"/s)
  const old = await sendRaw(url, `GET ${path} HTTP/1.0\r\n\r\n`)
  assert.match(old, /^HTTP\/1.1 404 .*"code":"movement_unknown"/s)
  const expecting = await sendRaw(
    url,
    `GET ${path} HTTP/1.1\r\nHost: x\r\nExpect: foo\r\nConnection: close\r\n\r\n`,
  )
  assert.match(expecting, /^HTTP\/1.1 404 .*"code":"movement_unknown"/s)
})

async function sendRaw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname, () => socket.write(text))
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
