import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import type { Command } from 'commander'
import type { MovementMessage } from '../../client/description.ts'
import { eventType, type EventKind } from '../../message/event.ts'
import { connectService } from '../connect.ts'
import type { CommandContext } from '../context.ts'
import { CommandFailure, wrongUse } from '../exit-codes.ts'
import { serviceOptions, type ServiceFlags } from '../list-options.ts'
import { uuid, wholeNumber } from '../options.ts'
import { countOf } from '../output.ts'

interface SendFlags extends ServiceFlags {
  readonly kafka?: true
  readonly dryRun?: true
}

interface EventFlags extends SendFlags {
  readonly movement?: string
  readonly warehouse: string
  readonly product: string
  readonly quantity: number
  readonly timestamp?: string
  readonly source: string
  readonly id?: string
}

/** As many as the service takes in one request. */
const mostAtOnce = 1000
const mostPieces = 1_000_000_000_000

export function addSend(program: Command, context: CommandContext): void {
  const command = program
    .command('send')
    .description('send departures and arrivals, by HTTP or straight to Kafka')
  for (const kind of ['departure', 'arrival'] as const) {
    sendOptions(command.command(kind).description(`send one ${kind}`))
      .requiredOption('--warehouse <id>', 'where it happened', uuid)
      .requiredOption('--product <id>', 'what was moved', uuid)
      .requiredOption(
        '--quantity <pieces>',
        'how many',
        wholeNumber(kind === 'departure' ? 1 : 0, mostPieces),
      )
      .option('--movement <id>', 'the movement; a new one if left out', uuid)
      .option('--timestamp <time>', 'when it happened, RFC 3339; now if left out')
      .option('--source <code>', 'short code of the warehouse', 'bincard-send')
      .option('--id <text>', 'of the message; a new one if left out')
      .addHelpText('after', examples[kind])
      .action(async (flags: EventFlags) => {
        await send(context, [{ text: JSON.stringify(eventOf(kind, flags)), place: kind }], flags)
      })
  }
  sendOptions(
    command
      .command('file')
      .description(
        'send the events of files: a CloudEvent, an array of them, or one on each line; - is standard input',
      )
      .argument('<files...>'),
  )
    .addHelpText(
      'after',
      '\nExample:\n  bincard send file docs/samples/arrival.json docs/samples/departure.json',
    )
    .action(async (files: readonly string[], flags: SendFlags) => {
      const events = await Promise.all(files.map(async (file) => eventsIn(await readText(file), file)))
      await send(context, events.flat(), flags)
    })
}

const examples = {
  departure: `
Example:
  bincard send departure --warehouse 25718666-6af6-4281-b5a6-3016e36fa557 \\
    --product 4705204f-498f-4f96-b4ba-df17fb56bf55 --quantity 100`,
  arrival: `
Example:
  bincard send arrival --movement c6290746-790e-43fa-8270-014dc90e02e0 --quantity 100 \\
    --warehouse c1d70455-7e14-11e9-812a-70106f431230 --product 4705204f-498f-4f96-b4ba-df17fb56bf55`,
}

function sendOptions(command: Command): Command {
  return serviceOptions(command)
    .option('--kafka', 'write to the topic of the settings instead of asking the service')
    .option('--dry-run', 'only ask what would become of it')
}

function eventOf(kind: EventKind, flags: EventFlags): MovementMessage {
  return {
    specversion: '1.0',
    type: eventType,
    source: flags.source,
    id: flags.id ?? randomUUID(),
    time: new Date().toISOString(),
    subject: `${flags.source}:${kind.toUpperCase()}`,
    data: {
      movement_id: flags.movement ?? randomUUID(),
      warehouse_id: flags.warehouse,
      product_id: flags.product,
      event: kind,
      timestamp: flags.timestamp ?? new Date().toISOString(),
      quantity: flags.quantity,
    },
  }
}

/** An event as it is to be sent, and where it stood. */
interface Given {
  readonly text: string
  readonly place: string
}

async function readText(file: string): Promise<string> {
  return file === '-' ? await readAll(process.stdin) : await readFile(file, 'utf8')
}

