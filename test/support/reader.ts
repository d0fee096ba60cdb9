/**
 * A reader of the documentation: a clone of their own, a terminal for what they type, and one more for each thing that they leave
 * running. Their ports differ from those on the page, as on any machine where these are taken: by `.env`, as README.md says.
 */
import assert from 'node:assert/strict'
import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../stack/ports.ts'
import { partsFolder, root } from '../../stack/state.ts'
import type { Owner } from './environment.ts'
import { difference, readGuide, type Command } from './guide.ts'
import { waitFor } from './wait.ts'

/** What goes on until Ctrl-C, and how it says that it is ready. */
const lasting: readonly { readonly begins: RegExp; readonly ready: RegExp }[] = [
  { begins: /\bnpm start\b/, ready: /Ctrl-C stops everything/ },
  { begins: /\bnpm run serve\b/, ready: /"listening"/ },
  { begins: /\bcurl -N\b/, ready: /^event: ready/m },
]
/** Builds the dashboard, on two cores that others use, too. */
const readyLimitMs = 300_000
/** `npm ci`, on a slow line. */
const commandLimitMs = 900_000
/** `npm start` ends in seconds; on two cores that others use, too, it may take longer. */
const endLimitMs = 60_000
/** What is booked is seen within moments: a page that asks at once is asked again. */
const seenLimitMs = 20_000
const lookAgainMs = 200
/** What changes nothing, and so may be done again. */
const asks = /^curl http|^bincard (?:card|movement|held|transit|quarantine list)\b/

export interface Reader {
  /** Does all that the page says, from its first line to its last; answers what it needs that is not here. */
  follow(markdown: string, replace?: Replace): Promise<string[]>
  /** Where its service answers. */
  readonly api: string
}

/** What a reader types instead, on a machine of their own. */
export type Replace = (text: string, printed: string) => string

/** `shared` packages are those of the repository; `none`: the first command installs them, and may remove them again. */
export async function newReader(
  owner: Owner,
  { packages }: { packages: 'shared' | 'none' },
): Promise<Reader> {
  const folder = mkdtempSync(join(tmpdir(), 'bincard-reader-'))
  clone(folder)
  if (packages === 'shared') symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const ports = await choosePorts()
  writeFileSync(join(folder, '.env'), ports.settings)
  const terminal = new Terminal(folder)
  owner.after(async () => {
    try {
      await terminal.close()
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
  let printed = ''
  const run = async (command: Command, replace: Replace): Promise<void> => {
    const text = ports.onPage(replace(command.text, printed))
    const shown = command.shown === null ? null : ports.onPage(command.shown)
    const lasts = lasting.find(({ begins }) => begins.test(text))
    const where = `line ${command.line}: ${text}`
    if (lasts !== undefined) {
      printed = await terminal.begin(text, lasts.ready)
      if (shown !== null) assert.equal(difference(shown, printed), null, where)
      return
    }
    const giveUpAt = Date.now() + seenLimitMs
    for (;;) {
      const { code, output } = await terminal.type(text)
      printed = output
      const wrong = shown === null ? null : difference(shown, output)
      if (wrong === null) {
        assert.equal(code, 0, `${where}\n${output}`)
        return
      }
      if (!asks.test(text) || Date.now() > giveUpAt) assert.fail(`${where}\n${wrong}`)
      await sleep(lookAgainMs)
    }
  }
  return {
    api: ports.onPage('http://127.0.0.1:8000'),
    follow: async (markdown, replace = (text) => text) => {
      const left: string[] = []
      for (const step of readGuide(markdown)) {
        if (step.kind === 'left') left.push(step.needs)
        else if (step.kind === 'interrupt') await terminal.interrupt()
        else await run(step, replace)
      }
      return left
    },
  }
}

/** The files of the repository as they are now; what is fetched is shared with it. */
function clone(folder: string): void {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  })
  for (const file of listed.toString().split('\0')) {
    if (file === '' || !existsSync(join(root, file))) continue
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(root, file), join(folder, file))
  }
  mkdirSync(join(folder, '.bincard'))
  symlinkSync(partsFolder, join(folder, '.bincard/parts'))
}

const pagePorts = { PORT: 8000, METRICS_PORT: 9090, POSTGRES_PORT: 5432, KAFKA_PORT: 9092, REDIS_PORT: 6379 }

