import { hostname, userInfo } from 'node:os'
import { InvalidArgumentError, type Command } from 'commander'
import type { LogEnds } from '../../kafka/end-offsets.ts'
import { formatTimestamp } from '../../message/timestamp.ts'
import {
  movePosition,
  readPositions,
  retirePositions,
  type BookedPosition,
} from '../../store/move-position.ts'
import { withDatabase } from '../connect.ts'
import type { CommandContext } from '../context.ts'
import { CommandFailure, wrongUse } from '../exit-codes.ts'
import { countOf } from '../output.ts'
import { tableLines, type Column } from '../table.ts'

type Offset = number | 'earliest' | 'latest'

interface SetFlags {
  readonly reason: string
  readonly topicMadeAnew?: true
  readonly json?: true
}

export function addPosition(program: Command, context: CommandContext): void {
  const command = program
    .command('position')
    .description('how far each partition of the topic is booked, and where to go on')
  command
    .command('show')
    .description('the position of each partition beside what its log holds')
    .option('--json', 'as JSON, a partition on each line')
    .addHelpText('after', '\nExample:\n  bincard position show')
    .action(async ({ json }: { readonly json?: true }) => await show(context, json === true))
  command
    .command('set')
    .description('go on from another offset; the reason is kept')
    .argument('<partition>', 'its number, or "all"', parsePartition)
    .argument('<offset>', 'of the next message to book, "earliest" or "latest"', parseOffset)
    .requiredOption('--reason <text>', 'for whoever asks later')
    .option('--topic-made-anew', 'the topic was deleted and made again: its offsets are others now')
    .option('--json', 'as JSON, a partition on each line')
    .addHelpText('after', help)
    .action(
      async (partition: number | 'all', offset: Offset, flags: SetFlags) =>
        await set(context, { partition, offset }, flags),
    )
}

const help = `
Back: what is read again is recognised by its content and changes nothing. Forward: what is passed over is not booked.
A process whose partition has stopped goes on when it is restarted.

Examples:
  bincard position set 3 earliest --reason "disk of broker 2 lost, log begins later"
  bincard position set all earliest --topic-made-anew --reason "topic recreated with 12 partitions"`

function parsePartition(text: string): number | 'all' {
  if (text === 'all' || /^\d{1,9}$/.test(text)) return text === 'all' ? text : Number(text)
  throw new InvalidArgumentError('It must be a number, or "all".')
}

function parseOffset(text: string): Offset {
  if (text === 'earliest' || text === 'latest') return text
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a number, "earliest" or "latest".')
}

/** Null if Kafka does not answer. */
async function readLog({ settings: { kafka }, output }: CommandContext): Promise<readonly LogEnds[] | null> {
  const { EndOffsets } = await import('../../kafka/end-offsets.ts')
  const waitMs = kafka.connectTimeoutMs + kafka.requestTimeoutMs
  const onFailed = ({ code, message }: { code: string; message: string }): void =>
    output.say(`${code}: ${message}`)
  return await new EndOffsets({ cluster: kafka, topic: kafka.topic, onFailed, waitMs }).read()
}

interface Row {
  readonly partition: number
  readonly booked: BookedPosition | null
  readonly log: LogEnds | null
}

async function show(context: CommandContext, asJson: boolean): Promise<void> {
  const { output, settings } = context
  const [log, booked] = [
    await readLog(context),
    await withDatabase(context, 'position', (database) => readPositions(database, settings.kafka.topic)),
  ]
  const partitions = new Set([...booked, ...(log ?? [])].map(({ partition }) => partition))
  const rows = [...partitions]
    .sort((a, b) => a - b)
    .map((partition): Row => ({
      partition,
      booked: booked.find((one) => one.partition === partition) ?? null,
      log: log?.find((one) => one.partition === partition) ?? null,
    }))
  if (asJson) for (const row of rows) await output.json(rowJson(row))
  else if (rows.length > 0) for (const line of tableLines(columns, rows)) await output.data(line)
  if (rows.length === 0) output.say('No partition was ever booked.')
}

