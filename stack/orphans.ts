import { execFileSync } from 'node:child_process'
import { globSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { PidFile } from './part.ts'
import type { RunFolder } from './state.ts'
import { waitUntil } from './wait.ts'

/** A keeper whose stack was killed stops its part by itself; the slowest part may take this long. */
const keeperLimitMs = 25_000
/** A part that has lost its keeper as well is asked, and killed after this time. */
const partLimitMs = 12_000
const lookAgainMs = 100

/**
 * Ends what a killed run left behind in this folder, the last to start first. A process is touched only if its
 * command line carries the mark that was written down when it started: its number may belong to somebody else by
 * now.
 *
 * Only for a folder whose run is known to be over.
 */
export async function stopOrphans(folder: RunFolder, signal: AbortSignal): Promise<void> {
  for (const path of pidFilesIn(folder).sort((one, other) => writtenAt(other) - writtenAt(one))) {
    const orphan = readPidFile(path)
    if (orphan !== undefined) await stopOrphan(orphan, signal)
    rmSync(path, { force: true })
  }
}

async function stopOrphan(
  { name, keeper, part, mark, stopSignal }: PidFile,
  signal: AbortSignal,
): Promise<void> {
  const waiting = { everyMs: lookAgainMs, signal, what: `The end of ${name}, left behind by a former run,` }
  const keeperIsGone = async (): Promise<boolean> => !isRunning(keeper, 'keeper.ts')
  const partIsGone = async (): Promise<boolean> => !isRunning(part, mark)
  await waitUntil(keeperIsGone, { ...waiting, limitMs: keeperLimitMs })
  if (await partIsGone()) return

  process.kill(part, stopSignal)
  const kill = setTimeout(() => isRunning(part, mark) && process.kill(part, 'SIGKILL'), partLimitMs)
  await waitUntil(partIsGone, { ...waiting, limitMs: 2 * partLimitMs }).finally(() => clearTimeout(kill))
}

function pidFilesIn({ pids }: RunFolder): string[] {
  return globSync('*.json', { cwd: pids }).map((name) => join(pids, name))
}

/** 0 if a keeper has removed the file in the meantime. */
function writtenAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

/** Nothing if the keeper has removed it in the meantime: the part is over then. */
function readPidFile(path: string): PidFile | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as PidFile
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Whether this process runs and is the one that is meant. A zombie has no command line and counts as gone. */
export function isRunning(pid: number, mark: string): boolean {
  return commandLineOf(pid).includes(mark)
}

/** Empty if there is no such process. */
function commandLineOf(pid: number): string {
  try {
    // Linux has it as a file, and often no `ps`; elsewhere it is the other way round.
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
  } catch {
    return ''
  }
}
