/** API keys for tests, with what only their owner knows. */
import { randomBytes } from 'node:crypto'
import { hashSecret, newSecret, type ApiKey, type Role } from '../../src/access/api-key.ts'
import type { WarehouseId } from '../../src/message/event.ts'

export interface TestKey {
  readonly key: ApiKey
  readonly secret: string
  readonly headers: { readonly authorization: string }
}

/** A fresh key; without warehouses it is limited to none. */
export function testKey(name: string, role: Role, warehouses: readonly WarehouseId[] | null = null): TestKey {
  const secret = newSecret(randomBytes)
  const scope = warehouses === null ? null : new Set(warehouses)
  const key = { name, role, warehouses: scope, hash: hashSecret(secret) }
  return { key, secret, headers: { authorization: `Bearer ${secret}` } }
}
