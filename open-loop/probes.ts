/**
 * How long until a message that was due to be sent can be read. For every so many messages of the load one reader asks
 * `GET /api/movements/{movement_id}?after=PARTITION:OFFSET`, which waits for the booking of that very message and then
 * reads the ledgers. That is how the service offers to read what one has just sent, and costs one request; asking again
 * and again would be as exact as it is frequent, and, behind a lag of seconds, the heavier part of the load.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { BincardProblem, type Client } from '../src/client/client.ts'
import { createLatencies, type Percentiles } from './latencies.ts'
import type { Clock } from './pace.ts'

export interface Probe {
  readonly movementId: string
  readonly partition: number
  readonly offset: number
  /** By the clock, when the message was due to be sent. */
  readonly dueAt: number
}

export interface ProbeResult {
  readonly visible: Percentiles
  /** Those that no read showed, by reason. */
  readonly unseen: Readonly<Record<string, number>>
}

export interface Probes {
  look(probe: Probe): void
  /** Waits for all. */
  settle(): Promise<ProbeResult>
}

/** Beyond the time in which any overload here is worked off. */
const waitLimitMs = 240_000
const againMs = 50

export function createProbes({ client, clock }: { readonly client: Client; readonly clock: Clock }): Probes {
  const latencies = createLatencies()
  const open = new Set<Promise<void>>()
  const unseen: Record<string, number> = {}

  const isShown = async ({ movementId, partition, offset }: Probe): Promise<boolean> => {
    const { events } = await client.getMovement({ movement_id: movementId, after: `${partition}:${offset}` })
    return events.some((event) => event.partition === partition && event.offset === offset)
  }
  /** Null once it is seen, else why it is not. */
  const follow = async (probe: Probe): Promise<string | null> => {
    while (clock.now() - probe.dueAt < waitLimitMs) {
      try {
        if (!(await isShown(probe))) return 'answered without it'
        latencies.record(clock.now() - probe.dueAt)
        return null
      } catch (error) {
        if (!(error instanceof BincardProblem)) return String(error)
        // There are others before it; or the service has more to do than it can, and says so. The reader's time goes on.
        if (error.status !== 503 && error.code !== 'not_yet_booked') return error.code
        await sleep(againMs)
      }
    }
    return 'not in time'
  }
  const count = async (probe: Probe): Promise<void> => {
    const reason = await follow(probe)
    if (reason !== null) unseen[reason] = (unseen[reason] ?? 0) + 1
  }
  return {
    look(probe) {
      const followed = count(probe).finally(() => open.delete(followed))
      open.add(followed)
    },
    async settle() {
      while (open.size > 0) await Promise.all(open)
      return { visible: latencies.percentiles(), unseen }
    },
  }
}
