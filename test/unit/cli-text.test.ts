import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { CommanderError } from 'commander'
import { csvLine } from '../../src/books/export.ts'
import { exitCodes, CommandFailure } from '../../src/cli/exit-codes.ts'
import { failureOf } from '../../src/cli/failure.ts'
import { counted, countOf } from '../../src/cli/output.ts'
import { tableLines, type Column } from '../../src/cli/table.ts'
import { SettingsError } from '../../src/config/settings.ts'
import { Fault } from '../../src/fault.ts'

suite('tables', () => {
  interface Row {
    readonly name: string
    readonly number: number | null
  }
  const columns: readonly Column<Row>[] = [
    { title: 'Name', text: ({ name }) => name },
    { title: 'Number', text: ({ number }) => number, align: 'right' },
  ]

  test('columns are as wide as the widest in them, numbers stand to the right, what is not there is a dash', () => {
    const rows = [
      { name: 'a', number: 12_345_678 },
      { name: 'a longer one', number: null },
    ]
    assert.deepEqual(tableLines(columns, rows), [
      'Name            Number',
      'a             12345678',
      'a longer one         –',
    ])
  })

  test('without rows there is the heading', () => {
    assert.deepEqual(tableLines(columns, []), ['Name  Number'])
  })
})

test('a line of CSV is read back as it was, whatever is in it', () => {
  assert.equal(csvLine(['a', 1, null]), 'a,1,')
  assert.equal(
    csvLine(['with, comma', 'with "quotes"', 'two\nlines']),
    '"with, comma","with ""quotes""","two\nlines"',
  )
})

test('numbers for people', () => {
  assert.deepEqual(
    [countOf(1_234_567), counted(0, 'card'), counted(1, 'card'), counted(1200, 'card')],
    ['1,234,567', '0 cards', '1 card', '1,200 cards'],
  )
})

suite('what ends a command', () => {
  const running = { isEnding: () => false }
  const fault = new Fault({
    part: 'postgres',
    kind: 'outage',
    code: 'database_unreachable',
    message: 'It is away.',
  })
  const cases: readonly (readonly [string, unknown, number, string | null])[] = [
    ['what a command says itself', new CommandFailure('wrong', 'One finding.'), 1, 'One finding.'],
    ['help', new CommanderError(0, 'commander.help', '(help)'), 0, null],
    ['a mistyped option', new CommanderError(1, 'commander.unknownOption', 'unknown'), 2, null],
    ['a part that is away', fault, 3, 'database_unreachable: It is away.'],
    [
      'a file that is not there',
      Object.assign(new Error('no such file'), { code: 'ENOENT' }),
      2,
      'no such file',
    ],
    [
      'a service that does not answer',
      new TypeError('fetch failed'),
      3,
      'The service does not answer. Is its address right (--url, BINCARD_URL)?',
    ],
  ]
  for (const [name, error, code, message] of cases)
    test(`${name} has the code ${code}`, () => {
      const failure = failureOf(error, running)
      assert.deepEqual([exitCodes[failure.exit].code, failure.message], [code, message])
    })

  test('settings that are wrong are named, and whatever nobody foresaw is told without secrets', () => {
    const settings = failureOf(
      new SettingsError([{ name: 'PORT', value: 'x', allowed: 'allowed is 1' }]),
      running,
    )
    assert.equal(settings.exit, 'usage')
    assert.match(settings.message ?? '', /PORT/)
    const bug = failureOf(new Error('at postgres://user:secret@host/'), running)
    assert.equal(bug.exit, 'bug')
    assert.doesNotMatch(bug.message ?? '', /secret/)
  })

  test('after a signal, whatever was thrown is the signal’s', () => {
    assert.equal(failureOf(fault, { isEnding: () => true }).exit, 'interrupted')
  })
})
