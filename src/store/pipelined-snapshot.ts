/**
 * A snapshot in as few round trips as its questions allow: `begin` leaves with the first of them, the end with the last.
 */
import type { Queryable } from './database.ts'

/** A connection on which statements are sent without waiting for the answers to those before them. */
export interface PipelinedSession extends Queryable {
  /** It can no longer be trusted. */
  readonly broken: boolean
}

/** All that `work` reads is of one moment. */
export async function readSnapshot<Result>(
  session: PipelinedSession,
  begin: string,
  work: (session: Queryable) => Promise<Result>,
): Promise<Result> {
  const sent = { begin: watched(session.query(begin)), end: null as Promise<unknown> | null }
  const reader: Queryable = {
    query: async <Row>(...[text, values, options]: Parameters<Queryable['query']>): Promise<Row[]> => {
      if (sent.end !== null) throw new Error('a snapshot was asked again after its last question')
      if (options?.isLast !== true) return await session.query<Row>(text, values, options)
      const answer = session.query<Row>(text, values, options)
      sent.end = watched(session.query('commit'))
      return await answer
    },
  }
  try {
    const result = await work(reader)
    await sent.begin
    await (sent.end ?? session.query('commit'))
    return result
  } catch (error) {
    // Should the rollback fail, too, the connection is dropped; what went wrong first is what counts.
    if (!session.broken) await (sent.end ?? session.query('rollback')).catch(() => undefined)
    throw error
  }
}

/** Waited for later, maybe never: its failure is also that of what was sent behind it. */
function watched<Answer>(answer: Promise<Answer>): Promise<Answer> {
  answer.catch(() => undefined)
  return answer
}
