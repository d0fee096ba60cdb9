import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunFolder } from './state.ts'

/** Who a process runs as, when it must not be who started it. */
export interface User {
  readonly uid: number
  readonly gid: number
}

/** A running part of the stack. To add one: a file like `postgres.ts`, and its line in `start.ts`. */
export interface Part {
  /** As a person reads it: `PostgreSQL`. */
  readonly name: string
  /** `host:port`. */
  readonly address: string
  /** Resolves when the part has ended, asked to or not; never rejects. */
  readonly ended: Promise<void>
  /** The last lines that the part printed, for the message about its end. */
  lastWords(): string
  /** Ends the part in good order, or by force after its limit; may be called again. */
  stop(): Promise<void>
}

export interface PartOrder {
  readonly name: string
  readonly address: string
  readonly command: string
  readonly argumentList: readonly string[]
  /** A text in the command line that no process of another kind or folder has. */
  readonly mark: string
  readonly environment?: NodeJS.ProcessEnv
  readonly user?: User | undefined
  readonly cwd: string
  /** The signal on which this part ends in good order. */
  readonly stopSignal: 'SIGTERM' | 'SIGINT'
  /** After this time the part is killed. */
  readonly stopLimitMs: number
  readonly folder: RunFolder
}

/** What `keeper.ts` is told. */
export interface KeeperOrder extends Pick<
  PartOrder,
  'name' | 'command' | 'argumentList' | 'mark' | 'user' | 'cwd' | 'stopSignal' | 'stopLimitMs'
> {
  readonly pidFile: string
}

/** What a keeper writes down while its part runs; `orphans.ts` reads it when the keeper could not remove it. */
export interface PidFile extends Pick<PartOrder, 'name' | 'mark' | 'stopSignal'> {
  readonly keeper: number
  readonly part: number
}

/** Enough to hold the message of an error and where it came from. */
const lastLines = 15

/**
 * Starts a process under a keeper (see `keeper.ts`), in a process group of its own, so that Ctrl-C reaches only
 * the stack, which then stops its parts one after the other. Does not wait until the part is of use.
 */
export function startPart(order: PartOrder): Part {
  const { name, address, command, argumentList, mark, user, cwd, stopSignal, stopLimitMs, folder } = order
  const fileName = name.toLowerCase()
  for (const path of [folder.logs, folder.pids]) mkdirSync(path, { recursive: true })
  const logFile = join(folder.logs, `${fileName}.log`)
  const pidFile = join(folder.pids, `${fileName}.json`)
  const what = { name, command, argumentList, mark, user, cwd }
  const keeperOrder: KeeperOrder = { ...what, stopSignal, stopLimitMs, pidFile }

  const log = openSync(logFile, 'w')
  const keeper = spawn(
    process.execPath,
    [join(import.meta.dirname, 'keeper.ts'), JSON.stringify(keeperOrder)],
    { detached: true, stdio: ['pipe', log, log], env: order.environment ?? process.env },
  )
  closeSync(log)
  const ended = endOf(keeper)
  return {
    name,
    address,
    ended,
    lastWords: () => readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lastLines).join('\n'),
    stop: () => {
      keeper.stdin?.end()
      return ended
    },
  }
}

function endOf(keeper: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    keeper.once('exit', () => resolve())
    keeper.once('error', () => resolve())
  })
}