const columns: readonly Column<Row>[] = [
  { title: 'Partition', text: ({ partition }) => partition, align: 'right' },
  {
    title: 'Booked up to',
    text: ({ booked }) => (booked === null ? null : countOf(booked.nextOffset)),
    align: 'right',
  },
  { title: 'Log from', text: ({ log }) => (log === null ? null : countOf(log.earliest)), align: 'right' },
  { title: 'to', text: ({ log }) => (log === null ? null : countOf(log.latest)), align: 'right' },
  { title: 'Lag', text: (row) => lagOf(row), align: 'right' },
  { title: 'Moved by hand', text: ({ booked }) => movedText(booked) },
]

function lagOf({ booked, log }: Row): string | null {
  if (booked === null || log === null) return null
  return booked.topicId === log.topicId
    ? countOf(Math.max(0, log.latest - booked.nextOffset))
    : 'another topic'
}

function movedText(booked: BookedPosition | null): string {
  if (booked === null || booked.moved === null) return ''
  const { at, by, reason } = booked.moved
  return `${formatTimestamp(at)} by ${by}: ${reason}`
}

function rowJson({ partition, booked, log }: Row) {
  const moved = booked?.moved ?? null
  return {
    partition,
    next_offset: booked?.nextOffset ?? null,
    topic_id: booked?.topicId ?? null,
    log_topic_id: log?.topicId ?? null,
    log_earliest: log?.earliest ?? null,
    log_latest: log?.latest ?? null,
    moved: moved === null ? null : { at: formatTimestamp(moved.at), by: moved.by, reason: moved.reason },
  }
}

interface Moved {
  readonly partition: number
  /** The offset before; null where nothing had been booked. */
  readonly from: number | null
  readonly to: number
}

function movedLine({ partition, from, to }: Moved): string {
  return `partition ${partition}: ${from === null ? 'new' : countOf(from)} → ${countOf(to)}`
}

async function set(
  context: CommandContext,
  { partition, offset }: { readonly partition: number | 'all'; readonly offset: Offset },
  { reason, topicMadeAnew, json }: SetFlags,
): Promise<void> {
  const { output, settings } = context
  if (reason.trim() === '') throw wrongUse('Say why: --reason.')
  if (partition === 'all' && typeof offset === 'number')
    throw wrongUse('One offset for all partitions means nothing: earliest or latest.')
  const log = await readLog(context)
  if (log === null) throw new CommandFailure('away', 'Where the log begins and ends is not known.')
  const chosen = log.filter((one) => partition === 'all' || one.partition === partition)
  if (chosen.length === 0) throw wrongUse(`The topic has ${log.length} partitions.`)
  const moves = chosen.map((ends) => ({ ...ends, nextOffset: offsetIn(ends, offset) }))
  const by = `${userInfo().username}@${hostname()}`
  const { topic } = settings.kafka
  const moved = await withDatabase(context, 'position', async (database) => {
    const booked = new Map((await readPositions(database, topic)).map((one) => [one.partition, one]))
    const isOther = moves.some(
      (move) => (booked.get(move.partition)?.topicId ?? move.topicId) !== move.topicId,
    )
    if (isOther && topicMadeAnew !== true)
      throw wrongUse(
        'The positions are of another topic of this name. If that was made anew: --topic-made-anew.',
      )
    return await database.transaction(async (session) => {
      const done: Moved[] = []
      for (const { partition: number, topicId, nextOffset } of moves) {
        const before = await movePosition(session, {
          topic,
          partition: number,
          topicId,
          nextOffset,
          reason,
          by,
        })
        done.push({ partition: number, from: before?.nextOffset ?? null, to: nextOffset })
      }
      const [first] = moves
      if (partition === 'all' && topicMadeAnew === true && first !== undefined) {
        const retired = await retirePositions(session, {
          topic,
          topicId: first.topicId,
          partitions: log.length,
        })
        return { done, retired }
      }
      return { done, retired: 0 }
    })
  })
  for (const one of moved.done) await (json === true ? output.json(one) : output.data(movedLine(one)))
  const { retired } = moved
  if (retired > 0)
    await (json === true
      ? output.json({ retired })
      : output.data(`${retired} partitions that the topic has no more: set to 0`))
}

function offsetIn({ partition, earliest, latest }: LogEnds, offset: Offset): number {
  const wanted = offset === 'earliest' ? earliest : offset === 'latest' ? latest : offset
  if (wanted >= earliest && wanted <= latest) return wanted
  throw wrongUse(`The log of partition ${partition} holds ${earliest} to ${latest}.`)
}
