import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RequestLogger } from '../../src/api/request-logger.ts'
import { createLogger } from '../../src/telemetry/logger.ts'

test('a request logs with its id, and is only made known to the log when it does', () => {
  const lines: unknown[] = []
  const parent = createLogger({
    version: '1',
    level: 'info',
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
  })
  let children = 0
  const child = parent.child.bind(parent)
  const counting = Object.assign(Object.create(parent) as typeof parent, {
    child: (bindings: Record<string, unknown>) => {
      children += 1
      return child(bindings)
    },
  })
  const log = new RequestLogger(counting, { reqId: 'req-7' })
  assert.equal(children, 0)
  log.error({ route: '/here' }, 'went wrong')
  log.debug('too fine')
  assert.equal(children, 1)
  assert.partialDeepStrictEqual(lines, [
    { level: 'error', service: 'bincard', reqId: 'req-7', route: '/here', msg: 'went wrong' },
  ])
  assert.equal(lines.length, 1)
})
