import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freshDatabase, freshTopic } from '../support/environment.ts'
import { startService } from '../support/service-process.ts'

/** A process that is not prepared for it dies by the signal nearly each time. */
const tries = 3

test('a service that is told to end as soon as it listens ends in order', async (t) => {
  const database = await freshDatabase(t)
  const topic = await freshTopic(t, 1)
  for (let done = 0; done < tries; done += 1) {
    const service = await startService(t, { database, topic })
    const code = await service.end('SIGTERM')
    assert.equal(code, 0, `${JSON.stringify(service.exit())}: ${service.log.slice(-3).join('\n')}`)
  }
})
