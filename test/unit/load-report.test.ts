import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { StackError } from '../../stack/stack-error.ts'
import { filesOf, readResults } from '../../load/files.ts'
import { readOptions } from '../../load/options.ts'
import { failuresOf, type LoadResults } from '../../load/results.ts'
import { summaryOf } from '../../load/summary.ts'

const folder = join(import.meta.dirname, '../../docs/load')
const results = readResults(folder)
const files = filesOf(results)

test('docs/load is what its raw figures give (else: npm run load -- --redraw docs/load)', () => {
  const written = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
  assert.deepEqual([...written.keys()].toSorted(), [...files.keys()].toSorted())
  for (const [name, text] of files)
    assert.ok(written.get(name) === text, `${name} is of other figures or other code`)
})

test('the run that the documents show has balanced books and a generator that kept up', () => {
  assert.deepEqual(failuresOf(results), [])
})

suite('the report', () => {
  const html = files.get('report.html') ?? ''

  test('is one file with every chart in it, and loads nothing from elsewhere', () => {
    for (const [name, text] of files) {
      if (name.endsWith('.svg')) assert.ok(html.includes(text), name)
    }
    assert.equal(
      html.match(/<svg/g)?.length,
      [...files.keys()].filter((name) => name.endsWith('.svg')).length,
    )
    assert.deepEqual(html.match(/<script|<link|<img|\ssrc=|@import|url\((?!#)/g), null)
  })

  test('names the rates, the units and the ways of ending of each chart', () => {
    const text = (name: string): string => files.get(name) ?? ''
    const labels: Record<string, readonly string[]> = {
      'reads.svg': ['requests offered per second', 'latency, from due to answered', 'p99.9'],
      'intake.svg': ['events offered per second', 'events per second', 'events waiting at the end'],
      'visible.svg': ['events offered per second', 'latency, from due to visible', 'p99 visible'],
      'resources.svg': ['processor (cores)', 'memory (MB)', 'event loop p99 (ms)'],
      'recovery.svg': ['seconds from the end of the overload', 'events waiting'],
    }
    for (const [name, wanted] of Object.entries(labels)) {
      for (const label of wanted) assert.ok(text(name).includes(`>${label}<`), `${name}: ${label}`)
    }
  })
})

suite('what a run says in the end', () => {
  const wrong = {
    warehouseId: 'w',
    productId: 'p',
    expected: { quantity: 2, lines: 2 },
    found: { quantity: 1, lines: 1 },
  }

  test('is that the books balance, or first of all that they do not', () => {
    const bad: LoadResults = { ...results, books: { ...results.books, wrong: [wrong] } }
    assert.match(summaryOf(results).at(-1) ?? '', /^Books balanced: [\d,]+ cards, [\d,]+ events\.$/)
    assert.match(summaryOf(bad).at(0) ?? '', /^1 of \d+ cards are not what was sent\.$/)
    assert.match(summaryOf(bad).at(-1) ?? '', /^Books NOT balanced/)
  })

  test('is a failure where the generator was too slow, the service limited requests, or a booked message was never seen', () => {
    const [first] = results.reads
    const [intake] = results.intake
    assert.ok(first !== undefined && intake !== undefined)
    const generator = { worstLatenessMs: 900, behindShare: 0.06 }
    const late = { ...first, offeredPerSecond: 700, generator, verdict: 'generator behind' as const }
    assert.deepEqual(failuresOf({ ...results, reads: [late] }), [
      'At 700/s the generator itself was 6 % behind: the step says nothing of the service.',
    ])
    const limited = { ...first, offeredPerSecond: 700, failures: { 429: 3 } }
    assert.deepEqual(failuresOf({ ...results, reads: [limited] }), [
      'At 700/s the service refused requests by HTTP_RATE_LIMIT: the step measured that setting.',
    ])
    const blind = { ...intake, offeredPerSecond: 700, unseen: { 'answered without it': 2 } }
    assert.deepEqual(failuresOf({ ...results, intake: [blind] }), [
      'At 700/s, 2 messages were booked and not seen: answered without it.',
    ])
  })
})

suite('the options', () => {
  const none = {
    service: null,
    isQuick: false,
    seed: 'bincard',
    out: undefined,
    redraw: undefined,
    json: false,
  }

  test('without an address a service is started; with one the rest is what the settings document', () => {
    assert.deepEqual(readOptions([]), none)
    assert.deepEqual(readOptions(['--quick', '--seed', 'x', '--out', 'o', '--json']), {
      ...none,
      isQuick: true,
      seed: 'x',
      out: 'o',
      json: true,
    })
    assert.deepEqual(readOptions(['--url', 'http://stock.example:8000/']).service, {
      url: 'http://stock.example:8000',
      metricsUrl: 'http://stock.example:9090/metrics',
      kafka: '127.0.0.1:9092',
      topic: 'warehouse_movements',
      key: undefined,
    })
    const given = [
      '--url',
      'http://a',
      '--metrics-url',
      'http://b/m',
      '--kafka',
      'c:1',
      '--topic',
      't',
      '--key',
      'k',
    ]
    assert.deepEqual(readOptions(given).service, {
      url: 'http://a',
      metricsUrl: 'http://b/m',
      kafka: 'c:1',
      topic: 't',
      key: 'k',
    })
  })

  test('what makes no sense is refused with the usage', () => {
    for (const args of [['--kafka', 'c:1'], ['--url', 'nonsense'], ['--fast']]) {
      assert.throws(
        () => readOptions(args),
        (error) => error instanceof StackError && error.exitCode === 2 && error.message.includes('Usage:'),
      )
    }
  })
})
