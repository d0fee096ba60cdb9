import { spawn } from 'node:child_process'
import type { User } from './part.ts'
import { StackError } from './stack-error.ts'

export interface Tool {
  readonly command: string
  readonly argumentList: readonly string[]
  readonly cwd: string
  readonly user?: User | undefined
  readonly signal: AbortSignal
}

const lastCharacters = 4000

/**
 * Runs a tool to its end, in silence, and returns what it printed. When the signal is aborted the tool is ended
 * with all processes of its own, and the signal's reason thrown.
 *
 * @throws {StackError} with the end of its output, when the tool fails
 */
export async function runTool({ command, argumentList, cwd, user, signal }: Tool): Promise<string> {
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

  const endGroup = (): void => {
    if (tool.pid !== undefined && tool.exitCode === null) process.kill(-tool.pid, 'SIGTERM')
  }
  signal.addEventListener('abort', endGroup)
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    tool.once('error', reject)
    tool.once('close', resolve)
  }).finally(() => signal.removeEventListener('abort', endGroup))

  signal.throwIfAborted()
  if (exitCode !== 0) {
    throw new StackError(
      `${output.slice(-lastCharacters)}\n${command} failed (exit code ${exitCode}), see above.`,
    )
  }
  return output
}
