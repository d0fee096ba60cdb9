import type { CardKey } from '../message/event.ts'

/** The first field: a later form can be told from this one. */
const version = 'card1'
const lineNumber = /^[1-9][0-9]{0,15}$/

/**
 * Where the next page of a card starts, as opaque text for URLs. It names the card and the number of a line, and lines
 * never change: so it stays true while new lines come, and it does not expire.
 */
export function encodeCursor({ warehouseId, productId }: CardKey, before: number): string {
  return Buffer.from([version, warehouseId, productId, before].join(':')).toString('base64url')
}

/** The number that the next page's lines are below; null for a text that is no cursor of this card. */
export function decodeCursor(card: CardKey, cursor: string): number | null {
  const number = Buffer.from(cursor, 'base64url').toString().split(':').at(-1) ?? ''
  if (!lineNumber.test(number)) return null
  const before = Number(number)
  // Written anew it must be the same text: that covers version, card and every sloppy spelling at once.
  return Number.isSafeInteger(before) && encodeCursor(card, before) === cursor ? before : null
}
