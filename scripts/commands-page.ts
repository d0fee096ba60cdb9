/** The reference of `bincard`, out of the very commands that it runs. */
import type { Command } from 'commander'
import { exitCodes } from '../src/cli/exit-codes.ts'
import { Output } from '../src/cli/output.ts'
import { createProgram } from '../src/cli/program.ts'
import { code, notice, table } from './markdown.ts'

export function commandsPage(version: string): string[] {
  const { stdout, stderr } = process
  const program = createProgram({
    version,
    output: new Output({ stdout, stderr, now: () => 0 }),
    signal: new AbortController().signal,
    isEnding: () => false,
    environment: {},
    get settings(): never {
      throw new Error('No command is run here.')
    },
  })
  const leaves = leavesOf(program).filter((command) => command.name() !== 'help')
  return [
    '# The command line',
    notice,
    'One program, `bincard`, in the package as in the repository (`npm run bincard --`). Data goes to standard output and all else to standard error; `--json` gives data for programs; a progress bar is drawn on a terminal only. `bincard COMMAND --help` says what is here.',
    'What works on PostgreSQL or Kafka finds them by the [settings](settings.md). What asks a running service finds it at `--url`, else at `BINCARD_URL`, else at `http://127.0.0.1:8000`, and shows the API key in `BINCARD_API_KEY`.',
    table(
      ['Command', 'What it does'],
      leaves.map((command) => [
        `[${code(fullName(command))}](#${anchor(fullName(command))})`,
        sentence(command),
      ]),
    ),
    '## Exit codes',
    table(
      ['Code', 'Meaning'],
      Object.values(exitCodes).map(({ code: number, about }) => [String(number), about]),
    ),
    '## Completion',
    'The shell completes commands and options after `source <(bincard completion bash)`; there is a script for `zsh`, `fish` and `powershell`, too.',
    ...leaves.flatMap(commandSection),
  ]
}

function leavesOf(command: Command): Command[] {
  const visible = command
    .createHelp()
    .visibleCommands(command)
    .filter((one) => one.name() !== 'help')
  const own = command.parent !== null && (visible.length === 0 || command.options.length > 0) ? [command] : []
  return [...own, ...visible.flatMap(leavesOf)]
}

function commandSection(command: Command): string[] {
  const help = command.createHelp()
  const terms = [
    ...help
      .visibleArguments(command)
      .map((argument) => [code(help.argumentTerm(argument)), help.argumentDescription(argument)]),
    ...help
      .visibleOptions(command)
      .filter(({ long }) => long !== '--help')
      .map((option) => [code(help.optionTerm(option)), help.optionDescription(option)]),
  ]
  return [
    `## ${fullName(command)}`,
    sentence(command),
    ...(terms.length === 0 ? [] : [table(['Argument or option', 'What it is'], terms)]),
    ...afterHelp(command),
  ]
}

/** What stands below the options in the help: prose, and examples as they are typed. */
function afterHelp(command: Command): string[] {
  let text = ''
  command.configureOutput({ writeOut: (part) => void (text += part) })
  command.outputHelp()
  text = text.slice(command.helpInformation().length)
  const [prose = '', examples] = text.trim().split(/^Examples?.*:\n/m)
  return [
    ...(prose.trim() === '' ? [] : [prose.trim().replaceAll('\n', ' ')]),
    ...(examples === undefined ? [] : [`\`\`\`sh\n${examples.replaceAll(/^ {2}/gm, '').trimEnd()}\n\`\`\``]),
  ]
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`
}

function anchor(name: string): string {
  return name.replaceAll(' ', '-')
}

function sentence(command: Command): string {
  const text = command.description()
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}
