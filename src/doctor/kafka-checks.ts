/** Kafka: each bootstrap server, the topic and its settings, and where the positions are in its log. */
import type { Settings } from '../config/settings.ts'
import { Fault } from '../fault.ts'
import { describeTopic } from '../kafka/cluster.ts'
import { EndOffsets, type LogEnds } from '../kafka/end-offsets.ts'
import { readTopicSettings, type TopicSettings } from '../kafka/topic-settings.ts'
import { maxValueBytes } from '../message/envelope.ts'
import type { BookedPosition } from '../store/move-position.ts'
import { failed, ok, unknown, warning, type Check } from './check.ts'

export interface KafkaCheckOptions extends Pick<Settings, 'kafka'> {
  /** Null if they could not be read. */
  readonly positions: readonly BookedPosition[] | null
  readonly signal: AbortSignal
}

/** Messages by which the booking may be behind before it is worth a word. */
const longLag = 100_000

export async function* checkKafka({ kafka, positions, signal }: KafkaCheckOptions): AsyncGenerator<Check> {
  const answers = new Map<string, Fault | number>()
  for (const server of kafka.bootstrapServers) {
    answers.set(server, await askServer({ ...kafka, bootstrapServers: [server] }, signal))
  }
  for (const [server, answer] of answers) yield checkServer(server, answer, kafka.topic)
  if (![...answers.values()].some((answer) => typeof answer === 'number')) return
  yield await checkTopicSettings(kafka, signal)
  yield* checkLog(kafka, positions)
}

/** The topics that are told what is booked and what is quarantined: they are not made by asking. */
export async function* checkOutTopics(
  { kafka }: Pick<Settings, 'kafka'>,
  signal: AbortSignal,
): AsyncGenerator<Check> {
  for (const topic of [kafka.changesTopic, kafka.deadLetterTopic]) {
    if (topic === '') continue
    const name = `kafka.out ${topic}`
    const answer = await askServer({ ...kafka, topic }, signal)
    if (typeof answer === 'number') yield ok(name, `It has ${answer} partitions.`)
    else
      yield failed(
        name,
        `${answer.code}: ${answer.message}`,
        `Make the topic, or take the setting back: booking goes on, and what it should be told waits.`,
      )
  }
}

/** How many partitions the topic has, by this server; or why it does not tell. */
async function askServer(kafka: Settings['kafka'], signal: AbortSignal): Promise<Fault | number> {
  try {
    return (await describeTopic(kafka, kafka.topic, signal)).partitions
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
}

function checkServer(server: string, answer: Fault | number, topic: string): Check {
  const name = `kafka.server ${server}`
  if (typeof answer === 'number') return ok(name, `Topic ${topic} has ${answer} partitions.`)
  const cure =
    answer.code === 'topic_missing'
      ? `Make it: kafka-topics.sh --bootstrap-server ${server} --create --topic ${topic} --partitions 12`
      : 'Is it running, and are KAFKA_BOOTSTRAP_SERVERS and KAFKA_TOPIC right? A broker also has to announce an address that is reached from here (advertised.listeners).'
  return failed(name, `${answer.code}: ${answer.message}`, cure)
}

async function checkTopicSettings(kafka: Settings['kafka'], signal: AbortSignal): Promise<Check> {
  const name = 'kafka.topic'
  try {
    return judge(name, await readTopicSettings(kafka, kafka.topic, signal))
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return unknown(
      name,
      `${error.code}: ${error.message}`,
      'Let the user describe the configuration of the topic, or look at it by hand.',
    )
  }
}

function judge(name: string, settings: TopicSettings): Check {
  const { cleanupPolicy, retentionMs, maxMessageBytes: largest, replicas, minInsyncReplicas } = settings
  const detail = `cleanup.policy ${cleanupPolicy ?? '?'}, retention.ms ${retentionMs ?? '?'}, replicas ${replicas}, min.insync.replicas ${minInsyncReplicas ?? '?'}.`
  if (cleanupPolicy?.includes('compact') === true)
    return failed(
      name,
      detail,
      'Set cleanup.policy to delete: compaction takes messages of the same key away before they are booked.',
    )
  if (largest !== null && Number(largest) < maxValueBytes)
    return warning(
      name,
      `max.message.bytes is ${largest}.`,
      `Set it to ${maxValueBytes} or more, the largest message that is read.`,
    )
  if (replicas < 2)
    return warning(
      name,
      detail,
      'Have 3 replicas and min.insync.replicas 2: with one, a lost disk loses messages that are not booked yet.',
    )
  return ok(name, detail)
}

async function* checkLog(
  kafka: Settings['kafka'],
  positions: readonly BookedPosition[] | null,
): AsyncGenerator<Check> {
  const name = 'kafka.position'
  if (positions === null) return yield unknown(name, 'The positions are in PostgreSQL.', 'See above.')
  const waitMs = kafka.connectTimeoutMs + kafka.requestTimeoutMs
  let why = ''
  const onFailed = (fault: Fault): void => {
    why = `${fault.code}: ${fault.message}`
  }
  const log = await new EndOffsets({ cluster: kafka, topic: kafka.topic, onFailed, waitMs }).read()
  if (log === null)
    return yield unknown(name, why, 'A leader of a partition does not answer: see the brokers.')
  if (positions.length === 0)
    return yield ok(name, 'Nothing is booked yet: each partition starts at its earliest message.')
  const wrong = positions.flatMap((position) => wrongPosition(position, log))
  for (const check of wrong) yield { ...check, name }
  const lag = log.reduce((sum, ends) => sum + lagOf(ends, positions), 0)
  const detail = `${lag} messages of ${log.length} partitions are not booked yet.`
  if (wrong.length > 0) return undefined
  return yield lag < longLag
    ? ok('kafka.lag', detail)
    : warning('kafka.lag', detail, 'Is bincard serve running? If it is behind all the time: docs/scaling.md.')
}

function lagOf({ partition, earliest, latest }: LogEnds, positions: readonly BookedPosition[]): number {
  const booked = positions.find((position) => position.partition === partition)
  return Math.max(0, latest - (booked?.nextOffset ?? earliest))
}

function wrongPosition({ partition, topicId, nextOffset }: BookedPosition, log: readonly LogEnds[]): Check[] {
  const ends = log.find((one) => one.partition === partition)
  if (ends === undefined && nextOffset === 0) return []
  if (ends === undefined)
    return [
      failed(
        '',
        `Partition ${partition} is booked, and the topic has no such partition.`,
        'Is KAFKA_TOPIC right?',
      ),
    ]
  const cure = `Find out what became of the log; then bincard position set ${partition} … --reason …, and restart the process.`
  if (ends.topicId !== topicId)
    return [
      failed('', `Partition ${partition} is booked of another topic of this name: it was made anew.`, cure),
    ]
  if (nextOffset < ends.earliest || nextOffset > ends.latest)
    return [
      failed(
        '',
        `Partition ${partition} is booked up to ${nextOffset}; the log holds ${ends.earliest} to ${ends.latest}.`,
        cure,
      ),
    ]
  return []
}
