import assert from 'node:assert/strict'
import { test } from 'node:test'
import { samples } from '../../src/api/samples.ts'
import { freshDatabase, freshTopic } from '../support/environment.ts'
import { ask } from '../support/http.ts'
import { testKey } from '../support/keys.ts'
import { startService } from '../support/service-process.ts'

const openWarning = /no API keys: the API is open/

test('a service with keys in its settings asks for them, also on a wide address; one without says that it is open', async (t) => {
  const { headers, key, secret } = testKey('reader', 'read')
  const parts = { database: await freshDatabase(t), topic: await freshTopic(t, 1) }
  const keys = `${key.name}:${key.role}:${key.hash.toString('hex')}`
  const guarded = await startService(t, { ...parts, environment: { HOST: '0.0.0.0', API_KEYS: keys } })
  await guarded.ready()
  const url = `http://127.0.0.1:${guarded.port}/api/movements/${samples.movementId}`
  assert.deepEqual([(await ask(url)).status, (await ask(url, { headers })).status], [401, 404])
  await guarded.end('SIGTERM')
  const log = guarded.log.join('\n')
  assert.doesNotMatch(log, openWarning)
  assert(!log.includes(secret) && !log.includes(key.hash.toString('hex')))

  const open = await startService(t, parts)
  await open.ready()
  assert.equal((await open.get(`/api/movements/${samples.movementId}`)).status, 404)
  await open.end('SIGTERM')
  assert.equal(open.log.filter((line) => openWarning.test(line)).length, 1)
})
