/** The package as a registry would hand it out. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { withLock } from '../../stack/lock.mjs'
import { root, stateFolder } from '../../stack/state.ts'

const run = promisify(execFile)
/** Two tests pack: what one builds the other must not take away. */
const lock = { file: join(stateFolder, 'pack.lock'), limitMs: 5 * 60_000, onWait: () => undefined }

export interface Packed {
  /** The file. */
  readonly path: string
  readonly bytes: number
  /** What is in it. */
  readonly files: readonly string[]
}

/** Packs into a folder. */
export async function packInto(folder: string): Promise<Packed> {
  return await withLock(lock, async () => {
    const options = ['--json', '--silent', '--pack-destination', folder]
    const { stdout } = await run('npm', ['pack', ...options], { cwd: root })
    const packed = JSON.parse(stdout) as { filename: string; size: number; files: { path: string }[] }[]
    const [{ filename, size, files } = { filename: '', size: 0, files: [] }] = packed
    return { path: join(folder, filename), bytes: size, files: files.map(({ path }) => path) }
  })
}
