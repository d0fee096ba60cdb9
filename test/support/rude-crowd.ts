/** All rude clients at once, in a thread of their own: whoever measures how others fare is not busy with them. */
import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { once } from 'node:events'
import type { Owner } from './environment.ts'
import { openIdleStreams, sendBody, writeSlowly, type Status } from './rude-clients.ts'

export interface Crowd {
  readonly port: number
  /** Clients that write a byte every half second and never end. */
  readonly slow: number
  /** Clients that open a stream and do not read it. */
  readonly streams: number
  /** Sent together, again and again, until the slow ones have been turned away. */
  readonly bodies: readonly { readonly path: string; readonly bytes: number; readonly tellsLength: boolean }[]
  readonly betweenBodiesMs: number
}

/** What each of them was answered. */
export interface CrowdAnswers {
  readonly slow: readonly Status[]
  readonly streams: readonly Status[]
  readonly bodies: readonly Status[]
  /** Until the last of the slow ones was turned away. */
  readonly slowMs: number
}

const slowWriteMs = 500

/** Resolves when the slow ones have been turned away. The idle ones are gone then, too. */
export async function sendCrowd(owner: Owner, crowd: Crowd): Promise<CrowdAnswers> {
  const thread = new Worker(new URL(import.meta.url), { workerData: crowd })
  owner.after(async () => void (await thread.terminate()))
  const [answers] = (await once(thread, 'message')) as [CrowdAnswers]
  await thread.terminate()
  return answers
}

async function beRude({ port, slow, streams, bodies, betweenBodiesMs }: Crowd): Promise<CrowdAnswers> {
  // The thread's end is theirs.
  const owner: Owner = { after: () => undefined }
  const idle = await openIdleStreams(owner, port, streams)
  const startedMs = performance.now()
  const slowOnesEnded = new AbortController()
  const writing = writeSlowly(owner, port, { clients: slow, everyMs: slowWriteMs }).then((answers) => {
    slowOnesEnded.abort()
    return { answers, slowMs: performance.now() - startedMs }
  })
  const statuses: Status[] = []
  while (!slowOnesEnded.signal.aborted) {
    statuses.push(...(await Promise.all(bodies.map((body) => sendBody(port, body)))))
    await sleep(betweenBodiesMs)
  }
  const { answers, slowMs } = await writing
  return { slow: answers, streams: idle.statuses, bodies: statuses, slowMs }
}

if (!isMainThread) parentPort?.postMessage(await beRude(workerData as Crowd))
