import { chanceOf } from './chance.ts'
import type { LoadStream } from './stream.ts'

/** At the highest rate, some seconds pass before one comes again. */
const paths = 100_000

/**
 * What readers ask: one half for the first page of a card, the other for a movement. Some things are asked for more often
 * than others, as in life: a quarter of the cards takes half of the questions, a hundredth takes a tenth, and so with
 * the movements.
 */
export function readPaths(
  { warehouseIds, productIds }: LoadStream,
  { movementIds, seed }: { readonly movementIds: readonly string[]; readonly seed: string },
): string[] {
  const chance = chanceOf(seed)
  const rank = (count: number): number => Math.floor(count * (chance.below(2 ** 32) / 2 ** 32) ** 2)
  return Array.from({ length: paths }, (_, index) => {
    if (index % 2 === 0) return `/api/movements/${movementIds[rank(movementIds.length)]}`
    const card = rank(warehouseIds.length * productIds.length)
    // Side by side in rank, far apart in place: the cards in demand are not all in one warehouse.
    const warehouse = warehouseIds[card % warehouseIds.length]
    const product = productIds[Math.floor(card / warehouseIds.length)]
    return `/api/warehouses/${warehouse}/products/${product}`
  })
}
