import assert from 'node:assert/strict'
import test from 'node:test'
import { Waits } from '../../src/waits.ts'

test('the oldest wait is the one that began first, until it has settled', async () => {
  const waits = new Waits()
  assert.equal(waits.oldestMs(), 0)
  const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()]
  const firstDone = waits.during(() => first.promise)
  await untilClockMoves()
  const betweenMs = performance.now()
  await untilClockMoves()
  const secondDone = waits.during(() => second.promise)
  assert(waits.oldestMs() > performance.now() - betweenMs)

  first.resolve('done')
  assert.equal(await firstDone, 'done')
  assert(waits.oldestMs() <= performance.now() - betweenMs)
  second.reject(new Error('broken'))
  await assert.rejects(secondDone, { message: 'broken' })
  assert.equal(waits.oldestMs(), 0)
})

async function untilClockMoves(): Promise<void> {
  const before = performance.now()
  while (performance.now() === before) await Promise.resolve()
}
