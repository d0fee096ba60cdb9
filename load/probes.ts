/**
 * How long until a message that was due to be sent can be read. For every so many messages of the load one reader asks
 * `GET /api/movements/{movement_id}?after=PARTITION:OFFSET`, which waits for the booking of that very message and then
 * reads the ledgers. That is how the service offers to read what one has just sent, and costs one request; asking again
 * and again would be as exact as it is frequent, and, behind a lag of seconds, the heavier part of the load.
 */
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
  /** Could not be read for another reason than waiting, or not within the limit. */
  readonly unseen: number
}

/** Beyond the time in which any overload here is worked off. */
const waitLimitMs = 240_000

export interface Probes {
  look(probe: Probe): void
  /** Waits for all. */
  settle(): Promise<ProbeResult>
}

export function createProbes({ client, clock }: { readonly client: Client; readonly clock: Clock }): Probes {
  const latencies = createLatencies()
  const open = new Set<Promise<void>>()
  let unseen = 0

  const isShown = async ({ movementId, partition, offset }: Probe): Promise<boolean> => {
    const args = { movement_id: movementId, after: `${partition}:${offset}` }
    const { events } = await client.getMovement(args)
    return events.some((event) => event.partition === partition && event.offset === offset)
  }
  const follow = async (probe: Probe): Promise<void> => {
    while (clock.now() - probe.dueAt < waitLimitMs) {
      try {
        if (!(await isShown(probe))) break
        latencies.record(clock.now() - probe.dueAt)
        return
      } catch (error) {
        // The service waits 1.5 s at most for a booking, then says so: there are others before it.
        if (!(error instanceof BincardProblem && error.code === 'not_yet_booked')) break
      }
    }
    unseen += 1
  }
  return {
    look(probe) {
      const followed = follow(probe)
      open.add(followed)
      void followed.finally(() => open.delete(followed))
    },
    async settle() {
      while (open.size > 0) await Promise.all(open)
      return { visible: latencies.percentiles(), unseen }
    },
  }
}
