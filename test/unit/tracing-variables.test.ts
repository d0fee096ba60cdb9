import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { numbersIn, wantsTraces, wordIn } from '../../src/tracing/variables.ts'

suite('the variables of OpenTelemetry', () => {
  test('traces are sent once an exporter or a place is named, and not before', () => {
    const cases: readonly (readonly [Record<string, string>, boolean])[] = [
      [{}, false],
      [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
      [{ OTEL_SERVICE_NAME: 'stock', OTEL_TRACES_SAMPLER: 'always_on' }, false],
      [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, true],
      [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }, true],
      [{ OTEL_TRACES_EXPORTER: 'otlp' }, true],
      [{ OTEL_TRACES_EXPORTER: 'console' }, true],
      [{ OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, false],
      [{ OTEL_SDK_DISABLED: 'TRUE', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, false],
      [{ OTEL_SDK_DISABLED: 'no', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, true],
    ]
    for (const [environment, wanted] of cases)
      assert.equal(wantsTraces(environment), wanted, JSON.stringify(environment))
  })

  test('a word that is not known counts as not set, and is told of with those that are', () => {
    const told: string[] = []
    const warn = (name: string, allowed: string): void => void told.push(`${name}: ${allowed}`)
    const words = ['one', 'two']
    assert.equal(wordIn({}, 'NAME', words, warn), 'one')
    assert.equal(wordIn({ NAME: ' two ' }, 'NAME', words, warn), 'two')
    assert.deepEqual(told, [])
    assert.equal(wordIn({ NAME: 'three' }, 'NAME', words, warn), 'one')
    assert.deepEqual(told, ['NAME: one, two'])
  })

  test('numbers that are not set are left out, as are those that are none', () => {
    const told: string[] = []
    const warn = (name: string): void => void told.push(name)
    const names = { first: 'FIRST', second: 'SECOND', third: 'THIRD', fourth: 'FOURTH' }
    const environment = { FIRST: '0.25', SECOND: '', THIRD: '-1', FOURTH: 'many' }
    assert.deepEqual(numbersIn(environment, names, warn), { first: 0.25 })
    assert.deepEqual(told, ['THIRD', 'FOURTH'])
  })
})
