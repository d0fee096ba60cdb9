import type { Admin } from '@platformatic/kafka'
import type { Shares } from './layout.ts'

/** What each member of the group has of the topic; nothing while the group gives out anew. */
export async function readShares(admin: Admin, group: string, topic: string): Promise<Shares> {
  const described = (await admin.describeGroups({ groups: [group] })).get(group)
  // The broker writes `Stable`, whatever the client's types say.
  if (described?.state.toUpperCase() !== 'STABLE') return []
  return [...described.members.values()].map(
    ({ assignments }) => assignments?.get(topic)?.partitions.length ?? 0,
  )
}
