/**
 * A load balancer as one stands in front of replicas: it asks each of them once a second whether it is ready, keeps
 * connections alive, and sends a request only to a replica whose last word was yes, and is not old. It tries nothing twice.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import type { Owner } from './environment.ts'
import type { ServiceProcess } from './service-process.ts'

export interface BalancedRequest {
  readonly method?: 'GET' | 'POST'
  readonly contentType?: string
  readonly body?: string
}

export interface Balancer {
  /** The status of the answer, and its body; 0 if the request was dropped. */
  send(path: string, options?: BalancedRequest): Promise<{ readonly status: number; readonly text: string }>
  /** Answers by status. */
  readonly statuses: ReadonlyMap<number, number>
  /** Why requests got no answer. */
  readonly dropped: readonly string[]
}

const askEveryMs = 1000
/** A question, its answer, and the time until the next question. */
const believedMs = 1500
const answerLimitMs = 30_000

export function startBalancer(owner: Owner, replicas: () => readonly ServiceProcess[]): Balancer {
  const over = new AbortController()
  /** When those were asked that said yes. */
  const readySince = new Map<ServiceProcess, number>()
  const statuses = new Map<number, number>()
  const dropped: string[] = []
  const agent = new Agent({ headersTimeout: answerLimitMs, bodyTimeout: answerLimitMs })
  const checks = new Agent()
  let turn = 0

  const check = async (replica: ServiceProcess): Promise<void> => {
    const askedMs = performance.now()
    try {
      const url = `http://127.0.0.1:${replica.port}/health/serving`
      const answer = await request(url, { dispatcher: checks, headersTimeout: askEveryMs })
      await answer.body.dump()
      if (answer.statusCode === 200) readySince.set(replica, askedMs)
      else readySince.delete(replica)
    } catch {
      readySince.delete(replica)
    }
  }
  const checking = (async () => {
    while (!over.signal.aborted) {
      const nextMs = performance.now() + askEveryMs
      await Promise.all(replicas().map(check))
      await sleep(Math.max(0, nextMs - performance.now()))
    }
  })()
  const choose = async (): Promise<ServiceProcess> => {
    for (;;) {
      const all = replicas()
      const isReady = (replica: ServiceProcess): boolean =>
        performance.now() - (readySince.get(replica) ?? -Infinity) < believedMs
      for (let tried = 0; tried < all.length; tried += 1) {
        const replica = all[turn++ % all.length]
        if (replica !== undefined && isReady(replica)) return replica
      }
      await sleep(20)
    }
  }
  owner.after(async () => {
    over.abort()
    await checking
    await Promise.all([agent.destroy(), checks.destroy()])
  })
  return {
    statuses,
    dropped,
    send: async (path, { method = 'GET', contentType, body } = {}) => {
      const replica = await choose()
      const url = `http://127.0.0.1:${replica.port}${path}`
      try {
        const answer = await request(url, {
          dispatcher: agent,
          method,
          ...(contentType === undefined ? {} : { headers: { 'content-type': contentType } }),
          ...(body === undefined ? {} : { body }),
        })
        const text = await answer.body.text()
        statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1)
        return { status: answer.statusCode, text }
      } catch (error) {
        dropped.push(`${method} ${path} at ${replica.pid}: ${String(error)}`)
        return { status: 0, text: '' }
      }
    },
  }
}
