import type { LoadEvent, StreamShape } from './stream.ts'

/** What each card must say once all that was sent is booked: the other half of the books. Cards are numbered. */
export interface Sums {
  readonly quantities: Float64Array
  readonly lines: Uint32Array
  add(card: number, change: number): void
}

export function createSums({ warehouses, products }: StreamShape): Sums {
  const quantities = new Float64Array(warehouses * products)
  const lines = new Uint32Array(warehouses * products)
  return {
    quantities,
    lines,
    add(card, change) {
      quantities[card] = (quantities[card] ?? 0) + change
      lines[card] = (lines[card] ?? 0) + 1
    },
  }
}

export function cardOf({ warehouse, product }: LoadEvent, { products }: StreamShape): number {
  return warehouse * products + product
}

export function changeOf({ kind, quantity }: LoadEvent): number {
  return kind === 'arrival' ? quantity : -quantity
}

export interface CardFigures {
  readonly quantity: number
  readonly lines: number
}

export interface WrongCard {
  readonly card: number
  readonly expected: CardFigures
  readonly found: CardFigures
}

/** Every card on which a report was sent, against what the service says of it. */
export function compareBooks(
  { quantities, lines }: Sums,
  found: ReadonlyMap<number, CardFigures>,
): WrongCard[] {
  return touchedCards(lines).flatMap((card) => {
    const expected = { quantity: quantities[card] ?? 0, lines: lines[card] ?? 0 }
    const said = found.get(card) ?? { quantity: 0, lines: 0 }
    const isRight = said.quantity === expected.quantity && said.lines === expected.lines
    return isRight ? [] : [{ card, expected, found: said }]
  })
}

export function touchedCards(lines: Uint32Array): number[] {
  return Array.from(lines.keys()).filter((card) => (lines[card] ?? 0) > 0)
}
