/** The two commands, the first call, and the way into production, as README.md has them. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { root } from '../../stack/state.ts'
import { freshDatabase, freshTopic, kafkaAddress } from '../support/environment.ts'
import { newReader } from '../support/reader.ts'
import { waitFor } from '../support/wait.ts'

const read = (page: string): string => readFileSync(join(root, page), 'utf8')
const [toTry = '', inProduction = ''] = read('README.md').split(/^## In production$/m)

suite('README.md', () => {
  test('the service starts by the first command, and answers as the page shows', async (t) => {
    const reader = await newReader(t, { packages: 'shared' })
    // The second one is what runs this.
    assert.deepEqual(await reader.follow(toTry, (text) => (text === 'npm test' ? 'true' : text)), [])
  })

  test('in production: installed, built, and started with a key, it lets in whoever has the key', async (t) => {
    const reader = await newReader(t, { packages: 'none' })
    const [{ host, port, user, password, database }, topic] = [await freshDatabase(t), await freshTopic(t, 1)]
    let key = ''
    const left = await reader.follow(inProduction, (text, printed) => {
      key = /^ {2}(bincard_\S+)$/m.exec(printed)?.[1] ?? key
      const line = /^ {2}(dashboard:read:\w+)$/m.exec(printed)?.[1] ?? ''
      return text
        .replace(
          'HOST=0.0.0.0',
          `HOST=127.0.0.1 KAFKA_TOPIC=${topic} KAFKA_GROUP_ID=group-${topic} CACHE_TTL=0`,
        )
        .replace('dashboard:read:…', line)
        .replace(
          'POSTGRES_HOST=db',
          `POSTGRES_HOST=${host} POSTGRES_PORT=${port} POSTGRES_USER=${user} POSTGRES_DB=${database}`,
        )
        .replace('POSTGRES_PASSWORD=…', `POSTGRES_PASSWORD=${password}`)
        .replace('kafka-1:9092,kafka-2:9092', kafkaAddress())
    })
    assert.deepEqual(left, [])
    const ask = async (path: string, headers: Record<string, string> = {}): Promise<number> =>
      (await fetch(`${reader.api}${path}`, { headers })).status
    await waitFor('readiness', async () => (await ask('/health/ready')) === 200)
    assert.equal(await ask('/'), 200)
    assert.equal(await ask('/api/overview'), 401)
    assert.equal(await ask('/api/overview', { authorization: `Bearer ${key}` }), 200)
  })
})
