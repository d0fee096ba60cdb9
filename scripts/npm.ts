import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** What npm said. */
export interface NpmAnswer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** npm's answers are lists of packages: some hundred KB. */
const maxOutputBytes = 64 * 1024 * 1024
/** A registry that does not answer is given up by npm itself long before. */
const limitMs = 5 * 60_000

/** Runs the npm that runs this, or else the machine's: npm is no package of the project. Whatever it answers is handed back. */
export async function npm(args: readonly string[], folder: string): Promise<NpmAnswer> {
  const { npm_execpath: script } = process.env
  const [command, ...first] = script === undefined ? ['npm'] : [process.execPath, script]
  const options = { cwd: folder, maxBuffer: maxOutputBytes, timeout: limitMs }
  try {
    const { stdout, stderr } = await promisify(execFile)(command, [...first, ...args], options)
    return { code: 0, stdout, stderr }
  } catch (error) {
    if (!isExit(error)) throw error
    return error
  }
}

/** npm ended with an exit code, and not by a signal or for want of npm. */
function isExit(error: unknown): error is Error & NpmAnswer {
  return error instanceof Error && 'code' in error && typeof error.code === 'number'
}
