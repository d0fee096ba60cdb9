/** Asks every request for its key and holds back who asks too much, before a body is read. */
import RateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import type { ApiKey } from '../access/api-key.ts'
import { identify, refusal, type Caller } from './access.ts'
import type { Problem } from './problems.ts'
import { refuseWhere } from './refuse.ts'

/** Who may use the API, and how much. */
export interface GuardOptions {
  /** Null: there are none, and everyone may do everything. */
  readonly keys: readonly ApiKey[] | null
  /** Of one key, or of one address without a key; 0 for no limit. */
  readonly requestsPerSecond: number
}

/**
 * Guards all routes that are added from now on. The function it returns throws if one of them has not said which role
 * it needs: a route that forgot it must not be open.
 */
export async function guardRoutes(
  app: FastifyInstance,
  { keys, requestsPerSecond }: GuardOptions,
): Promise<() => void> {
  app.decorateRequest('caller', null)
  const asksTooMuch = await countRequests(app, requestsPerSecond)

  app.addHook(
    'onRequest',
    refuseWhere((request) => {
      const caller = identify(keys, request.headers.authorization)
      request.caller = caller
      if (asksTooMuch === null || request.routeOptions.config.unlimited === true)
        return outOfReach(request, caller)
      return asksTooMuch(request).then((tooMuch) =>
        tooMuch ? { code: 'rate_limited' } : outOfReach(request, caller),
      )
    }),
  )

  const added: RouteOptions[] = []
  app.addHook('onRoute', (route) => {
    added.push(route)
    describeRole(route)
  })
  return () => {
    const silent = added.filter(({ config }) => config?.role === undefined).map(({ url }) => url)
    if (silent.length > 0) throw new Error(`Routes that say no role: ${silent.join(', ')}`)
  }
}

/** Why the route is not for who asks, or null. */
function outOfReach(request: FastifyRequest, caller: Caller): Problem | null {
  const { config } = request.routeOptions
  const role = request.is404 ? 'open' : (config.role ?? 'admin')
  if (role === 'open') return null
  if ('problem' in caller) return caller.problem
  return refusal(caller.grant, { ...config, role, warehouse: warehouseIn(request) })
}

/** One second: whoever is over the limit may go on in the next. */
const windowMs = 1000
/** Keys, and addresses, that are counted at once; the one counted least recently is forgotten first. */
const countedClients = 10_000

/** Counts a request for its key or, where it has none that is known, for its address; says whether that is too many. Null: nobody is counted. */
async function countRequests(
  app: FastifyInstance,
  max: number,
): Promise<((request: FastifyRequest) => Promise<boolean>) | null> {
  if (max === 0) return null
  await app.register(RateLimit, { global: false, max, timeWindow: windowMs, cache: countedClients })
  const countName = app.createRateLimit({ keyGenerator: (request) => keyName(request) ?? '' })
  const countAddress = app.createRateLimit()
  return async (request) => {
    const count = await (keyName(request) === null ? countAddress : countName)(request)
    return !count.isAllowed && count.isExceeded
  }
}

function keyName({ caller }: FastifyRequest): string | null {
  return caller === null || 'problem' in caller ? null : caller.name
}

/** In the path, or in the query of a route that filters by it. */
function warehouseIn({ params, query, routeOptions }: FastifyRequest): unknown {
  const inPath = (params as { warehouse_id?: unknown }).warehouse_id
  if (inPath !== undefined || routeOptions.config.warehouseInQuery !== true) return inPath
  return (query as { warehouse_id?: unknown }).warehouse_id
}

/** The name of the keys in the OpenAPI document. */
export const securityScheme = 'api_key'

/** Has the description of the route name the key that it wants, with the role. */
function describeRole({ config, schema }: RouteOptions): void {
  if (schema !== undefined && config?.role !== undefined && config.role !== 'open')
    schema.security = [{ [securityScheme]: [config.role] }]
}
