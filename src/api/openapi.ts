import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { securityScheme } from './guard.ts'
import { eventsRequestBody, eventsUrl } from './events-request.ts'
import { openingRequestBody, openingStockUrl } from './opening-bodies.ts'
import { problems } from './problems.ts'

/** All of the OpenAPI document that is not said by the routes themselves. */
export function openApiFrame(version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Bincard',
        version,
        summary: 'A stock ledger for event streams: Kafka movements in, exact stock cards out.',
        description: `${introduction}\n\n${problemList()}`,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      security: [],
      components: {
        securitySchemes: {
          [securityScheme]: {
            type: 'http',
            scheme: 'bearer',
            description:
              'An API key, as `bincard key` makes it. Roles: `read`, `write` (also reads), `admin` (all). A key may be limited to warehouses. A service without keys asks for none.',
          },
        },
      },
      servers: [{ url: '/', description: 'This service' }],
      tags: [
        { name: 'stock', description: 'Cards and movements, computed from the ledger at reading.' },
        { name: 'events', description: 'A way in beside Kafka: events become messages of the topic.' },
        { name: 'quarantine', description: 'Messages that could not be booked, and wait for a person.' },
        { name: 'health', description: 'For orchestrators and load balancers.' },
      ],
    },
    // A schema is named by its own id, not by a number.
    refResolver: {
      buildLocalReference: (schema, _base, _fragment, index) => schemaName(schema['$id'], index),
    },
    convertConstToEnum: false,
    // Described here and not at the route, for there a body is bytes until it is decoded.
    transform: ({ schema, url }) => ({
      url,
      schema: Object.hasOwn(bodies, url) ? { ...schema, body: bodies[url] } : schema,
    }),
  }
}

const bodies: Readonly<Record<string, object>> = {
  [eventsUrl]: eventsRequestBody,
  [openingStockUrl]: openingRequestBody,
}

function schemaName(id: unknown, index: number): string {
  return typeof id === 'string' ? id : `Schema${index}`
}

const introduction = `Warehouses report departures and arrivals of goods. Every accepted report is a leg of its \
*movement*, and, once stock has changed, a numbered line on a *card*: the stock of one product in one warehouse. \
No balance is ever below zero: a departure larger than the stock is *held* until there is enough.

All ids are UUIDs, read in either case and answered in lower case. All timestamps are RFC 3339 in UTC, with three \
digits of a second, or six where three do not say it all. \`HEAD\` works wherever \`GET\` does. Under \`/api\`, a \
query parameter that the route does not know is refused. New fields may be added to answers; a client should pass over those that it \
does not know.

A key that is limited to warehouses sees the cards of these warehouses, and the movements that touch one of them, whole; \
lists keep to them, where one of them is named as \`warehouse_id\` if the list has that filter; other cards are 403 \`outside_scope\`, and other movements 404, as if nobody had mentioned them.

Every error is an \`application/problem+json\` (RFC 9457) with a stable \`code\`:`

/** A list: a table with the same columns is too wide for the page at `/docs`. */
function problemList(): string {
  return Object.entries(problems)
    .map(([code, { status, title, remedy }]) => `- \`${code}\` (${status}): ${title}. *${remedy}*`)
    .join('\n')
}
