import assert from 'node:assert/strict'
import test from 'node:test'
import { DatabaseError } from 'pg'
import { Fault } from '../../src/fault.ts'
import { createLogger, hiddenFields } from '../../src/telemetry/logger.ts'

test('a line tells level, time, service and version', () => {
  const { log, lines } = memoryLog()
  log.info({ partition: 3 }, 'lane started')
  const [{ time, ...line } = {}] = lines()
  assert.deepEqual(line, {
    level: 'info',
    service: 'bincard',
    version: '1.2.3',
    partition: 3,
    msg: 'lane started',
  })
  assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
})

test('a line names what it belongs to at its moment', () => {
  const lines: string[] = []
  let traceId = 'a'
  const destination = { write: (line: string) => void lines.push(line) }
  const mixin = () => ({ trace_id: traceId })
  const log = createLogger({ version: '1.2.3', level: 'info', destination, mixin })
  log.info('one')
  traceId = 'b'
  log.info({ partition: 3 }, 'two')
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { trace_id: string }).trace_id),
    ['a', 'b'],
  )
})

test('debug lines are written at level debug only', () => {
  const [debug, info] = [memoryLog('debug'), memoryLog('info')]
  debug.log.debug('one')
  info.log.debug('one')
  assert.deepEqual([debug.lines().length, info.lines().length], [1, 0])
})

test('a fault is written with part, kind, code, its causes and the places in the code', () => {
  const { log, lines } = memoryLog()
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })
  const cause = new Error('no connection', { cause: new AggregateError([refused]) })
  log.error({ err: databaseAway(cause) }, 'batch failed')
  const { stack, ...error } = errorOf(lines()[0])
  assert.deepEqual(error, {
    name: 'Fault',
    part: 'postgres',
    kind: 'outage',
    code: 'database_unreachable',
    message: 'PostgreSQL does not answer.',
    causes: ['Error: no connection', 'AggregateError', 'ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:5432'],
  })
  assert.match(String(stack), /^at databaseAway /)
})

test('an error of the database is written without the values of rows', () => {
  const { log, text } = memoryLog()
  const violated = databaseError('new row for relation "card_line" violates check constraint', '23514')
  violated.constraint = 'balance_not_negative'
  const malformed = databaseError('invalid input syntax for type uuid: "hunter2"', '22P02')
  log.error(violated)
  log.error({ err: malformed })
  log.error(malformed, 'batch %d failed', 7)
  log.error({ failed: [{ reason: new Error('outer', { cause: malformed }) }] }, 'several failed')
  log.child({ err: malformed }).error('child')
  assert.doesNotMatch(text(), /hunter2/)
  assert.match(text(), /"constraint":"balance_not_negative"/)
  assert.match(text(), /batch 7 failed/)
})

test('a text that quotes its input is left out, in the stack too', () => {
  const { log, text } = memoryLog()
  try {
    JSON.parse('{"hunter2": zzz}')
  } catch (error) {
    log.error(error)
  }
  assert.match(text(), /SyntaxError/)
  assert.doesNotMatch(text(), /hunter2/)
})

test('user and password of a URL are hidden wherever they stand', () => {
  const { log, text } = memoryLog()
  const url = 'postgres://admin:hunter2@db:5432/x'
  log.error(new Error(`cannot connect to ${url}`))
  log.info({ url }, `trying ${url}`)
  assert.doesNotMatch(text(), /hunter2|admin/)
  assert.match(text(), /postgres:\/\/\[hidden\]@db:5432\/x/)
})

test('a password is hidden whole, whatever signs it has, and also behind its name', () => {
  const { log, text } = memoryLog()
  for (const password of ['hunter2/x', 'a@hunter2', 'hunter2?#', '/hunter2@'])
    log.error(
      new Error(`cannot connect to redis://:${password}@cache:6379 (host=cache password=${password})`),
    )
  assert.doesNotMatch(text(), /hunter2/)
  assert.match(text(), /redis:\/\/\[hidden\]@cache:6379 \(host=cache password=\[hidden\]/)
})

for (const name of hiddenFields) {
  test(`the value of a field "${name}" is hidden at any depth`, () => {
    const { log, text } = memoryLog()
    log.info({ [name]: 'hunter2', list: [{ deep: { [name.toUpperCase()]: { inner: 'hunter2' } } }] }, 'x')
    log.child({ [name]: 'hunter2', one: { [name]: 'hunter2' } }).info('x')
    assert.doesNotMatch(text(), /hunter2/)
    assert.equal(text().split('[hidden]').length - 1, 4)
  })
}

test('bytes are written as their number, and loops end', () => {
  const { log, lines } = memoryLog()
  const loop: Record<string, unknown> = { value: Buffer.from('hunter2') }
  loop['self'] = loop
  log.info({ loop }, 'x')
  assert.match(JSON.stringify(lines()[0]), /\[7 bytes\].*\[hidden\]/)
})

test('what was thrown and is no error does not get into the log', () => {
  const { log, lines } = memoryLog()
  log.error({ err: new Error('outer', { cause: { password: 'hunter2' } }) }, 'x')
  const { stack: _, ...error } = errorOf(lines()[0])
  assert.deepEqual(error, { name: 'Error', message: 'outer' })
})

function memoryLog(level: 'debug' | 'info' = 'debug') {
  const written: string[] = []
  const log = createLogger({
    version: '1.2.3',
    level,
    destination: { write: (line) => void written.push(line) },
  })
  const lines = () => written.map((line) => JSON.parse(line) as Record<string, unknown>)
  return { log, lines, text: () => written.join('') }
}

function errorOf(line: Record<string, unknown> | undefined): Record<string, unknown> {
  return line?.['err'] as Record<string, unknown>
}

function databaseAway(cause: unknown): Fault {
  return new Fault({
    part: 'postgres',
    kind: 'outage',
    code: 'database_unreachable',
    message: 'PostgreSQL does not answer.',
    cause,
  })
}

function databaseError(message: string, code: string): DatabaseError {
  const error = new DatabaseError(message, message.length, 'error')
  error.severity = 'ERROR'
  error.code = code
  error.detail = 'Failing row contains (hunter2).'
  error.where = 'COPY card_line, line 1: "hunter2"'
  return error
}
