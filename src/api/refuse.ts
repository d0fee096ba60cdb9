import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import { sendProblem } from './problem-answer.ts'
import type { Problem } from './problems.ts'

/**
 * A hook that answers in place of the route if the request has a problem. What can be said at once is said without a
 * promise: one for each hook made up a tenth of the answer when a page was at hand.
 */
export function refuseWhere(
  findProblem: (request: FastifyRequest) => Problem | null | Promise<Problem | null>,
) {
  return (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void => {
    const goOn = (problem: Problem | null): void => {
      if (problem === null) done()
      else sendProblem(request, reply, problem)
    }
    const found = findProblem(request)
    if (found instanceof Promise) void found.then(goOn, done)
    else goOn(found)
  }
}
