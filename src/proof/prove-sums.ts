/** The sums over everything: nothing came from nowhere, nothing went nowhere, and the kept totals are the counted ones. */
import type { Finding } from './finding.ts'

/** Pieces; beyond 2^53 where the ledgers are large. */
export interface Goods {
  /** What the changes of all lines come to. */
  readonly onCards: bigint
  /** Departed minus arrived, held departures among them. */
  readonly inTransit: bigint
  readonly held: bigint
  /** What the cards began with. */
  readonly opened: bigint
}

/** All of one moment. */
export interface Sums {
  readonly goods: Goods
  /** Totals by their names: what can be counted, and what is kept beside the positions. */
  readonly counted: Readonly<Record<string, number>>
  readonly kept: Readonly<Record<string, number>>
}

export function proveSums({ goods, counted, kept }: Sums): Finding[] {
  const findings: Finding[] = []
  const { onCards, inTransit, held, opened } = goods
  if (onCards + inTransit !== held + opened) {
    const detail = `${onCards} on the cards and ${inTransit} under way are not ${held} held and ${opened} of opening stock.`
    findings.push({ code: 'goods_unaccounted', detail })
  }
  for (const [name, count] of Object.entries(counted)) {
    if (kept[name] === count) continue
    findings.push({
      code: 'total_wrong',
      detail: `${name} is kept as ${kept[name]}; ${count} can be counted.`,
    })
  }
  return findings
}
