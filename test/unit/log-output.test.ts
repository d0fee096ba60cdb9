import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import test from 'node:test'
import { LogOutput } from '../../src/telemetry/log-output.ts'

test('lines that nobody takes are kept up to the limit, dropped beyond it, and told of when they flow again', async () => {
  const { output, reader, told } = frozenOutput(100)
  for (let n = 0; n < 30; n += 1) output.write('0123456789')
  assert.equal(output.dropped, 20)
  reader.thaw()
  await output.flush(10_000)
  assert.equal(reader.taken.length, 10)
  assert.deepEqual(told, [20])

  output.write('0123456789')
  await output.flush(10_000)
  assert.deepEqual([output.dropped, reader.taken.length, told], [20, 11, [20]])
})

test('a flush waits until all is taken, but not longer than its limit', async () => {
  const { output, reader } = frozenOutput(100)
  output.write('one')
  await output.flush(1)
  assert.deepEqual(reader.taken, [])
  const flushed = output.flush(10_000)
  reader.thaw()
  await flushed
  assert.deepEqual(reader.taken, ['one'])
})

/** An output whose reader takes nothing until it thaws. */
function frozenOutput(maxWaitingCharacters: number) {
  const told: number[] = []
  const taken: string[] = []
  let isFrozen = true
  let waiting = (): void => undefined
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      const take = (): void => {
        if (chunk !== '') taken.push(chunk)
        done()
      }
      if (isFrozen) waiting = take
      else setImmediate(take)
    },
  })
  const onFlowing = (lines: number): void => void told.push(lines)
  const output = new LogOutput({ stream, onFlowing, maxWaitingCharacters })
  const thaw = (): void => {
    isFrozen = false
    waiting()
  }
  return { output, told, reader: { taken, thaw } }
}
