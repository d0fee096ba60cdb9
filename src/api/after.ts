/**
 * Reading what one has just written: `?after=PARTITION:OFFSET` on a read waits until that message is booked, then reads.
 * A route that offers it takes three things from here: `afterQuery`, `problemsOfAfter` and `waitsForAfter`.
 */
import { Type } from 'typebox'
import type { Place } from '../store/booked-positions.ts'
import type { ApiDependencies } from './dependencies.ts'
import { parameterProblem, queryParameters } from './parameters.ts'
import type { Problem } from './problems.ts'
import { refuseWhere } from './refuse.ts'

/** For the `querystring` of the route. */
export const afterQuery = { after: Type.Optional(queryParameters.after.schema) }

/** What the route may answer because of it. */
export const problemsOfAfter: readonly Problem[] = [
  parameterProblem('after'),
  partitionUnknown(7),
  notYetBooked({ partition: 0, nextOffset: 17 }),
]

/** For the options of the route: a hook that runs before its handler, within the time that any answer has. */
export function waitsForAfter(deps: ApiDependencies) {
  return {
    preHandler: refuseWhere((request) => {
      const { after } = request.query as { readonly after?: string }
      return after === undefined ? null : waitUntilBooked(deps, after)
    }),
  }
}

/** Null once the message is booked; else what is answered in place of the read. */
async function waitUntilBooked(
  { positions, countPartitions, limits }: ApiDependencies,
  after: string,
): Promise<Problem | null> {
  const place = parsePlace(after)
  const isTaken = (await positions.read()).some(({ partition }) => partition === place.partition)
  if (!isTaken && (await isUnknown(place.partition, countPartitions)))
    return partitionUnknown(place.partition)
  if (await positions.wait([place], limits.bookingWaitMs)) return null
  const booked = (await positions.read()).find(({ partition }) => partition === place.partition)
  return notYetBooked(booked ?? { ...place, nextOffset: 0 })
}

/** The schema lets through as many digits as a number holds exactly. */
function parsePlace(text: string): Place {
  const [partition = 0, offset = 0] = text.split(':').map(Number)
  return { partition, offset }
}

/** Only Kafka knows; while it is away, nothing is said to be unknown. */
async function isUnknown(
  partition: number,
  countPartitions: ApiDependencies['countPartitions'],
): Promise<boolean> {
  const count = await countPartitions()
  return count !== null && partition >= count
}

function partitionUnknown(partition: number): Problem {
  return { code: 'partition_unknown', detail: `The topic has no partition ${partition}.` }
}

function notYetBooked({ partition, nextOffset }: { partition: number; nextOffset: number }): Problem {
  const detail = `Of partition ${partition}, all messages before offset ${nextOffset} are booked.`
  return { code: 'not_yet_booked', detail }
}
