import {
  noCounts,
  type BatchChanges,
  type BookedLine,
  type ChangeCounts,
  type ChangeKind,
  type HeldLeg,
} from '../booking/changes.ts'
import { cardId, pairId, type NewLine, type Release } from '../booking/ledger.ts'
import type { CardKey, Micros, MovementEvent, WarehouseId } from '../message/event.ts'
import type { DecidedBatch } from './batch.ts'

/** What an account of a batch tells at most: some 20 KB, beside the 2 MB that 5,000 events write. */
const mostWarehouses = 100
const mostCards = 50
const mostLines = 50

/**
 * A bounded account of what a batch changes. Its lists begin with the newest. Its counts are exact, but for those of cards
 * once a card is left out.
 */
export function summariseBatch({ batch, warehouses, decision, outcomes }: DecidedBatch): BatchChanges {
  const totals = new Counts()
  const ofWarehouses = new Map<WarehouseId, Counts>()
  const ofCards = new Map<string, CardKey & { readonly tally: Counts }>()
  let isCardLeftOut = false
  const count = (kind: ChangeKind, { warehouseId, productId }: CardKey): void => {
    countFor(ofWarehouses, warehouseId).add(kind)
    // Once one is left out, all that can be said is that there are more: a large batch need not look on.
    if (isCardLeftOut) return
    const id = cardId({ warehouseId, productId })
    const card = ofCards.get(id)
    if (card !== undefined) card.tally.add(kind)
    else if (ofCards.size < mostCards) ofCards.set(id, { warehouseId, productId, tally: new Counts(kind) })
    else isCardLeftOut = true
  }
  // Backwards: the newest cards are those that are kept.
  for (let index = batch.items.length - 1; index >= 0; index -= 1) {
    const outcome = outcomes[index]
    const decoded = batch.items[index]?.decoded
    if (outcome === undefined || decoded === undefined) continue
    const kind = typeof outcome === 'string' ? outcome : 'quarantined'
    totals.add(kind)
    if (decoded.kind !== 'rejected') count(kind, decoded)
  }
  const releases = releasesById(decision.releases)
  const isRelease = (line: NewLine): boolean => line.leg === 0 && releases.has(pairId(line))
  if (releases.size > 0) {
    for (const line of decision.lines.filter(isRelease)) {
      totals.add('released')
      count('released', line)
    }
  }

  const recordedAt = (warehouseId: WarehouseId): Micros => recordedIn(warehouses, warehouseId)
  const held = decision.legs.filter(({ line }) => line === null)
  return {
    counts: totals.counts,
    warehouses: [...ofWarehouses]
      .slice(0, mostWarehouses)
      .map(([warehouseId, { counts }]) => ({ warehouseId, counts })),
    cards: [...ofCards.values()].map(({ tally, ...key }) => ({ ...key, counts: tally.counts })),
    lines: newest(decision.lines).map((line): BookedLine => {
      const { warehouseId, productId, movementId, leg, change, balance, occurredAt } = line
      const kind: MovementEvent['kind'] = leg === 0 ? 'departure' : 'arrival'
      const key = { warehouseId, productId, movementId, kind, line: line.line }
      const isReleased = isRelease(line)
      return { ...key, change, balance, isReleased, occurredAt, recordedAt: recordedAt(warehouseId) }
    }),
    held: newest(held).map(({ warehouseId, productId, movementId, quantity, occurredAt }): HeldLeg => ({
      warehouseId,
      productId,
      movementId,
      quantity,
      occurredAt,
      recordedAt: recordedAt(warehouseId),
    })),
    isCut: {
      warehouses: ofWarehouses.size > mostWarehouses,
      cards: isCardLeftOut,
      lines: decision.lines.length > mostLines || held.length > mostLines,
    },
  }
}

/** Counts while they grow. */
class Counts {
  readonly #counts: Record<ChangeKind, number> = { ...noCounts }

  constructor(first?: ChangeKind) {
    if (first !== undefined) this.add(first)
  }

  add(kind: ChangeKind): void {
    this.#counts[kind] += 1
  }

  get counts(): ChangeCounts {
    return this.#counts
  }
}

function countFor<Key>(map: Map<Key, Counts>, key: Key): Counts {
  const found = map.get(key)
  if (found !== undefined) return found
  const fresh = new Counts()
  map.set(key, fresh)
  return fresh
}

function newest<Item>(items: readonly Item[]): Item[] {
  return items.slice(-mostLines).toReversed()
}

function releasesById(releases: readonly Release[]): Set<string> {
  return new Set(releases.map((release) => pairId(release)))
}

function recordedIn(warehouses: DecidedBatch['warehouses'], warehouseId: WarehouseId): Micros {
  const warehouse = warehouses.get(warehouseId)
  if (warehouse === undefined) throw new RangeError('a change in a warehouse that was not taken')
  return warehouse.recordedAt
}
