/** Redis is optional: where its program is of no use, the stack has to know before it starts it, and say why. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test, type TestContext } from 'node:test'
import { redisProgram } from '../../stack/redis.ts'
import { StackError } from '../../stack/stack-error.ts'

const { signal } = new AbortController()
const help = 'Start one yourself and set REDIS_HOST.'

suite('the program of Redis', () => {
  test('for this platform is chosen, and made executable', async (t) => {
    const { folder, program } = withProgram(t, '#!/bin/sh\n[ "$1" = --version ]\n')
    writeFileSync(join(folder, 'redis-server-9-plan9-amd64'), '')
    assert.equal(await redisProgram(folder, signal), program)
  })

  test('that is missing for this platform is told', async (t) => {
    const { folder, program } = withProgram(t, '')
    rmSync(program)
    const platform = `${process.platform}, ${process.arch}`
    await assert.rejects(
      redisProgram(folder, signal),
      new StackError(`There is no Redis for this platform (${platform}). ${help}`),
    )
  })

  test('that lacks a library is told in one line, in its own words', async (t) => {
    const { folder } = withProgram(t, '#!/bin/sh\necho "libssl.so.3: cannot open" >&2\nexit 127\n')
    await assert.rejects(
      redisProgram(folder, signal),
      new StackError(`The Redis for this platform does not run here (libssl.so.3: cannot open). ${help}`),
    )
  })

  test('that the system cannot load at all is told as well', async (t) => {
    const { folder, program } = withProgram(t, '#!/nowhere/loader\n')
    await assert.rejects(
      redisProgram(folder, signal),
      new StackError(`The Redis for this platform does not run here (spawn ${program} ENOENT). ${help}`),
    )
  })
})

/** A folder like that of the Maven artifact, with one program for the platform that runs this test. */
function withProgram(t: TestContext, script: string): { folder: string; program: string } {
  const folder = mkdtempSync(join(tmpdir(), 'bincard-redis-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  const program = join(folder, `redis-server-9-${process.platform}-${architecture}`)
  writeFileSync(program, script, { mode: 0o644 })
  return { folder, program }
}