/** The events of a text, as they stand in it where they stand alone. */
function eventsIn(text: string, file: string): Given[] {
  const whole = parseJson(text)
  if (Array.isArray(whole))
    return whole.map((event: unknown, index) => ({
      text: JSON.stringify(event),
      place: `${file}, event ${index + 1}`,
    }))
  if (whole !== undefined) return [{ text, place: file }]
  return text
    .split('\n')
    .map((line, index) => ({ text: line.trim(), place: `${file}, line ${index + 1}` }))
    .filter((given) => given.text !== '')
}

/** Undefined for what is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function send(context: CommandContext, events: readonly Given[], flags: SendFlags): Promise<void> {
  if (flags.kafka === true && flags.dryRun === true)
    throw wrongUse('Only the service can say what would become of an event: leave out --kafka.')
  await (flags.kafka === true ? sendToKafka(context, events, flags) : sendToService(context, events, flags))
}

async function sendToService(
  context: CommandContext,
  events: readonly Given[],
  flags: SendFlags,
): Promise<void> {
  const { output } = context
  const client = connectService(context, flags)
  const parsed = events.map(({ text, place }) => {
    const event = parseJson(text)
    if (event === undefined) throw wrongUse(`${place} is not JSON.`)
    return event as MovementMessage
  })
  let refused = 0
  for (let from = 0; from < parsed.length; from += mostAtOnce) {
    const body = parsed.slice(from, from + mostAtOnce)
    const mediaType = 'application/cloudevents-batch+json'
    const { outcomes } = await client.postEvents({ dry_run: flags.dryRun, body, mediaType })
    for (const outcome of outcomes) {
      const isRefused = outcome.outcome === 'rejected' || outcome.outcome === 'quarantined'
      if (isRefused) refused += 1
      const place = events[from + outcome.index]?.place ?? ''
      const at = outcome.partition === null ? '' : `  at ${outcome.partition}:${outcome.offset}`
      const line = outcome.card_line === null ? '' : `  line ${outcome.card_line}`
      const why = outcome.code === null ? '' : `  ${outcome.code}: ${outcome.detail}`
      if (flags.json === true) await output.json({ ...outcome, index: from + outcome.index })
      else await output.data(`${outcome.outcome}${line}${at}  ${place}${why}`)
    }
    output.progress({ label: 'events', done: from + body.length, total: parsed.length })
  }
  output.end()
  if (refused > 0)
    throw new CommandFailure('wrong', `${countOf(refused)} of ${countOf(parsed.length)} cannot be booked.`)
}

async function sendToKafka(
  context: CommandContext,
  events: readonly Given[],
  flags: SendFlags,
): Promise<void> {
  const { output, settings } = context
  const { Producer } = await import('../../kafka/producer.ts')
  // Whether the positions are of this topic is for the service to know: it refuses to book from another one.
  const producer = new Producer({
    cluster: settings.kafka,
    topic: settings.kafka.topic,
    isOurTopic: () => Promise.resolve(true),
  })
  try {
    for (let from = 0; from < events.length; from += mostAtOnce) {
      const part = events.slice(from, from + mostAtOnce)
      const messages = part.map(({ text }) => ({
        key: Buffer.from(keyOf(text)),
        value: Buffer.from(text),
        headers: structured,
      }))
      for (const [index, { partition, offset }] of (await producer.produce(messages, 'command')).entries()) {
        if (flags.json === true) await output.json({ index: from + index, partition, offset })
        else await output.data(`at ${partition}:${offset}  ${part[index]?.place ?? ''}`)
      }
      output.progress({ label: 'events', done: from + part.length, total: events.length })
    }
  } finally {
    output.end()
    await producer.close()
  }
}

const structured = [{ name: Buffer.from('content-type'), value: Buffer.from('application/cloudevents+json') }]

/** Its warehouse, so that those of one keep their order; nothing of what has none. */
function keyOf(text: string): string {
  return /"warehouse_id"\s*:\s*"([0-9a-fA-F-]{36})"/.exec(text)?.[1]?.toLowerCase() ?? ''
}