async function choosePorts(): Promise<{ settings: string; onPage: (text: string) => string }> {
  const chosen: [string, number, number][] = []
  for (const [name, onPage] of Object.entries(pagePorts)) chosen.push([name, onPage, await freePort()])
  return {
    // What a page shows as booked must not be told as accepted by a machine that others use, too.
    settings: [...chosen.map(([name, , port]) => `${name}=${port}`), 'HTTP_BOOKING_WAIT_MS=2000', ''].join(
      '\n',
    ),
    onPage: (text) =>
      chosen.reduce(
        (sum, [, onPage, port]) =>
          sum.replaceAll(new RegExp(`127\\.0\\.0\\.1:${onPage}(?!\\d)`, 'g'), `127.0.0.1:${port}`),
        text,
      ),
  }
}

/** Stands behind what a command has printed, with its exit code. */
const endMark = /\nend-of-command (\d+)\n$/

class Terminal {
  readonly #folder: string
  readonly #environment: NodeJS.ProcessEnv
  readonly #shell: ChildProcessWithoutNullStreams
  readonly #running: ChildProcessWithoutNullStreams[] = []

  constructor(folder: string) {
    this.#folder = folder
    // Nothing of the tests' own: neither their parts nor what npm adds.
    const { PATH = '', HOME, LANG = 'C.UTF-8' } = process.env
    const path = PATH.split(':').filter((part) => !part.includes('node_modules'))
    // On a terminal curl shows no meter.
    writeFileSync(join(folder, '.bincard/.curlrc'), 'silent\nshow-error\nfail-with-body\n')
    const CURL_HOME = join(folder, '.bincard')
    this.#environment = { PATH: path.join(':'), HOME, LANG, CURL_HOME }
    this.#shell = spawn('bash', ['--noprofile', '--norc', '-o', 'pipefail'], {
      cwd: folder,
      env: this.#environment,
      detached: true,
    })
    this.#shell.stdout.setEncoding('utf8')
    this.#shell.stderr.pipe(process.stderr)
  }

  async type(text: string): Promise<{ code: number; output: string }> {
    let output = ''
    const done = Promise.withResolvers<{ code: number; output: string }>()
    const listen = (chunk: string): void => {
      output += chunk
      const mark = endMark.exec(output)
      if (mark !== null) done.resolve({ code: Number(mark[1]), output: output.slice(0, mark.index) })
    }
    const timer = setTimeout(
      () => done.reject(new Error(`It does not end: ${text}\n${output}`)),
      commandLimitMs,
    )
    this.#shell.stdout.on('data', listen)
    this.#shell.stdin.write(`{ ${text}\n} < /dev/null 2>&1; printf '\\nend-of-command %d\\n' $?\n`)
    try {
      return await done.promise
    } finally {
      clearTimeout(timer)
      this.#shell.stdout.off('data', listen)
    }
  }

  /** In a terminal of its own, which is closed with its standard input: also if this process is killed. */
  async begin(text: string, ready: RegExp): Promise<string> {
    const child = spawn('bash', ['--noprofile', '--norc', '-c', `${closing}\n${text}`], {
      cwd: this.#folder,
      env: this.#environment,
      detached: true,
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk
      })
    this.#running.push(child)
    const isReady = (): boolean => {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error('It has ended.')
      return ready.test(output)
    }
    try {
      await waitFor('what says that it is ready', isReady, { limitMs: readyLimitMs })
    } catch (error) {
      throw new Error(`${text}\n${output}`, { cause: error })
    }
    return output
  }

  async interrupt(): Promise<void> {
    const last = this.#running.pop()
    assert.ok(last !== undefined, 'nothing runs')
    await end(last)
  }

  async close(): Promise<void> {
    const results = []
    for (const one of [...this.#running.toReversed(), this.#shell])
      results.push(...(await Promise.allSettled([end(one)])))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }
}

/** As Ctrl-C in a terminal: all that runs in it hears of it. */
const closing = '{ cat; kill -INT 0; } <&0 > /dev/null 2>&1 &'

/** Also of a shell that has ended something may still run. One that does not end is a finding, and is ended by force. */
async function end(child: ChildProcessWithoutNullStreams): Promise<void> {
  const isOver = child.stdout.closed && child.stderr.closed
  const closed = isOver ? Promise.resolve() : once(child, 'close')
  child.stdin.end()
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    late.reject(new Error('It does not stop.'))
    killGroup(child)
  }, endLimitMs)
  await Promise.race([closed, late.promise]).finally(() => clearTimeout(timer))
}

function killGroup({ pid }: ChildProcessWithoutNullStreams): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It has gone meanwhile.
  }
}
