import { randomUUID } from 'node:crypto'
import type { Part } from '../../stack/part.ts'
import { StackError } from '../../stack/stack-error.ts'
import { waitUntil } from '../../stack/wait.ts'
import { hasStored, rateOf, withClient, type Stored } from './peer-database.ts'
import { sinkSettings, type SinkOptions } from './sink-settings.ts'
import { failureOf } from './sink-status.ts'

/** The database is as `prepareDatabase` left it. */
export interface StoreTopicOptions extends SinkOptions {
  /** How many rows the topic makes: messages that differ in their movement or event. */
  readonly rows: number
  /** So many of them are not timed: code is compiled, connections are made, pages are in memory. */
  readonly warmRows: number
  readonly limitMs: number
  readonly signal: AbortSignal
}

const lookEveryMs = 100
/** For an answer of Connect: it makes and ends tasks before it gives one. */
const answerLimitMs = 30_000

/**
 * Has a sink of its own store a whole topic, from its beginning, and tells how fast. The worker stays: calls before the
 * one that counts warm it up, and that one may take the same topic and another database. One such call is not enough:
 * of three with 200,000 rows each the rates were 15,000, 25,000 and 34,000 a second.
 *
 * A refused batch is told late: the sink throws what went wrong when it is next given messages, or after the 60 s after
 * which Connect commits its offsets.
 *
 * @throws {StackError} with the worker's last words when the sink fails, the worker ends, or the limit passes
 */
export async function storeTopic(connect: Part, options: StoreTopicOptions): Promise<Stored> {
  try {
    return await runSink(connect, options)
  } catch (error) {
    if (!(error instanceof StackError)) throw error
    throw new StackError(`${error.message}\nThe last words of Kafka Connect:\n${connect.lastWords()}`)
  }
}

async function runSink(connect: Part, options: StoreTopicOptions): Promise<Stored> {
  const { topic, database, rows, warmRows, limitMs, signal } = options
  const name = `${topic}-${randomUUID()}`
  let hasEnded = false
  void connect.ended.then(() => (hasEnded = true))
  await ask(connect, signal, { method: 'PUT', path: `${name}/config`, body: sinkSettings(options) })
  try {
    return await withClient(database, async (client) => {
      const isDone = async (): Promise<boolean> => {
        if (hasEnded) throw new StackError('Kafka Connect ended.')
        const failure = failureOf(await ask(connect, signal, { method: 'GET', path: `${name}/status` }))
        if (failure !== undefined) throw new StackError(`The sink of Kafka Connect failed: ${failure}`)
        return await hasStored(client, rows)
      }
      const what = `The storing of ${rows} rows from ${topic} by Kafka Connect`
      await waitUntil(isDone, { what, limitMs, everyMs: lookEveryMs, signal })
      return await rateOf(client, warmRows)
    })
  } finally {
    if (!hasEnded) await ask(connect, signal, { method: 'DELETE', path: name })
  }
}

interface Request {
  readonly method: 'GET' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: Readonly<Record<string, string>>
}

/** The answer's JSON; nothing where there is none. */
async function ask(connect: Part, signal: AbortSignal, { method, path, body }: Request): Promise<unknown> {
  const what = `${method} /connectors/${path}`
  try {
    const answer = await fetch(`http://${connect.address}/connectors/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerLimitMs)]),
    })
    const text = await answer.text()
    if (!answer.ok) throw new StackError(`Kafka Connect answered ${what} by ${answer.status}: ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof StackError) throw error
    throw new StackError(`Kafka Connect did not answer ${what}: ${String(error)}`)
  }
}
