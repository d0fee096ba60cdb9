import { readFile } from 'node:fs/promises'
import { Option, type Command } from 'commander'
import type {
  Bytes,
  QuarantinedMessage,
  QuarantineItem,
  RedriveAllRequest,
} from '../../client/description.ts'
import { rejections } from '../../message/rejection.ts'
import { connectService } from '../connect.ts'
import type { CommandContext } from '../context.ts'
import { CommandFailure, wrongUse } from '../exit-codes.ts'
import { listOptions, printList, serviceOptions, type ListFlags, type ServiceFlags } from '../list-options.ts'
import { wholeNumber } from '../options.ts'
import type { Column } from '../table.ts'

const number = wholeNumber(1, Number.MAX_SAFE_INTEGER)
const codes = Object.keys(rejections)

interface RedriveFlags extends ServiceFlags {
  readonly accept?: true
  readonly message?: string
  readonly code?: RedriveAllRequest['code']
}

export function addQuarantine(program: Command, context: CommandContext): void {
  const command = program
    .command('quarantine')
    .description('messages that could not be booked, and what becomes of them')
  listOptions(command.command('list').description('what waits, the oldest first'))
    .addOption(new Option('--code <code>', 'only messages with this code').choices(codes))
    .addOption(
      new Option('--status <status>', 'instead of those that are open').choices([
        'open',
        'redriven',
        'discarded',
      ]),
    )
    .addHelpText('after', '\nExample:\n  bincard quarantine list --code timestamp_in_future --all')
    .action(
      async (
        flags: ListFlags & { readonly code?: RedriveAllRequest['code']; status?: QuarantineItem['status'] },
      ) => {
        const args = { code: flags.code, status: flags.status }
        await printList(
          context,
          { list: connectService(context, flags).listQuarantine, args, columns },
          flags,
        )
      },
    )
  serviceOptions(
    command.command('show').description('one message, whole').argument('<number>', 'its number', number),
  )
    .addHelpText('after', '\nExample:\n  bincard quarantine show 17')
    .action(async (id: number, flags: ServiceFlags) => {
      const message = await connectService(context, flags).getQuarantinedMessage({ quarantine_id: id })
      if (flags.json === true) await context.output.json(message)
      else for (const line of messageLines(message)) await context.output.data(line)
    })
  serviceOptions(
    command
      .command('redrive')
      .description('write a message to the topic again, or all open ones of a code')
      .argument('[number]', 'its number', number),
  )
    .option('--message <file>', 'send this corrected event in its place')
    .option('--accept', 'count it although an equal arrival is booked')
    .addOption(new Option('--code <code>', 'all open messages with this code, as they are').choices(codes))
    .addHelpText('after', redriveHelp)
    .action(async (id: number | undefined, flags: RedriveFlags) => {
      await (flags.code === undefined
        ? redriveOne(context, id, flags)
        : redriveAll(context, id, { ...flags, code: flags.code }))
    })
  serviceOptions(
    command
      .command('discard')
      .description('decide that a message is not to be booked, for good')
      .argument('<number>', 'its number', number)
      .requiredOption('--reason <text>', 'for whoever asks later'),
  )
    .addHelpText(
      'after',
      '\nExample:\n  bincard quarantine discard 17 --reason "test message of the new scanner"',
    )
    .action(async (id: number, flags: ServiceFlags & { readonly reason: string }) => {
      const item = await connectService(context, flags).discardQuarantinedMessage({
        quarantine_id: id,
        body: { reason: flags.reason },
      })
      await (flags.json === true ? context.output.json(item) : context.output.data(`${id} is discarded.`))
    })
}

const redriveHelp = `
Examples:
  bincard quarantine redrive 17
  bincard quarantine redrive 17 --message corrected.json
  bincard quarantine redrive --code timestamp_in_future`

const columns: readonly Column<QuarantineItem>[] = [
  { title: 'Number', text: (row) => row.quarantine_id, align: 'right' },
  { title: 'Code', text: ({ code }) => code },
  { title: 'Field', text: ({ field }) => field },
  { title: 'Received', text: (row) => row.received_at },
  { title: 'Place', text: ({ partition, offset }) => `${partition}:${offset}` },
  { title: 'Movement', text: (row) => row.movement_id },
]

async function redriveOne(
  context: CommandContext,
  id: number | undefined,
  flags: RedriveFlags,
): Promise<void> {
  if (id === undefined)
    throw wrongUse('Which message? Give its number, or --code for all open ones of a code.')
  if (flags.accept === true && flags.message !== undefined)
    throw wrongUse('A message is either corrected (--message) or accepted as it is (--accept).')
  const message =
    flags.message === undefined ? null : parseObject(await readFile(flags.message, 'utf8'), flags.message)
  const body = message === null ? (flags.accept === true ? { accept: true as const } : null) : { message }
  const redriven = await connectService(context, flags).redriveQuarantinedMessage({ quarantine_id: id, body })
  const { outcome, code, detail, partition, offset } = redriven
  if (flags.json === true) await context.output.json(redriven)
  else
    await context.output.data(
      `${id} is ${outcome}, at ${partition}:${offset}${code === null ? '' : `  ${code}  ${detail ?? ''}`}`,
    )
  if (outcome === 'quarantined') throw new CommandFailure('wrong', 'It is in quarantine again.')
}

async function redriveAll(
  context: CommandContext,
  id: number | undefined,
  flags: RedriveFlags & { readonly code: RedriveAllRequest['code'] },
): Promise<void> {
  if (id !== undefined || flags.accept === true || flags.message !== undefined)
    throw wrongUse('--code takes all open messages with that code, as they are.')
  const client = connectService(context, flags)
  const outcomes = { booked: 0, held: 0, duplicate: 0, quarantined: 0, accepted: 0, rejected: 0 }
  let cursor: string | null = null
  do {
    const next: { cursor?: string } = cursor === null ? {} : { cursor }
    const part = await client.redriveQuarantine({ body: { code: flags.code, ...next } })
    for (const name of Object.keys(outcomes) as (keyof typeof outcomes)[])
      outcomes[name] += part.outcomes[name]
    cursor = part.next_cursor
  } while (cursor !== null)
  if (flags.json === true) await context.output.json(outcomes)
  else
    await context.output.data(
      Object.entries(outcomes)
        .map(([name, count]) => `${count} ${name}`)
        .join(', '),
    )
  if (outcomes.rejected + outcomes.quarantined > 0)
    throw new CommandFailure('wrong', 'Not all of them could be booked.')
}

function parseObject(text: string, file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch (error) {
    throw new CommandFailure('usage', `${file} is not JSON.`, error)
  }
  throw wrongUse(`${file} is not a JSON object.`)
}

function messageLines(message: QuarantinedMessage): string[] {
  const { code, detail, status, topic, partition, offset, received_at: received, reason, field } = message
  const text = (bytes: Bytes | null): string =>
    bytes === null ? 'null' : bytes.encoding === 'utf-8' ? bytes.data : `base64:${bytes.data}`
  return [
    `${code}${field === null ? '' : ` at ${field}`}: ${detail}`,
    `${status}, from ${topic} ${partition}:${offset}, received ${received}`,
    ...(reason === null ? [] : [`reason: ${reason}`]),
    `key: ${text(message.key)}`,
    ...message.headers.map(({ name, value }) => `header ${text(name)}: ${text(value)}`),
    ...message.conflicts_with.map(
      (event) =>
        `conflicts with ${event.event} of ${event.quantity} at ${event.timestamp}, message ${event.message_id}`,
    ),
    '',
    text(message.value),
  ]
}
