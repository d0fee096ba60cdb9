import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test, type TestContext } from 'node:test'
import { isRunning, stopOrphans } from '../../stack/orphans.ts'
import { startPart, type Part, type PartOrder, type PidFile } from '../../stack/part.ts'
import { StackError } from '../../stack/stack-error.ts'
import type { RunFolder } from '../../stack/state.ts'
import { untilReady } from '../../stack/until-ready.ts'
import { waitFor } from '../support/wait.ts'

const never = new AbortController().signal

/** Prints a line, then waits for signals; told not to listen, it ignores the kind one. */
const patient = "console.log('here'); setInterval(() => {}, 1000)"
const neverAnswers = (): Promise<boolean> => new Promise(() => {})
const deaf = "process.on('SIGTERM', () => {}); console.log('here'); setInterval(() => {}, 1000)"

function freshFolder(t: TestContext): RunFolder {
  const path = mkdtempSync(join(tmpdir(), 'bincard-parts-'))
  t.after(() => rmSync(path, { recursive: true }))
  return { path, logs: join(path, 'logs'), pids: join(path, 'pids') }
}

function orderOf(folder: RunFolder, script: string, more: Partial<PartOrder> = {}): PartOrder {
  return {
    name: 'Sample',
    address: '127.0.0.1:1',
    command: process.execPath,
    // The folder in the command line is the mark: no other process has it.
    argumentList: ['-e', script, folder.path],
    mark: folder.path,
    cwd: folder.path,
    stopSignal: 'SIGTERM',
    stopLimitMs: 10_000,
    folder,
    ...more,
  }
}

async function pidFileOf(folder: RunFolder): Promise<PidFile> {
  const path = join(folder.pids, 'sample.json')
  await waitFor('the pid file', () => existsSync(path))
  return JSON.parse(readFileSync(path, 'utf8')) as PidFile
}

async function hasSpoken(part: Part): Promise<void> {
  await waitFor('the first line of the part', () => part.lastWords() === 'here')
}

suite('a part of the stack', () => {
  test('runs until it is stopped, and leaves no process and no pid file', async (t) => {
    const folder = freshFolder(t)
    const part = startPart(orderOf(folder, patient))
    await hasSpoken(part)
    const { part: pid } = await pidFileOf(folder)
    assert.equal(isRunning(pid, folder.path), true)
    await part.stop()
    assert.equal(isRunning(pid, folder.path), false)
    assert.equal(existsSync(join(folder.pids, 'sample.json')), false)
  })

  test('that does not listen is killed after its limit', async (t) => {
    const folder = freshFolder(t)
    const part = startPart(orderOf(folder, deaf, { stopLimitMs: 100 }))
    await hasSpoken(part)
    const { part: pid } = await pidFileOf(folder)
    await part.stop()
    assert.equal(isRunning(pid, folder.path), false)
    assert.equal(part.lastWords(), 'here\nSample was ended by SIGKILL.')
  })

  test('that ends by itself says so, with its last words', async (t) => {
    const part = startPart(orderOf(freshFolder(t), "console.error('out of paper'); process.exit(3)"))
    await part.ended
    assert.equal(part.lastWords(), 'out of paper')
  })

  test('that cannot be started ends, and says why', async (t) => {
    const part = startPart(orderOf(freshFolder(t), '', { command: '/nowhere/sample' }))
    await part.ended
    assert.equal(part.lastWords(), 'Sample cannot be started: spawn /nowhere/sample ENOENT')
  })

  test('that ends before it is of use is told at once, with its last words', async (t) => {
    const part = startPart(orderOf(freshFolder(t), "console.error('out of paper'); process.exit(3)"))
    const waiting = { limitMs: 20_000, everyMs: 10, signal: never }
    await assert.rejects(
      untilReady(part, async () => false, waiting),
      new StackError('Sample did not start:\nout of paper'),
    )
  })

  test('that ends is told at once also when it was asked and never answers', async (t) => {
    const part = startPart(orderOf(freshFolder(t), "console.error('out of paper'); process.exit(3)"))
    const waiting = { limitMs: 20_000, everyMs: 10, signal: never }
    await assert.rejects(
      untilReady(part, neverAnswers, waiting),
      new StackError('Sample did not start:\nout of paper'),
    )
  })

  test('that is asked and never answers is stopped after the limit', async (t) => {
    const folder = freshFolder(t)
    const part = startPart(orderOf(folder, patient))
    await hasSpoken(part)
    await assert.rejects(
      untilReady(part, neverAnswers, { limitMs: 50, everyMs: 10, signal: never }),
      new StackError('The start of Sample did not happen within 0.05 s.'),
    )
    await part.ended
  })

  test('that is not of use within the limit is stopped', async (t) => {
    const folder = freshFolder(t)
    const part = startPart(orderOf(folder, patient))
    await hasSpoken(part)
    const { part: pid } = await pidFileOf(folder)
    await assert.rejects(
      untilReady(part, async () => false, { limitMs: 50, everyMs: 10, signal: never }),
      new StackError('The start of Sample did not happen within 0.05 s.'),
    )
    assert.equal(isRunning(pid, folder.path), false)
  })

  test('ends when its stack is killed', async (t) => {
    const folder = freshFolder(t)
    const partModule = join(import.meta.dirname, '../../stack/part.ts')
    const stackScript = `
      import { startPart } from ${JSON.stringify(partModule)}
      startPart(${JSON.stringify(orderOf(folder, patient))})`
    const stack = spawn(process.execPath, ['--input-type=module', '-e', stackScript])
    const { keeper, part } = await pidFileOf(folder)
    stack.kill('SIGKILL')
    await waitFor('the end of the part', () => !isRunning(part, folder.path))
    await waitFor('the end of its keeper', () => !isRunning(keeper, folder.path))
  })
})

suite('what a killed run left behind', () => {
  test('is stopped', async (t) => {
    const folder = freshFolder(t)
    const part = startPart(orderOf(folder, patient))
    await hasSpoken(part)
    const { keeper, part: pid } = await pidFileOf(folder)
    process.kill(keeper, 'SIGKILL')
    await part.ended
    assert.equal(isRunning(pid, folder.path), true)
    await stopOrphans(folder, never)
    assert.equal(isRunning(pid, folder.path), false)
    assert.equal(existsSync(join(folder.pids, 'sample.json')), false)
  })

  test('is forgotten when it is over, and whoever has its process id now is left alone', async (t) => {
    const folder = freshFolder(t)
    const { pid: gone } = spawnSync(process.execPath, ['--version'])
    mkdirSync(folder.pids)
    const numbers = { keeper: gone, part: process.pid }
    const left: PidFile = { name: 'Sample', mark: folder.path, stopSignal: 'SIGTERM', ...numbers }
    writeFileSync(join(folder.pids, 'sample.json'), JSON.stringify(left))
    await stopOrphans(folder, never)
    assert.equal(existsSync(join(folder.pids, 'sample.json')), false)
  })
})
