/** So many processes in one group eat a topic of so many partitions. */
export interface Layout {
  readonly replicas: number
  readonly partitions: number
}

/** Each number of replicas on the most partitions, and one replica on each number of partitions. */
export function layoutsOf(given: {
  readonly replicas: readonly number[]
  readonly partitions: readonly number[]
}): Layout[] {
  const most = Math.max(...given.partitions)
  const layouts = [
    ...given.replicas.map((replicas) => ({ replicas, partitions: most })),
    ...given.partitions.map((partitions) => ({ replicas: 1, partitions })),
  ]
  return [...new Map(layouts.map((layout) => [nameOf(layout), layout])).values()]
}

export function nameOf({ replicas, partitions }: Layout): string {
  const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
  return `${plural(replicas, 'replica')}, ${plural(partitions, 'partition')}`
}

/** The partitions that each member of the group has. */
export type Shares = readonly number[]

/** All members are there, all partitions are given out, and nobody has two more than another. */
export function isShared(shares: Shares, { replicas, partitions }: Layout): boolean {
  const given = shares.reduce((sum, share) => sum + share, 0)
  return shares.length === replicas && given === partitions && Math.max(...shares) - Math.min(...shares) <= 1
}

/** What each replica may write at once, where all together are to write so many; one at least. */
export function batchesOfEach(batchesAtOnce: number, { replicas }: Layout): number {
  return Math.max(1, Math.floor(batchesAtOnce / replicas))
}
