/** Asks every request for its key and holds back who asks too much, before a body is read. */
import RateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import type { ApiKey } from '../access/api-key.ts'
import { identify, refusal } from './access.ts'
import { sendProblem } from './problem-answer.ts'

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

  app.addHook('onRequest', async (request, reply) => {
    const { config } = request.routeOptions
    const caller = identify(keys, request.headers.authorization)
    request.caller = caller
    if (config.unlimited !== true && (await asksTooMuch(request)))
      return sendProblem(request, reply, { code: 'rate_limited' })
    const role = request.is404 ? 'open' : (config.role ?? 'admin')
    if (role === 'open') return undefined
    if ('problem' in caller) return sendProblem(request, reply, caller.problem)
    const problem = refusal(caller.grant, { ...config, role, warehouse: warehouseIn(request) })
    return problem === null ? undefined : sendProblem(request, reply, problem)
  })

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

/** One second: whoever is over the limit may go on in the next. */
const windowMs = 1000
/** Keys, and addresses, that are counted at once; the one counted least recently is forgotten first. */
const countedClients = 10_000

/** Counts a request for its key or, where it has none that is known, for its address; says whether that is too many. */
async function countRequests(
  app: FastifyInstance,
  max: number,
): Promise<(request: FastifyRequest) => Promise<boolean>> {
  if (max === 0) return async () => false
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
