import { spawn } from 'node:child_process'
import type { User } from './part.ts'
import { StackError } from './stack-error.ts'

export interface Tool {
  readonly command: string
  readonly argumentList: readonly string[]
  readonly cwd: string
  readonly user?: User | undefined
  /** After this time it is killed: what it does takes a small part of it. */
  readonly limitMs: number
  readonly signal: AbortSignal
}

/** A tool did not end within its limit. */
export class ToolLate extends StackError {}

const lastCharacters = 4000

/**
 * Runs a tool to its end, in silence, and returns what it printed. When the signal is aborted, or the limit passes, the
 * tool is ended with all processes of its own.
 *
 * @throws {StackError} with the end of its output, when the tool fails; ToolLate when it does not end within its limit
 * @throws the signal's reason when it is aborted
 */
export async function runTool({ command, argumentList, cwd, user, limitMs, signal }: Tool): Promise<string> {
  signal.throwIfAborted()
  // A process group of its own: Ctrl-C is for the stack to act on, and a tool may have started other processes.
  const tool = spawn(command, argumentList, {
    cwd,
    ...user,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [tool.stdout, tool.stderr]) stream.on('data', (chunk) => (output += String(chunk)))

  const endGroup = (how: NodeJS.Signals): void => {
    try {
      if (tool.pid !== undefined) process.kill(-tool.pid, how)
    } catch {
      // It has gone meanwhile.
    }
  }
  const abort = (): void => endGroup('SIGTERM')
  signal.addEventListener('abort', abort)
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    endGroup('SIGKILL')
  }, limitMs)
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    tool.once('error', reject)
    tool.once('close', resolve)
  }).finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  })

  signal.throwIfAborted()
  if (exitCode === 0) return output
  const printed = output.slice(-lastCharacters)
  if (isLate) throw new ToolLate(`${printed}\n${command} did not end within ${limitMs / 1000} s, see above.`)
  throw new StackError(`${printed}\n${command} failed (exit code ${exitCode}), see above.`)
}

/** Runs a tool that is known to hang at times, and runs it once more if it does; `onHang` is told. */
export async function runHangingTool(tool: Tool, onHang: () => void): Promise<string> {
  try {
    return await runTool(tool)
  } catch (error) {
    if (!(error instanceof ToolLate)) throw error
    onHang()
    return await runTool(tool)
  }
}
