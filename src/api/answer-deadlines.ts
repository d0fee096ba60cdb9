/**
 * Gives up answers that are not ready in time. Fastify's own `handlerTimeout` makes a timer and an abort signal for each
 * request, which cost more than finding a page that is at hand; here one timer looks after all of them.
 */
import { errorCodes, type FastifyInstance, type FastifyReply } from 'fastify'
import type { OldestWait } from '../waits.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For a route whose answers take longer than others. */
    readonly answerTimeoutMs?: number
  }
}

/** So much later than its time an answer may be given up. */
const lookEveryMs = 25

/**
 * For all requests from now on, from the moment when all of the request is here: how long a client may take to send it is
 * another limit, and another answer.
 */
export function giveUpLateAnswers(
  app: FastifyInstance,
  { answerTimeoutMs, deadlines }: { answerTimeoutMs: number; deadlines: AnswerDeadlines },
): void {
  app.addHook('preValidation', (request, reply, done) => {
    deadlines.begin(reply, request.routeOptions.config.answerTimeoutMs ?? answerTimeoutMs)
    done()
  })
  app.addHook('onResponse', (_request, reply, done) => {
    deadlines.end(reply)
    done()
  })
}

export class AnswerDeadlines implements OldestWait {
  /** When each of the answers is due, as `performance.now()` counts, the earliest begun first. One whose client has gone leaves when it is due. */
  readonly #due = new Map<FastifyReply, { readonly dueAtMs: number; readonly limitMs: number }>()
  #looking: NodeJS.Timeout | null = null

  begin(reply: FastifyReply, limitMs: number): void {
    this.#due.set(reply, { dueAtMs: performance.now() + limitMs, limitMs })
    this.#looking ??= setInterval(() => this.#look(), lookEveryMs).unref()
  }

  end(reply: FastifyReply): void {
    this.#due.delete(reply)
  }

  oldestMs(): number {
    const [oldest] = this.#due.values()
    return oldest === undefined ? 0 : performance.now() - oldest.dueAtMs + oldest.limitMs
  }

  #look(): void {
    const nowMs = performance.now()
    for (const [reply, { dueAtMs }] of this.#due) {
      if (dueAtMs > nowMs) continue
      this.#due.delete(reply)
      giveUp(reply)
    }
    if (this.#due.size > 0 || this.#looking === null) return
    clearInterval(this.#looking)
    this.#looking = null
  }
}

function giveUp(reply: FastifyReply): void {
  // Answered, or somebody else's, or nobody waits for it any more.
  if (reply.sent || reply.raw.destroyed) return
  // Half an answer can only be cut.
  if (reply.raw.headersSent) reply.raw.destroy()
  else void reply.send(new errorCodes.FST_ERR_HANDLER_TIMEOUT())
}
