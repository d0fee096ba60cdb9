import type { Finding } from '../proof/finding.ts'

/** A finding on one line, for people: where, what, and the numbers. */
export function findingText({ code, detail, card, line, movement }: Finding): string {
  const places = [
    card === undefined ? null : `card ${card.warehouseId}/${card.productId}`,
    line === undefined ? null : `line ${line}`,
    movement === undefined ? null : `movement ${movement.movementId}`,
    movement?.leg === undefined ? null : `leg ${movement.leg}`,
    card === undefined && movement !== undefined ? `product ${movement.productId}` : null,
  ]
  return [code, ...places.filter((place) => place !== null), detail].join('  ')
}

/** A finding for programs; null where it does not say. */
export function findingJson({ code, detail, card, line, movement }: Finding) {
  return {
    code,
    warehouse_id: card?.warehouseId ?? null,
    product_id: card?.productId ?? movement?.productId ?? null,
    line: line ?? null,
    movement_id: movement?.movementId ?? null,
    leg: movement?.leg ?? null,
    detail,
  }
}
