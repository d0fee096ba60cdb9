import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { produceByConsole } from '../support/console-producer.ts'
import { freshDatabase, freshTopic } from '../support/environment.ts'
import { startService, type ServiceProcess } from '../support/service-process.ts'
import { waitFor } from '../support/wait.ts'

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null
type Json = Record<string, unknown>
const sample = (name: string): Json =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/samples', name), 'utf8')) as Json

const movement = 'c6290746-790e-43fa-8270-014dc90e02e0'
const product = '4705204f-498f-4f96-b4ba-df17fb56bf55'
const sender = '25718666-6af6-4281-b5a6-3016e36fa557'
const receiver = 'c1d70455-7e14-11e9-812a-70106f431230'

async function cardOf(service: ServiceProcess, warehouse: string): Promise<Json> {
  const { body } = await service.get(`/api/warehouses/${warehouse}/products/${product}`)
  const { quantity, held_quantity: held, last_line: line } = body as Json
  return { quantity, held, line }
}

suite('the samples, sent by a producer that is not ours', () => {
  test('arrival before departure, departure before its stock: both are told as they are', async (t) => {
    const database = await freshDatabase(t)
    const topic = await freshTopic(t, 6)
    const service = await startService(t, { database, topic })
    await service.ready()
    await produceByConsole(topic, [
      JSON.stringify(sample('arrival.json')),
      JSON.stringify(sample('departure.json')),
    ])

    const told = await waitFor('both sides of the movement', async () => {
      const body = (await service.get(`/api/movements/${movement}`)).body as Json
      return isObject(body['sender']) && isObject(body['receiver']) ? body : null
    })
    const { status, elapsed_seconds: elapsed, quantity_difference: difference } = told
    assert.deepEqual(
      { status, elapsed, difference },
      { status: 'departure_held', elapsed: 8520, difference: 0 },
    )
    assert.deepEqual(told['sender'], {
      warehouse_id: sender,
      source: 'WH-3322',
      timestamp: '2025-02-18T12:12:56.000Z',
      quantity: 100,
    })
    assert.deepEqual(told['receiver'], {
      warehouse_id: receiver,
      source: 'WH-3423',
      timestamp: '2025-02-18T14:34:56.000Z',
      quantity: 100,
      deliveries: 1,
    })
    assert.deepEqual(await cardOf(service, receiver), { quantity: 100, held: 0, line: 1 })
    assert.deepEqual(await cardOf(service, sender), { quantity: 0, held: 100, line: 0 })

    const stock = sample('arrival.json')
    const data = {
      ...(stock['data'] as Json),
      movement_id: '00000000-0000-4000-8000-000000000001',
      warehouse_id: sender,
      quantity: 150,
    }
    await produceByConsole(topic, [
      JSON.stringify({ ...stock, id: 'stock', source: 'WH-3322', subject: 'WH-3322:ARRIVAL', data }),
    ])
    await waitFor('the release', async () => (await cardOf(service, sender))['held'] === 0)
    assert.deepEqual(await cardOf(service, sender), { quantity: 50, held: 0, line: 2 })
    const after = await service.get(`/api/movements/${movement}`)
    assert.equal((after.body as Json)['status'], 'completed')
    assert.equal(await service.metric('bincard_held_departures'), 0)
    assert.equal(await service.end('SIGTERM'), 0)
  })
})
