/** What other tests take for granted when they let a Redis fail. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ownRedis } from '../support/own-redis.ts'

suite('a Redis of a test alone', () => {
  test('when killed refuses connections, and is back on the same port, empty', async (t) => {
    const redis = await ownRedis(t)
    await redis.start()
    assert.equal(await redis.command('SET card 1'), '+OK')
    await redis.kill()
    await assert.rejects(redis.command('PING'), { code: 'ECONNREFUSED' })
    await redis.start()
    assert.equal(await redis.command('EXISTS card'), ':0')
  })

  test('when frozen takes a question and answers it only when it is thawed', async (t) => {
    const redis = await ownRedis(t)
    await redis.start()
    redis.signal('SIGSTOP')
    const answer = redis.command('PING')
    assert.equal(await Promise.race([answer, sleep(300, 'still waiting')]), 'still waiting')
    redis.signal('SIGCONT')
    assert.equal(await answer, '+PONG')
  })

  test('with no memory to give refuses to write, and still reads', async (t) => {
    const redis = await ownRedis(t)
    await redis.start({ maxMemory: '1', memoryPolicy: 'noeviction' })
    assert.match(await redis.command('SET card 1'), /^-OOM /)
    assert.equal(await redis.command('EXISTS card'), ':0')
  })

  test('as a replica refuses to write, until it is none', async (t) => {
    const redis = await ownRedis(t)
    await redis.start()
    assert.equal(await redis.command('REPLICAOF 127.0.0.1 1'), '+OK')
    assert.match(await redis.command('SET card 1'), /^-READONLY /)
    assert.equal(await redis.command('REPLICAOF NO ONE'), '+OK')
    assert.equal(await redis.command('SET card 1'), '+OK')
  })

  test('forgets what was asked for least when it is full, and goes on writing', async (t) => {
    const redis = await ownRedis(t)
    await redis.start({ maxMemory: '2mb' })
    const pages = 300
    for (let page = 0; page < pages; page += 1) {
      assert.equal(await redis.command(`SETRANGE page${page} 16000 x`), ':16001')
    }
    const kept = Number((await redis.command('DBSIZE')).slice(1))
    assert(kept > 0 && kept < pages, `${kept} of ${pages}`)
  })
})
