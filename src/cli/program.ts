/** All commands of `bincard`, in the order in which the help shows them. What a command needs is loaded when it runs. */
import { Command } from 'commander'
import tab from '@bomb.sh/tab/commander'
import { addDoctor } from './commands/doctor.ts'
import { addCard } from './commands/card.ts'
import { addExport } from './commands/export.ts'
import { addImport } from './commands/import.ts'
import { addKey } from './commands/key.ts'
import { addLists } from './commands/lists.ts'
import { addLoad } from './commands/load.ts'
import { addMigrate } from './commands/migrate.ts'
import { addMovement } from './commands/movement.ts'
import { addPosition } from './commands/position.ts'
import { addQuarantine } from './commands/quarantine.ts'
import { addRebuild } from './commands/rebuild.ts'
import { addSend } from './commands/send.ts'
import { addServe } from './commands/serve.ts'
import { addVerify } from './commands/verify.ts'
import type { CommandContext } from './context.ts'
import { exitCodes } from './exit-codes.ts'

const groups: readonly {
  readonly title: string
  readonly add: readonly ((program: Command, context: CommandContext) => void)[]
}[] = [
  { title: 'Run it', add: [addServe, addMigrate, addKey, addDoctor] },
  { title: 'Send and ask', add: [addSend, addCard, addMovement, addLists, addImport] },
  { title: 'Quarantine', add: [addQuarantine] },
  { title: 'Trust it', add: [addVerify, addRebuild, addExport, addPosition] },
  { title: 'Try it', add: [addLoad] },
]

const settingsHelp = `
Settings come from the environment, and from a file named .env in the working folder:
  POSTGRES_HOST, KAFKA_BOOTSTRAP_SERVERS …   see docs/reference/settings.md
  BINCARD_URL                                the service that is asked (http://127.0.0.1:8000)
  BINCARD_API_KEY                            its API key, if it wants one

Exit codes:
${Object.values(exitCodes)
  .map(({ code, about }) => `  ${String(code).padEnd(4)} ${about}`)
  .join('\n')}`

export function createProgram(context: CommandContext): Command {
  const program = new Command('bincard')
    .description('A stock ledger for event streams: Kafka movements in, exact stock cards out.')
    .version(context.version, '-V, --version', 'say the version')
    .helpOption('-h, --help', 'show this help')
    .showSuggestionAfterError()
    .showHelpAfterError('See bincard --help.')
    .addHelpText('after', settingsHelp)
    .exitOverride()
    .configureOutput({ writeOut: (text) => void context.output.write(text) })
  for (const { title, add } of groups) {
    program.commandsGroup(title)
    for (const one of add) one(program, context)
  }
  program.commandsGroup('Shell')
  tab(program, { completionCommandName: 'completion' })
  program.commands
    .find((command) => command.name() === 'completion')
    ?.addHelpText('after', '\nExample:\n  bincard completion bash > bincard.bash')
  return program
}
