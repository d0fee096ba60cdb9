import { globSync, rmSync } from 'node:fs'
import { basename } from 'node:path'
import { stopOrphans } from './orphans.ts'
import { runFolder, stateFolder } from './state.ts'

/**
 * Removes the folders `KIND-PID` of runs that are over and could not tidy up, or kept what they found, and stops what
 * still runs there. Whether a run is over is told by its process id, the folder's name.
 */
export async function removeLeftovers(kind: string, signal: AbortSignal): Promise<void> {
  for (const path of globSync(`${kind}-*`, { cwd: stateFolder })) {
    const pid = Number(/-(\d+)$/.exec(basename(path))?.[1])
    if (Number.isNaN(pid) || isAlive(pid)) continue
    const leftover = runFolder(path)
    await stopOrphans(leftover, signal)
    rmSync(leftover.path, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
