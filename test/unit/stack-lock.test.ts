import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test, type TestContext } from 'node:test'
import { tryLock, withLock } from '../../stack/lock.mjs'

function lockFile(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'bincard-lock-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return join(folder, 'inner', 'some.lock')
}

suite('a lock between processes', () => {
  test('is held by one at a time, and names who holds it', (t) => {
    const file = lockFile(t)
    const first = tryLock(file)
    assert.equal(first.taken, true)
    assert.deepEqual(tryLock(file), { taken: false, owner: process.pid })
    if (first.taken) first.release()
    assert.equal(tryLock(file).taken, true)
  })

  test('of a process that has died is taken over, and nothing else is left in its folder', (t) => {
    const file = lockFile(t)
    const first = tryLock(file)
    if (first.taken) first.release()
    const { pid } = spawnSync(process.execPath, ['--version'])
    writeFileSync(file, String(pid))
    assert.equal(tryLock(file).taken, true)
    assert.equal(readFileSync(file, 'utf8'), String(process.pid))
    assert.deepEqual(readdirSync(join(file, '..')), ['some.lock'])
  })

  test('lets those who wait in one after the other, and says once that it makes them wait', async (t) => {
    const file = lockFile(t)
    const story: string[] = []
    const work = (name: string) => async (): Promise<void> => {
      story.push(`${name} begins`)
      await new Promise((resolve) => setImmediate(resolve))
      story.push(`${name} ends`)
    }
    const lock = { file, limitMs: 5_000, onWait: (owner: number) => story.push(`waits for ${owner}`) }
    await Promise.all([withLock(lock, work('first')), withLock(lock, work('second'))])
    assert.deepEqual(story, [
      'first begins',
      `waits for ${process.pid}`,
      'first ends',
      'second begins',
      'second ends',
    ])
  })

  test('is given back when the work fails', async (t) => {
    const lock = { file: lockFile(t), limitMs: 0, onWait: () => {} }
    const failing = withLock(lock, () => Promise.reject(new Error('no luck')))
    await assert.rejects(failing, { message: 'no luck' })
    assert.equal(tryLock(lock.file).taken, true)
  })

  test('that is not given back within the limit is an error that names the owner and the file', async (t) => {
    const lock = { file: lockFile(t), limitMs: 0, onWait: () => {} }
    tryLock(lock.file)
    await assert.rejects(
      withLock(lock, () => {}),
      {
        message: `Process ${process.pid} holds ${lock.file}. If it is no process of this folder, delete the file.`,
      },
    )
  })
})
