/** A report as it stands in the form, what is wrong with it, and the message that it becomes. */
import type { MovementMessage } from '../../../../src/client/client.ts'
import { fromLocal } from '../../parts/local-time.ts'
import { isId, readId } from '../../parts/read-id.ts'

export interface ReportDraft {
  readonly event: 'arrival' | 'departure'
  readonly warehouse: string
  readonly source: string
  readonly product: string
  readonly movement: string
  readonly quantity: number | string
  /** By the clock on the wall. */
  readonly time: string
}

export type DraftFault = 'malformedId' | 'malformedQuantity' | 'malformedTime' | 'sourceMissing'
export type DraftFaults = Partial<Record<keyof ReportDraft, DraftFault>>

/** Nothing came is an arrival; nothing left is nothing. */
export function leastQuantity(event: ReportDraft['event']): number {
  return event === 'departure' ? 1 : 0
}

export function faultsOf(draft: ReportDraft): DraftFaults {
  const { quantity } = draft
  const isWhole = typeof quantity === 'number' && Number.isSafeInteger(quantity)
  return {
    ...(isId(draft.warehouse) ? {} : { warehouse: 'malformedId' }),
    ...(isId(draft.product) ? {} : { product: 'malformedId' }),
    ...(isId(draft.movement) ? {} : { movement: 'malformedId' }),
    ...(draft.source.trim() === '' || draft.source.length > 255 ? { source: 'sourceMissing' } : {}),
    ...(isWhole && quantity >= leastQuantity(draft.event) ? {} : { quantity: 'malformedQuantity' }),
    ...(fromLocal(draft.time) === undefined ? { time: 'malformedTime' } : {}),
  }
}

/** Of a draft without faults. `id`: of the message. */
export function messageOf(draft: ReportDraft, id: string): MovementMessage {
  const { event, source } = draft
  return {
    specversion: '1.0',
    type: 'ru.retail.warehouses.movement',
    id,
    source: source.trim(),
    subject: `${source.trim()}:${event.toUpperCase()}`,
    data: {
      event,
      movement_id: readId(draft.movement),
      warehouse_id: readId(draft.warehouse),
      product_id: readId(draft.product),
      timestamp: fromLocal(draft.time) ?? '',
      quantity: Number(draft.quantity),
    },
  }
}

/** The report of the other warehouse about the same goods. */
export function otherSideOf(draft: ReportDraft): ReportDraft {
  return { ...draft, event: draft.event === 'arrival' ? 'departure' : 'arrival', warehouse: '', source: '' }
}

/** Three reports that show what a card is: goods come, some of them leave, and come to another warehouse. */
export function storyOf(newId: () => string, time: string): readonly [ReportDraft, ReportDraft, ReportDraft] {
  const [product, supply, movement] = [newId(), newId(), newId()]
  const first = { warehouse: newId(), source: 'WH-0001' }
  const second = { warehouse: newId(), source: 'WH-0002' }
  return [
    { event: 'arrival', ...first, product, movement: supply, quantity: 100, time },
    { event: 'departure', ...first, product, movement, quantity: 40, time },
    { event: 'arrival', ...second, product, movement, quantity: 38, time },
  ]
}
