/** The end of the process, and its log's reader that fails; the service needs none of its parts for either. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test, type TestContext } from 'node:test'
import { waitFor } from '../support/wait.ts'

const main = join(import.meta.dirname, '../../src/main.ts')
/** An error that nobody handles, at a signal. */
const errors = `data:text/javascript,${encodeURIComponent(`
  process.on('SIGUSR2', () => { throw new Error(process.env.ERROR_TEXT) })
  process.on('SIGHUP', () => void Promise.reject(new Error('rejected')))
`)}`

test('an error that nobody has handled ends the process with code 1 and a fatal line', async (t) => {
  const { child, lines, ended } = await start(t)
  child.kill('SIGUSR2')
  assert.deepEqual(await ended, [1, null])
  const last = JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>
  assert.deepEqual([last['level'], last['msg']], ['fatal', 'uncaught exception'])
  assert.match(JSON.stringify(last), /thrown at postgres:\/\/\[hidden\]@db/)
  assert.doesNotMatch(lines.join('\n'), /hunter2/)
})

test('a promise that was rejected, and that nobody waited for, does the same', async (t) => {
  const { child, lines, ended } = await start(t)
  child.kill('SIGHUP')
  assert.deepEqual(await ended, [1, null])
  assert.match(lines.at(-1) ?? '', /"level":"fatal".*"message":"rejected".*unhandled rejection/)
})

for (const [name, code] of [
  ['SIGTERM', 0],
  ['SIGINT', 0],
  ['SIGUSR2', 1],
] as const) {
  test(`a service whose log nobody reads any more lives on, and ends at ${name}`, async (t) => {
    const { child, ended, isAlive, dropped } = await start(t)
    child.stdout.destroy()
    await waitFor('lines to be dropped', async () => (await dropped()) > 0)
    assert(await isAlive())
    child.kill(name)
    assert.deepEqual(await ended, [code, null])
  })
}

test('a service whose log is not taken just now serves on, drops lines and tells how many', async (t) => {
  const { child, lines, ended, isAlive, dropped } = await start(t)
  child.stdout.pause()
  await waitFor('lines to be dropped', async () => (await dropped()) > 0, { limitMs: 60_000 })
  assert(await isAlive())
  child.stdout.resume()
  const told = await waitFor('the line that tells of them', () =>
    lines.find((line) => line.includes('lines of the log were dropped')),
  )
  const { lines: count } = JSON.parse(told) as { lines: number }
  assert(count > 0)
  // Frozen once more: it ends in spite of that.
  child.stdout.pause()
  const before = await dropped()
  await waitFor('more of them', async () => (await dropped()) > before, { limitMs: 60_000 })
  child.kill('SIGTERM')
  assert.deepEqual(await ended, [0, null])
})

test('after SIGTERM readiness says so at once, and the API goes on answering for its time', async (t) => {
  const { child, lines, ended, isAlive, readiness } = await start(t, {
    SHUTDOWN_DRAIN_MS: '4000',
    SHUTDOWN_TIMEOUT_MS: '60000',
  })
  assert.match(await readiness(), /^503 .*"not_ready"/)
  child.kill('SIGTERM')
  await waitFor('readiness to say so', async () => /^503 .*"stopping"/.test(await readiness()))
  assert(await isAlive())
  assert.deepEqual(await ended, [0, null])
  assert.match(lines.at(-1) ?? '', /"stopped"/)
})

/** A service that has much to say: nothing that it needs is there, and it looks again every few milliseconds. */
async function start(t: TestContext, environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['--import', errors, main, 'serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      ERROR_TEXT: 'thrown at postgres://user:hunter2@db',
      PORT: '0',
      METRICS_PORT: '0',
      POSTGRES_HOST: '127.0.0.1',
      POSTGRES_PORT: '1',
      KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:1',
      CACHE_TTL: '0',
      RETRY_MIN_MS: '1',
      RETRY_MAX_MS: '1',
      SHUTDOWN_DRAIN_MS: '0',
      ...environment,
    },
  })
  const ended = once(child, 'exit')
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await ended
  })
  const lines: string[] = []
  createInterface(child.stdout).on('line', (line) => lines.push(line))
  const listening = await waitFor('it to listen', () => lines.find((line) => line.includes('"listening"')))
  const { port, metricsPort } = JSON.parse(listening) as { port: number; metricsPort: number }
  const get = async (address: string): Promise<string> =>
    await (await fetch(`http://127.0.0.1:${address}`)).text()
  return {
    child,
    lines,
    ended: ended as Promise<[code: number | null, signal: string | null]>,
    readiness: async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/health/ready`)
      return `${answer.status} ${await answer.text()}`
    },
    isAlive: async () => (await get(`${port}/health/live`)).includes('alive'),
    dropped: async () =>
      Number(/^bincard_log_lines_dropped_total (\d+)/m.exec(await get(`${metricsPort}/metrics`))?.[1] ?? 0),
  }
}
