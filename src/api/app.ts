import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import Swagger from '@fastify/swagger'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  type RawServerDefault,
} from 'fastify'
import { AnswerDeadlines, giveUpLateAnswers } from './answer-deadlines.ts'
import { cardSchemas } from './card-body.ts'
import { classifyClientError, classifyError } from './classify-error.ts'
import type { ApiDependencies } from './dependencies.ts'
import { allowOrigins } from './cross-origin.ts'
import { dashboard } from './dashboard.ts'
import { docsPage } from './docs-page.ts'
import { guardRoutes } from './guard.ts'
import { answerUnchanged } from './entity-tag.ts'
import { eventSchemas } from './events-request.ts'
import { refuseOtherMethods } from './method-not-allowed.ts'
import { ingestSchemas } from './ingest-body.ts'
import { readJsonBodies } from './json-body.ts'
import { movementSchemas } from './movement-body.ts'
import { movementListSchemas } from './movement-list-bodies.ts'
import { openApiFrame } from './openapi.ts'
import { quarantineSchemas } from './quarantine-body.ts'
import { redriveSchemas } from './redrive-bodies.ts'
import { openingSchemas } from './opening-bodies.ts'
import { overviewSchemas } from './overview-body.ts'
import { readRest } from './read-rest.ts'
import { problemPages } from './problem-pages.ts'
import { ProblemSchema, sendProblem } from './problem-answer.ts'
import { malformedInteger } from './parameters.ts'
import { problemBody, problemHeaders, problems, type Problem, type ProblemCode } from './problems.ts'
import { refuseWhere } from './refuse.ts'
import { RequestLogger } from './request-logger.ts'
import { routes } from './routes.ts'
import { healthSchemas } from './routes/get-health.ts'
import { cardQuerySchemas } from './routes/query-cards.ts'
import { stockSchemas } from './stock-bodies.ts'
import { streamSchemas } from './stream-bodies.ts'
import { throughputSchemas } from './throughput-body.ts'
import { traceRequests } from './trace-requests.ts'
import { buildValidator } from './validator.ts'

/** Fastify with our schemas as types. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** Everything but listening: the routes, their description, and one form for whatever goes wrong. */
export async function buildApp(deps: ApiDependencies): Promise<Api> {
  const app = createFastify(deps)
  app.setErrorHandler(async (error, request, reply) => {
    const problem = classifyError(error)
    const { status } = problems[problem.code]
    if (status >= 500)
      request.log.error({ err: error, route: request.routeOptions.url }, 'a request could not be answered')
    if (problem.code === 'body_too_large') await readRest(request.raw, lingerBytes)
    return sendProblem(request, reply, problem)
  })
  const { limits, answers = new AnswerDeadlines() } = deps
  giveUpLateAnswers(app, { ...limits, deadlines: answers })
  if (deps.beginRequest !== undefined) traceRequests(app, deps.beginRequest)
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(safeHeaders)
    done()
  })
  await allowOrigins(app, deps.corsOrigins)
  app.addHook('onRequest', refuseWhere(missingHost))
  app.addHook(
    'preValidation',
    refuseWhere(({ query, params }) => malformedInteger(query) ?? malformedInteger(params)),
  )
  // Nothing is expected of us that we do not do anyway; Node itself would answer 417 without a body.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))
  // Nor is this a proxy; Node itself would close the connection without a word.
  app.server.on('connect', (_request, socket) => refuseConnection(socket, 'malformed_request'))
  readJsonBodies(app)
  answerUnchanged(app)
  const assertGuarded = await guardRoutes(app, deps.access)
  app.addHook(
    'onRequest',
    refuseWhere(({ is404 }) => (is404 ? { code: 'route_unknown' } : null)),
  )
  app.addHook('onSend', (_request, reply, payload, done) => {
    // A client that goes on asking finds another process, and one that waits is not waited for.
    if (deps.isStopping() || !app.server.listening) reply.header('connection', 'close')
    done(null, payload)
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { url: route = 'unmatched', config } = request.routeOptions
    if (config.isStream !== true || reply.statusCode !== 200) {
      deps.observe({
        method: request.method,
        route,
        status: reply.statusCode,
        seconds: reply.elapsedTime / 1000,
      })
    }
    done()
  })

  for (const schema of schemas) app.addSchema(schema)
  await app.register(Swagger, openApiFrame(deps.version))
  const refuse = refuseOtherMethods(app)
  for (const route of routes) route(app, deps)
  await app.register(docsPage)
  await app.register(problemPages)
  if (deps.dashboard !== undefined) await app.register(dashboard, { folder: deps.dashboard })
  refuse()
  assertGuarded()
  await app.ready()
  return app
}

