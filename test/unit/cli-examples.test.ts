import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import type { Command } from 'commander'
import { createContext } from '../../src/cli/context.ts'
import { createProgram } from '../../src/cli/program.ts'
import { readGuide } from '../support/guide.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/reference/cli.md'), 'utf8')
const examples = readGuide(page).flatMap((step) => (step.kind === 'command' ? [step.text] : []))

test('every example of the commands is understood by the program, option by option', async () => {
  assert.ok(examples.length > 20)
  for (const example of examples) {
    const ran: string[] = []
    await idleProgram(ran).parseAsync(wordsOf(example), { from: 'user' })
    assert.equal(ran.length, 1, example)
  }
})

test('every command has an example, and data for programs, unless that is all it writes', () => {
  const sections = page.split(/^## (?=bincard )/m).slice(1)
  const nameOf = (section: string): string => section.slice(0, section.indexOf('\n'))
  const without = (what: string): string[] =>
    sections.filter((section) => !section.includes(what)).map(nameOf)
  assert.ok(sections.length > 20)
  assert.deepEqual(without('```sh'), [])
  const writesData = ['bincard export events', 'bincard export cards', 'bincard export lines']
  assert.deepEqual(without('`--json`'), ['bincard serve', ...writesData, 'bincard completion'])
})

test('a mistyped option of an example would be found', async () => {
  await assert.rejects(idleProgram([]).parseAsync(['verify', '--jsno'], { from: 'user' }), /--jsno/)
})

/** The program, whose commands only say that they would run. */
function idleProgram(ran: string[]): Command {
  const program = createProgram(createContext('1.2.3'))
  const silence = (command: Command): void => {
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
    command.configureOutput({ writeErr: (text) => void silent.write(text) })
    for (const one of command.commands) silence(one)
    command.action(() => void ran.push(command.name()))
  }
  silence(program)
  return program
}

/** Without settings before the name, and without where the output goes. */
function wordsOf(example: string): string[] {
  const line = example.replaceAll(/\\\n/g, ' ').replace(/ > \S+$/, '')
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
  return words.slice(words.indexOf('bincard') + 1)
}
