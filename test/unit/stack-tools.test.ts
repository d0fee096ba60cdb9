import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test, type TestContext } from 'node:test'
import { isRunning } from '../../stack/orphans.ts'
import { runHangingTool, runTool, ToolLate, type Tool } from '../../stack/run-tool.ts'
import { StackError } from '../../stack/stack-error.ts'
import { waitFor } from '../support/wait.ts'

const never = new AbortController().signal

function toolOf(script: string, more: Partial<Tool> = {}): Tool {
  return {
    command: process.execPath,
    argumentList: ['-e', script],
    cwd: tmpdir(),
    limitMs: 20_000,
    signal: never,
    ...more,
  }
}

/** Waits for a process of its own; the file is to hold the process id of that one. */
const waiting = `
  const { spawn } = require('node:child_process')
  const { renameSync, writeFileSync } = require('node:fs')
  console.log('here')
  const { pid } = spawn('sleep', ['600'], { stdio: 'inherit' })
  writeFileSync('pid.new', String(pid))
  renameSync('pid.new', 'pid')`

async function pidIn(folder: string): Promise<number> {
  const file = join(folder, 'pid')
  await waitFor('the process of the tool', () => existsSync(file))
  return Number(readFileSync(file, 'utf8'))
}

function freshFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'bincard-tools-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

suite('a tool', () => {
  test('answers what it printed', async () => {
    assert.equal(await runTool(toolOf("console.log('here')")), 'here\n')
  })

  test('that fails says so, after what it printed', async () => {
    await assert.rejects(
      runTool(toolOf("console.error('out of paper'); process.exit(3)")),
      new StackError(`out of paper\n\n${process.execPath} failed (exit code 3), see above.`),
    )
  })

  test('that does not end is killed after its limit, with the processes of its own', async (t) => {
    const cwd = freshFolder(t)
    await assert.rejects(
      runTool(toolOf(waiting, { cwd, limitMs: 3_000 })),
      new ToolLate(`here\n\n${process.execPath} did not end within 3 s, see above.`),
    )
    assert.equal(isRunning(await pidIn(cwd), 'sleep'), false)
  })

  test('that hangs at times is run once more, and no more than that', async (t) => {
    const cwd = freshFolder(t)
    const hangsOnce = `require('node:fs').existsSync('pid') ? console.log('done') : (() => {${waiting}})()`
    let hangs = 0
    const answer = await runHangingTool(toolOf(hangsOnce, { cwd, limitMs: 3_000 }), () => (hangs += 1))
    assert.deepEqual([answer, hangs], ['done\n', 1])
    await assert.rejects(
      runHangingTool(toolOf(waiting, { cwd, limitMs: 1_000 }), () => (hangs += 1)),
      ToolLate,
    )
    assert.equal(hangs, 2)
  })

  test('ends with the processes of its own when the stack is told to stop', async (t) => {
    const cwd = freshFolder(t)
    const stop = new AbortController()
    const told = assert.rejects(runTool(toolOf(waiting, { cwd, signal: stop.signal })), new Error('stop'))
    const pid = await pidIn(cwd)
    stop.abort(new Error('stop'))
    await told
    assert.equal(isRunning(pid, 'sleep'), false)
  })
})
