/** One transaction each that tells some of what waits: the lines of the cards, or the dead letters. */
import { Fault } from '../fault.ts'
import type { NewMessage, Producer } from '../kafka/producer.ts'
import type { Database } from '../store/database.ts'
import {
  lockOutbox,
  readWaitingLetters,
  readWaitingLines,
  removeWaitingLetters,
  removeWaitingLines,
  type DeadLetter,
} from '../store/read-outbox.ts'
import { deadLetterMarks, valueLeftOut } from './dead-letter.ts'
import { lineMessage } from './line-event.ts'

/** Rows, each of one batch, and lines that are told in one transaction: some 2 MB of messages. */
const rowsAtOnce = 200
const linesAtOnce = 4000
/** Each of them may be as large as a message can be. */
const lettersAtOnce = 16

/** The lines of a card have one key, and so one partition, in their order. Null if none wait, or another process tells. */
export async function tellLines(
  database: Database,
  producer: Pick<Producer, 'produce'>,
): Promise<number | null> {
  return await database.transaction(async (session) => {
    if (!(await lockOutbox(session, 'lines'))) return null
    const { ids, lines } = await readWaitingLines(session, { limit: rowsAtOnce, linesAtMost: linesAtOnce })
    if (ids.length === 0) return null
    await producer.produce(
      lines.map((line): NewMessage => ({ ...lineMessage(line), headers: structured })),
      null,
    )
    await removeWaitingLines(session, ids)
    return lines.length
  })
}

/** The same for dead letters. */
export async function tellDeadLetters(
  database: Database,
  producer: Pick<Producer, 'produce'>,
): Promise<number | null> {
  return await database.transaction(async (session) => {
    if (!(await lockOutbox(session, 'deadLetters'))) return null
    const letters = await readWaitingLetters(session, lettersAtOnce)
    if (letters.length === 0) return null
    for (const letter of letters) await tellLetter(producer, letter)
    await removeWaitingLetters(
      session,
      letters.map(({ quarantineId }) => quarantineId),
    )
    return letters.length
  })
}

/** One that the topic does not take, being larger than it was, goes without its value: that is in quarantine. */
async function tellLetter(producer: Pick<Producer, 'produce'>, letter: DeadLetter): Promise<void> {
  const marks = deadLetterMarks(letter)
  try {
    await producer.produce([{ ...letter, marks }], null)
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'refused') throw error
    const bare = { ...letter, value: null, headers: [], marks: [...marks, valueLeftOut] }
    await producer.produce([bare], null)
  }
}

const structured = [
  { name: Buffer.from('content-type'), value: Buffer.from('application/cloudevents+json; charset=UTF-8') },
]
