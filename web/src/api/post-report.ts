/**
 * One report, sent to the service or rehearsed there. That it cannot be understood is an outcome like the others,
 * though the API answers it as a problem.
 */
import {
  BincardProblem,
  type Client,
  type EventOutcome,
  type MovementMessage,
} from '../../../src/client/client.ts'

export type ReportOutcome = Pick<EventOutcome, 'outcome' | 'detail' | 'field'>

interface Posting {
  readonly message: MovementMessage
  /** Nothing is taken; the outcome is what would become of it. */
  readonly isRehearsal: boolean
}

/** @throws what the client throws, but for a message that is rejected */
export async function postReport(client: Client, { message, isRehearsal }: Posting): Promise<ReportOutcome> {
  try {
    const { outcomes } = await client.postEvents({
      body: message,
      mediaType: 'application/cloudevents+json',
      ...(isRehearsal ? { dry_run: true } : {}),
    })
    const [outcome] = outcomes
    if (outcome === undefined) throw new Error('The service answered without an outcome.')
    return outcome
  } catch (error) {
    const rejection = error instanceof BincardProblem ? error.problem.rejections?.[0] : undefined
    if (rejection === undefined) throw error
    return { outcome: 'rejected', detail: rejection.detail, field: rejection.field }
  }
}
