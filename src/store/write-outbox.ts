import { cardId, type NewLine } from '../booking/ledger.ts'
import type { CardKey } from '../message/event.ts'
import { int8Array, uuidArray } from './binary-array.ts'
import type { Session } from './database.ts'

/** What is told to other topics. */
export interface OutboxContent {
  /** Each line of a card. */
  readonly lines: boolean
  /** Each message that goes into quarantine. */
  readonly deadLetters: boolean
}

export const nothingTold: OutboxContent = { lines: false, deadLetters: false }

/** The lines of one card that one batch wrote. */
export interface LineSpan extends CardKey {
  readonly first: number
  readonly last: number
}

/**
 * Notes what a batch has to tell, in the transaction that books it: it is told if that commits, and only then. Call with the
 * warehouses locked (see the migration).
 */
export async function writeOutbox(
  session: Session,
  content: OutboxContent,
  { lines, quarantineIds }: { readonly lines: readonly NewLine[]; readonly quarantineIds: readonly number[] },
): Promise<void> {
  const spans = content.lines ? spansOf(lines) : []
  if (spans.length > 0) {
    await session.query(
      `insert into outbox_lines (warehouse_ids, product_ids, first_lines, last_lines)
       values ($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[])`,
      [
        uuidArray(spans.map(({ warehouseId }) => warehouseId)),
        uuidArray(spans.map(({ productId }) => productId)),
        int8Array(spans.map(({ first }) => first)),
        int8Array(spans.map(({ last }) => last)),
      ],
      { name: 'write_outbox_lines' },
    )
  }
  if (content.deadLetters && quarantineIds.length > 0) {
    await session.query('insert into outbox_dead_letter (quarantine_id) select * from unnest($1::bigint[])', [
      int8Array(quarantineIds),
    ])
  }
}

/** A batch appends to a card without a gap, so that its first and last line tell all of them. */
function spansOf(lines: readonly NewLine[]): LineSpan[] {
  const spans = new Map<string, CardKey & { first: number; last: number }>()
  for (const { warehouseId, productId, line } of lines) {
    const id = cardId({ warehouseId, productId })
    const span = spans.get(id)
    if (span === undefined) spans.set(id, { warehouseId, productId, first: line, last: line })
    else {
      span.first = Math.min(span.first, line)
      span.last = Math.max(span.last, line)
    }
  }
  return [...spans.values()]
}
