import { Type } from 'typebox'
import type { Api } from '../app.ts'
import { dependencyStates, healthStatuses, servingStatuses, type ApiDependencies } from '../dependencies.ts'
import { problemAnswers } from '../problem-answer.ts'
import { define, nullable, ref, word } from '../schema.ts'

const LivenessSchema = define(
  'Liveness',
  Type.Object(
    { status: word(['alive'], 'Always the same: the process answers.') },
    { description: 'The process runs.', examples: [{ status: 'alive' }] },
  ),
)

const DependencySchema = define(
  'Dependency',
  Type.Object(
    {
      state: word(dependencyStates, 'Whether it does its work.'),
      detail: nullable(Type.String({ description: 'One sentence for a person, or null.' })),
    },
    { description: 'One thing that the service cannot do without.' },
  ),
)

const ok = { state: 'ok', detail: null }
const starting = { state: 'starting', detail: 'Joining the consumer group.' }

const HealthSchema = define(
  'Health',
  Type.Object(
    {
      status: word(healthStatuses, '`ready` if every dependency is `ok`; `stopping` after SIGTERM.'),
      dependencies: Type.Object({
        postgres: ref(DependencySchema),
        kafka: ref(DependencySchema),
        intake: ref(DependencySchema),
      }),
    },
    {
      description: 'Whether all work is done here, and what is missing.',
      examples: [
        { status: 'ready', dependencies: { postgres: ok, kafka: ok, intake: ok } },
        { status: 'not_ready', dependencies: { postgres: ok, kafka: ok, intake: starting } },
      ],
    },
  ),
)

const ServingSchema = define(
  'Serving',
  Type.Object(
    {
      status: word(
        servingStatuses,
        '`starting` until the schema is there, the consumer group joined and all its partitions under way, once; `stopping` after SIGTERM.',
      ),
    },
    { description: 'Whether requests should be sent here.', examples: [{ status: 'serving' }] },
  ),
)

/** What the health routes refer to. */
export const healthSchemas = [LivenessSchema, DependencySchema, HealthSchema, ServingSchema]

export function getLiveness(app: Api): void {
  app.get(
    '/health/live',
    {
      config: { role: 'open', unlimited: true },
      schema: {
        operationId: 'getLiveness',
        tags: ['health'],
        summary: 'Whether the process runs',
        description: 'Always 200. An orchestrator restarts what does not answer.',
        response: { 200: ref(LivenessSchema), ...problemAnswers('/health/live', []) },
      },
    },
    async () => ({ status: 'alive' as const }),
  )
}

export function getReadiness(app: Api, { health }: ApiDependencies): void {
  app.get(
    '/health/ready',
    {
      config: { role: 'open', unlimited: true },
      schema: {
        operationId: 'getReadiness',
        tags: ['health'],
        summary: 'Whether all work is done here',
        description:
          'Each dependency with its state. Answered from what is known, without asking them. For people and alerts: a load balancer asks `/health/serving`.',
        response: {
          200: ref(HealthSchema),
          503: ref(HealthSchema),
          ...problemAnswers('/health/ready', []),
        },
      },
    },
    async (_request, reply) => {
      const now = health()
      return reply.code(now.status === 'ready' ? 200 : 503).send(now)
    },
  )
}

export function getServing(app: Api, { serving }: ApiDependencies): void {
  app.get(
    '/health/serving',
    {
      config: { role: 'open', unlimited: true },
      schema: {
        operationId: 'getServing',
        tags: ['health'],
        summary: 'Whether requests should be sent here',
        description:
          'For load balancers. It stays 200 while PostgreSQL or Kafka is away: that they are to all processes at a time, and reads go on without Kafka, pages in the cache without PostgreSQL.',
        response: {
          200: ref(ServingSchema),
          503: ref(ServingSchema),
          ...problemAnswers('/health/serving', []),
        },
      },
    },
    async (_request, reply) => {
      const status = serving()
      return reply.code(status === 'serving' ? 200 : 503).send({ status })
    },
  )
}
