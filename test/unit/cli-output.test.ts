import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { Output } from '../../src/cli/output.ts'

test('a reader that has gone ends the writing, and is no error', async () => {
  const { output, stdout, written } = scene()
  await output.data('one')
  stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  assert.equal(output.isClosed, true)
  await output.data('two')
  assert.deepEqual(written, ['one\n'])
})

test('a disk that is full is an error: what was written is not whole', async () => {
  const { output, stdout } = scene()
  await output.data('one')
  await output.finish()
  const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' })
  stdout.emit('error', full)
  assert.equal(output.isClosed, true)
  await assert.rejects(output.finish(), full)
})

test('data waits for a reader that is slow, and goes on when it goes away', async () => {
  const held: (() => void)[] = []
  const { output, stdout } = scene({ take: (done) => void held.push(done), highWaterMark: 1 })
  let isDone = false
  const writing = output.data('more than one character').then(() => (isDone = true))
  await new Promise(setImmediate)
  assert.equal(isDone, false)
  stdout.destroy()
  await writing
  assert.equal(isDone, true)
})

function scene({ take = (done: () => void): void => done(), highWaterMark = 16_384 } = {}) {
  const written: string[] = []
  const stdout = new Writable({
    highWaterMark,
    write: (chunk: Buffer, _encoding, done) => {
      written.push(chunk.toString())
      take(done)
    },
  })
  const stderr = new Writable({ write: (_chunk, _encoding, done) => done() })
  return { output: new Output({ stdout, stderr, now: () => 0 }), stdout, written }
}
