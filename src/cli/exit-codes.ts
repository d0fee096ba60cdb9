/** What the exit code of `bincard` says; a table in docs/reference/cli.md is made of this. */
export const exitCodes = {
  done: { code: 0, about: 'Done, and nothing is wrong.' },
  wrong: {
    code: 1,
    about: 'Done, and something is wrong: a finding, a message in quarantine, a check that failed.',
  },
  usage: { code: 2, about: 'The arguments or the settings are wrong. Nothing was done.' },
  away: { code: 3, about: 'A part does not answer: PostgreSQL, Kafka or the service. Try again later.' },
  refused: { code: 4, about: 'The service refuses the request: not found, not allowed, malformed.' },
  bug: { code: 70, about: 'An error that nobody foresaw. Please report it.' },
  interrupted: { code: 130, about: 'Ended by SIGINT or SIGTERM before it was done.' },
} as const satisfies Record<string, { readonly code: number; readonly about: string }>

export type ExitName = keyof typeof exitCodes

/** What a command ends with, thrown where it finds out. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure'
  readonly exit: ExitName

  constructor(exit: ExitName, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.exit = exit
  }
}

/** Wrong arguments. */
export function wrongUse(message: string): CommandFailure {
  return new CommandFailure('usage', message)
}
