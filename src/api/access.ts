/**
 * Who may ask what. Each route says in its `config` which role it needs; a key that is limited to warehouses gets
 * through only where that limit is kept: the warehouse stands in the path, or in the query of a route that filters by
 * it, or the route answers within the limit by itself.
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
  /** The handler itself keeps to the key's warehouses (`scopeOf`, `maySeeAny`). */
  readonly answersWithinScope?: boolean
  /** The filter `warehouse_id` of the query keeps the answer to one warehouse: a limited key must name one of its own. */
  readonly warehouseInQuery?: boolean
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

/** Why the grant does not reach as far as the route, or null. `warehouse`: the one that the address names, as it was sent. */
export function refusal(
  grant: Grant,
  route: RouteAccess & { readonly role: Role; readonly warehouse: unknown },
): Problem | null {
  if (!covers(grant.role, route.role)) {
    return { code: 'role_too_low', detail: `This needs the role ${route.role}; the key has ${grant.role}.` }
  }
  if (grant.warehouses === null || route.answersWithinScope === true) return null
  if (route.warehouse === undefined) {
    const remedy =
      route.warehouseInQuery === true ? 'name one of them as warehouse_id' : 'this answers for all'
    return { code: 'outside_scope', detail: `The key is limited to warehouses: ${remedy}.` }
  }
  const id = parseUuid<WarehouseId>(route.warehouse)
  // What is no id is refused as such, by the schema of the route.
  return id === null || grant.warehouses.has(id) ? null : outsideScope(id)
}

/** A key of other warehouses asks about this one. */
export function outsideScope(warehouseId: WarehouseId): Problem {
  return { code: 'outside_scope', detail: `The key does not reach the warehouse ${warehouseId}.` }
}

/** The warehouses that the request may see; null for all. */
export function scopeOf({ caller }: FastifyRequest): ReadonlySet<WarehouseId> | null {
  return caller === null || 'problem' in caller ? new Set() : caller.grant.warehouses
}

/** Whether the request may see what happened in any of these warehouses. */
export function maySeeAny(request: FastifyRequest, warehouses: readonly string[]): boolean {
  const scope = scopeOf(request)
  return scope === null || warehouses.some((id) => scope.has(id as WarehouseId))
}

/** Under whose name a decision is recorded: the key's, or `anonymous` where there are no keys. */
export function callerName({ caller }: FastifyRequest): string {
  return (caller === null || 'problem' in caller ? null : caller.name) ?? 'anonymous'
}
