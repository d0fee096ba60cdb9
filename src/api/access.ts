/**
 * Who may ask what. Each route says in its `config` which role it needs; a key that is limited to warehouses gets
 * through only where that limit is kept: the warehouse stands in the path, or the route answers `within` the limit.
 */
import type { FastifyRequest } from 'fastify'
import { covers, findApiKey, type ApiKey, type Grant, type Role } from '../access/api-key.ts'
import type { WarehouseId } from '../message/event.ts'
import { parseUuid } from '../message/uuid.ts'
import type { Problem } from './problems.ts'

/** What a route says about itself; a route without a role keeps the server from starting. */
export interface RouteAccess {
  /** `open`: no key is asked for. */
  readonly role: Role | 'open'
  /** The handler itself keeps to what `maySeeAny` says; otherwise a limited key needs its warehouse in the path. */
  readonly answersWithinScope?: boolean
  /** Also while a client asks too much. */
  readonly unlimited?: boolean
  /** Its answer has no end: it is observed when it begins. */
  readonly isStream?: boolean
}

declare module 'fastify' {
  interface FastifyContextConfig extends Partial<RouteAccess> {}
  interface FastifyRequest {
    /** Who it is from; null before that is known. */
    caller: Caller | null
  }
}

/** Of everyone, where there are no keys. */
const everything: Grant = { role: 'admin', warehouses: null }

/** Who a request is from: the key's name (null where there are no keys) and grant, or what is wrong with the key. */
export type Caller = { readonly name: string | null; readonly grant: Grant } | { readonly problem: Problem }

/** `keys` null: there are none, and everyone may do everything. */
export function identify(keys: readonly ApiKey[] | null, authorization: string | undefined): Caller {
  if (keys === null) return { name: null, grant: everything }
  if (authorization === undefined) return { problem: { code: 'key_missing' } }
  const secret = /^Bearer +(?<secret>\S+) *$/i.exec(authorization)?.groups?.['secret']
  const key = secret === undefined ? null : findApiKey(keys, secret)
  return key === null ? { problem: { code: 'key_unknown' } } : { name: key.name, grant: key }
}

/** Why the grant does not reach as far as the route, or null. `warehouseInPath`: as it was sent. */
export function refusal(
  grant: Grant,
  route: { readonly role: Role; readonly answersWithinScope: boolean; readonly warehouseInPath: unknown },
): Problem | null {
  if (!covers(grant.role, route.role)) {
    return { code: 'role_too_low', detail: `This needs the role ${route.role}; the key has ${grant.role}.` }
  }
  if (grant.warehouses === null || route.answersWithinScope) return null
  if (route.warehouseInPath === undefined) {
    return { code: 'outside_scope', detail: 'The key is limited to warehouses, and this answers for all.' }
  }
  const id = parseUuid<WarehouseId>(route.warehouseInPath)
  // What is no id is refused as such, by the schema of the route.
  return id === null || grant.warehouses.has(id) ? null : { code: 'outside_scope' }
}

/** Whether the request may see what happened in any of these warehouses. */
export function maySeeAny(request: FastifyRequest, warehouses: readonly WarehouseId[]): boolean {
  const scope = scopeOf(request)
  return scope === null || warehouses.some((id) => scope.has(id))
}

/** The warehouses that the request may see; null for all. */
export function scopeOf({ caller }: FastifyRequest): ReadonlySet<WarehouseId> | null {
  return caller === null || 'problem' in caller ? new Set() : caller.grant.warehouses
}