/** A body that is too large by mistake is hardly larger than this: twice the largest that any route takes by default. */
const lingerBytes = 33_554_432

/** RFC 9112, 3.2. Node itself would answer without a body. */
function missingHost({ raw }: FastifyRequest): Problem | null {
  return raw.httpVersion === '1.1' && raw.headers.host === undefined
    ? { code: 'malformed_request', detail: 'The header Host is missing.' }
    : null
}

const schemas = [
  ProblemSchema,
  ...movementSchemas,
  ...cardSchemas,
  ...stockSchemas,
  ...movementListSchemas,
  ...cardQuerySchemas,
  ...eventSchemas,
  ...ingestSchemas,
  ...openingSchemas,
  ...quarantineSchemas,
  ...redriveSchemas,
  ...healthSchemas,
  ...overviewSchemas,
  ...throughputSchemas,
  ...streamSchemas,
]

/** Answers change with every event, so each is asked for anew; and none of them is a page, but `/docs`. */
const safeHeaders = {
  'cache-control': 'no-cache',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
}

function createFastify({ logger, limits, observe }: ApiDependencies): Api {
  const loggerInstance: FastifyBaseLogger = logger
  return Fastify({
    loggerInstance,
    // One line for each request would be most of the log; the metrics count them.
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (parent, bindings) => new RequestLogger(parent, bindings),
    requestTimeout: limits.requestTimeoutMs,
    connectionTimeout: limits.connectionTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    bodyLimit: limits.maxBodyBytes,
    http: {
      maxHeaderSize: limits.maxHeaderBytes,
      connectionsCheckingInterval: connectionsCheckMs,
      // Node takes the larger of the two for the whole request, and its own for the head is a minute.
      headersTimeout: limits.requestTimeoutMs,
      requireHostHeader: false,
    },
    forceCloseConnections: 'idle',
    // What still comes over an open connection is answered like the rest; the connection closes after it.
    return503OnClosing: false,
    // An id that is too long is a malformed id, not an unknown route; the limit of the headers bounds it.
    routerOptions: { maxParamLength: limits.maxHeaderBytes },
    schemaController: { compilersFactory: { buildValidator } },
    // These come before the hooks, so the request is observed here.
    frameworkErrors: (error, request, reply) => {
      const { method } = request
      void sendProblem(request, reply.headers(safeHeaders), classifyError(error))
      observe({ method, route: 'unmatched', status: reply.statusCode, seconds: reply.elapsedTime / 1000 })
    },
    clientErrorHandler: (error, socket) => refuseConnection(socket, classifyClientError(error.code ?? '')),
  }).withTypeProvider<TypeBoxTypeProvider>()
}

/** How often Node looks for requests that exceed their time; its own 30 s would make 10 s mean 40 s. */
const connectionsCheckMs = 1000

/** Ended from our side only, a slow client could hold the connection for as long as it likes. */
function refuseConnection(socket: Duplex, code: ProblemCode): void {
  if (socket.writable) socket.end(rawAnswer(code), () => socket.destroy())
  else socket.destroy()
}

/** There is no request that could be answered, so this is written to the connection itself. */
function rawAnswer(code: ProblemCode): string {
  const { status } = problems[code]
  const body = JSON.stringify(problemBody({ code }, ''))
  const headers = Object.entries({ ...safeHeaders, ...problemHeaders(code), connection: 'close' })
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `HTTP/1.1 ${status} \r\n${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}
