/** From which age on something is late, by the settings of the service. */
import { useQuery } from '@tanstack/react-query'
import type { Overview } from '../../../../src/client/client.ts'
import { useApi } from '../../api/api.tsx'
import { overviewOf } from '../../api/queries.ts'

/** Before it is known nothing is late. */
const notYetKnown = { transit_seconds: Number.POSITIVE_INFINITY, held_seconds: Number.POSITIVE_INFINITY }

export function useOverdue(): Overview['overdue'] {
  const { client } = useApi()
  return useQuery(overviewOf(client)).data?.overdue ?? notYetKnown
}
