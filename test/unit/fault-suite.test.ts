/** What the fault suite says of itself, in its page and in its table. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import type { FaultReport } from '../faults/fault.ts'
import { readReports, tableOf, withNewer, withTable, writeReports } from '../faults/table.ts'
import { unleash } from '../support/chaos.ts'
import { contradictionIn } from '../support/side-readers.ts'
import { makeWorkload } from '../support/workload.ts'

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/reliability.md'), 'utf8')

const report: FaultReport = {
  id: 'F1',
  promise: 'nothing is lost',
  passed: true,
  seconds: 1.4,
  seed: 7,
  inflicted: 20,
  messages: 50_000,
  measured: ['caught up after 2 s'],
}

suite('the fault suite', () => {
  test('every fault that docs/reliability.md names has a test, and every test is named there', () => {
    const named = [...page.matchAll(/^\| (F\d+) /gm)].map(([, id = '']) => id)
    const tested = globSync('test/{faults,system,api,supply-chain}/**/*.test.ts', { cwd: root }).flatMap(
      (file) =>
        [...readFileSync(join(root, file), 'utf8').matchAll(/\bfault\(\s*[`'](F\d+)/g)].map(
          ([, id = '']) => id,
        ),
    )
    assert.deepEqual([...new Set(named)].toSorted(), [...new Set(tested)].toSorted())
  })

  test('a table tells what was kept and what was broken, and of what is broken nothing is proven', () => {
    const broken = { ...report, id: 'F10', passed: false, measured: [] }
    const reports = readReports(writeReports([broken, report]))
    const [, , first, second, , sum] = tableOf(reports).split('\n')
    assert.equal(first, '| F1 | nothing is lost | kept | 20 | 50,000 | 0 | 0 | caught up after 2 s | 1 | 7 |')
    assert.equal(second, '| F10 | nothing is lost | **broken** | 20 | 50,000 | ? | ? | – | 1 | 7 |')
    assert.equal(sum, '1 of 2 promises kept, 40 faults inflicted, 100,000 messages, 2 s.')
  })

  test('a fault that is inflicted again has its newer figures, and the others keep theirs', () => {
    const other = { ...report, id: 'F2' }
    const again = { ...report, seed: 8, passed: false }
    assert.deepEqual(withNewer([report, other], [again]), [again, other])
    assert.deepEqual(withNewer([report], [other]), [report, other])
  })

  test('the table of the page is that of the figures beside it', () => {
    const figures = readReports(readFileSync(join(root, 'docs/reliability.jsonl'), 'utf8'))
    const cells = (text: string): string[] => text.split(/\s*\|\s*|\n/).filter((cell) => !/^-*:?$/.test(cell))
    assert.ok(
      cells(page)
        .join('|')
        .includes(cells(tableOf(figures)).join('|')),
    )
  })

  test('a new table takes the place of the old one, and leaves the page alone', () => {
    const once = withTable(page, 'one')
    assert.equal(withTable(once, 'one'), once)
    assert.equal(withTable(once, 'two'), once.replace('\n\none\n\n', '\n\ntwo\n\n'))
    assert.throws(() => withTable('no marks', 'one'))
  })

  test('a page that contradicts itself is noticed', () => {
    const history = [
      { line: 2, change: -1, balance: 4 },
      { line: 1, change: 5, balance: 5 },
    ]
    const card = { quantity: 4, last_line: 2, history }
    assert.equal(contradictionIn(card), null)
    for (const wrong of [
      { ...card, quantity: -1 },
      { ...card, quantity: 5 },
      { ...card, last_line: 3 },
      { ...card, history: [history[0], { ...history[1], balance: 6 }] },
      { ...card, history: [history[0], { ...history[1], line: 0 }] },
    ]) {
      assert.notEqual(contradictionIn(wrong as typeof card), null)
    }
  })

  test('the same seed makes the same workload, poison and all', () => {
    const options = { seed: 11, messages: 5_000, partitions: 3, products: 30 }
    const [one, other] = [makeWorkload(options), makeWorkload(options)]
    assert.deepEqual(one.sent, other.sent)
    assert.equal(one.sent.length, one.messages.length + one.poison)
    assert.equal(one.poison, 50)
    assert.notDeepEqual(makeWorkload({ ...options, seed: 12 }).sent, one.sent)
  })

  test('the same seed unleashes the same afflictions, never two of one target, and heals all', async () => {
    const runOnce = async (seed: number): Promise<string[]> => {
      const told: string[] = []
      const ill = new Set<string>()
      await unleash({
        seed,
        forMs: 1_500,
        atOnce: 1,
        onInflicted: (name) => told.push(name),
        afflictions: ['a', 'b', 'c'].map((name) => ({
          name,
          target: name,
          mostMs: 201,
          inflict: async () => {
            assert.equal(ill.has(name), false)
            ill.add(name)
            return async () => void ill.delete(name)
          },
        })),
      })
      assert.equal(ill.size, 0)
      return told
    }
    const [one, other] = await Promise.all([runOnce(3), runOnce(3)])
    assert.ok(one.length > 0)
    // How many fit into the time is the machine's.
    const most = Math.min(one.length, other.length)
    assert.deepEqual(one.slice(0, most), other.slice(0, most))
  })
})
