import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import {
  exporterIn,
  listIn,
  numbersIn,
  passOn,
  withUsablePlaces,
  wordIn,
} from '../../src/tracing/variables.ts'

function told() {
  const names: string[] = []
  return { names, warn: (name: string): void => void names.push(name) }
}

const place = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }

suite('the variables of OpenTelemetry', () => {
  test('traces are sent once an exporter or a place is named, and not before', () => {
    const cases: readonly (readonly [Record<string, string>, string | null])[] = [
      [{}, null],
      [{ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, null],
      [{ OTEL_SERVICE_NAME: 'stock', OTEL_TRACES_SAMPLER: 'always_on' }, null],
      [place, 'otlp'],
      [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector:4318/v1/traces' }, 'otlp'],
      [{ OTEL_TRACES_EXPORTER: 'otlp' }, 'otlp'],
      [{ OTEL_TRACES_EXPORTER: ' console ' }, 'console'],
      [{ ...place, OTEL_TRACES_EXPORTER: 'none' }, null],
      [{ ...place, OTEL_SDK_DISABLED: 'TRUE' }, null],
      [{ ...place, OTEL_SDK_DISABLED: 'no' }, 'otlp'],
    ]
    for (const [environment, wanted] of cases) {
      const { names, warn } = told()
      assert.equal(exporterIn(environment, warn), wanted, JSON.stringify(environment))
      assert.deepEqual(names, [])
    }
  })

  test('an exporter that is not known, and a place that is none, count as not set, and are told of', () => {
    const exporter = told()
    assert.equal(exporterIn({ OTEL_TRACES_EXPORTER: 'jaeger' }, exporter.warn), null)
    assert.equal(exporterIn({ ...place, OTEL_TRACES_EXPORTER: 'jaeger' }, exporter.warn), 'otlp')
    assert.deepEqual(exporter.names, ['OTEL_TRACES_EXPORTER', 'OTEL_TRACES_EXPORTER'])
    const [general, own] = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']
    const endpoint = told()
    const both = { [general]: 'collector:4318', [own]: 'collector:4318', OTEL_SERVICE_NAME: 'stock' }
    const usable = withUsablePlaces(both, endpoint.warn)
    assert.deepEqual([usable, exporterIn(usable, endpoint.warn)], [{ OTEL_SERVICE_NAME: 'stock' }, null])
    assert.deepEqual(withUsablePlaces({ ...place, [own]: 'nowhere' }, endpoint.warn), place)
    assert.deepEqual(endpoint.names, [general, own, own])
  })

  test('the process gets what the environment with .env says, and nothing besides', (t) => {
    const path = process.env['PATH']
    t.after(() => passOn({}))
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = ''
    process.env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] = 'nowhere'
    passOn({ ...place, PATH: 'elsewhere' })
    assert.equal(process.env['OTEL_EXPORTER_OTLP_ENDPOINT'], place.OTEL_EXPORTER_OTLP_ENDPOINT)
    assert.equal(process.env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'], undefined)
    assert.equal(process.env['PATH'], path)
  })

  test('a word that is not known counts as not set, and so do those of a list', () => {
    const { names, warn } = told()
    const words = ['one', 'two']
    assert.equal(wordIn({}, 'NAME', words, warn), 'one')
    assert.equal(wordIn({ NAME: ' two ' }, 'NAME', words, warn), 'two')
    assert.equal(listIn({ NAME: '' }, 'NAME', words, warn), undefined)
    assert.deepEqual(listIn({ NAME: 'two, one' }, 'NAME', words, warn), ['two', 'one'])
    assert.deepEqual(names, [])
    assert.equal(wordIn({ NAME: 'three' }, 'NAME', words, warn), 'one')
    assert.deepEqual(listIn({ NAME: 'two,three' }, 'NAME', words, warn), ['two'])
    assert.equal(listIn({ NAME: 'three' }, 'NAME', words, warn), undefined)
    assert.deepEqual(names, ['NAME', 'NAME', 'NAME'])
  })

  test('numbers out of bounds are left out: a batch of none would never end', () => {
    const { names, warn } = told()
    const whole = (name: string) => ({ name, least: 1, isWhole: true })
    const variables = {
      share: { name: 'SHARE', least: 0, most: 1, isWhole: false },
      large: { name: 'LARGE', least: 0, most: 1, isWhole: false },
      unset: whole('UNSET'),
      none: whole('NONE'),
      half: whole('HALF'),
      many: whole('MANY'),
      word: whole('WORD'),
    }
    const environment = {
      SHARE: '0.25',
      LARGE: '7',
      UNSET: '',
      NONE: '0',
      HALF: '1.5',
      MANY: '512',
      WORD: 'many',
    }
    assert.deepEqual(numbersIn(environment, variables, warn), { share: 0.25, many: 512 })
    assert.deepEqual(names, ['LARGE', 'NONE', 'HALF', 'WORD'])
  })
})
