/** What the exit code of `npm start` tells a script that calls it. */
export const exitCodes = { failed: 1, wrongUse: 2, toolMissing: 3 } as const

/**
 * The stack cannot be started, for a reason that the person at the terminal can act on: printed as it is, without
 * a stack trace, and followed by the end of the command with `exitCode`.
 */
export class StackError extends Error {
  override readonly name = 'StackError'
  readonly exitCode: number

  constructor(message: string, exitCode: number = exitCodes.failed) {
    super(message)
    this.exitCode = exitCode
  }
}
