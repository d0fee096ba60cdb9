import type { MovementId, ProductId, WarehouseId } from './event.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * A UUID of any version, in either case, as its lower-case form; anything else is null. The warehouses' systems
 * send version 1 and version 4 side by side, so the version is not looked at.
 */
export function parseUuid<Id extends MovementId | ProductId | WarehouseId>(value: unknown): Id | null {
  return typeof value === 'string' && uuid.test(value) ? (value.toLowerCase() as Id) : null
}
