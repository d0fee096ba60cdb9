import { relative } from 'node:path'
import type { Backends } from './backends.ts'
import { box } from './box.ts'
import type { StackSettings } from './settings.ts'
import { root } from './state.ts'

export interface Welcome extends Backends {
  readonly settings: StackSettings
  readonly logs: string
  readonly demo: boolean
}

/** The movement of the two messages in docs/samples. */
const sampleMovement = 'c6290746-790e-43fa-8270-014dc90e02e0'

/** What a person needs to go on: the addresses, and two commands that work as they stand. */
export function welcome({
  settings,
  postgresAddress,
  kafkaServers,
  redisAddress,
  logs,
  demo,
}: Welcome): string {
  const { host, port, metricsPort, postgres, kafka } = settings
  const api = `http://${host}:${port}`
  return box([
    'Bincard is running.',
    '',
    `Dashboard   ${api}/`,
    `API         ${api}/api`,
    `Docs        ${api}/docs`,
    `Metrics     http://${host}:${metricsPort}/metrics`,
    `Kafka       ${kafkaServers}, topic ${kafka.topic}`,
    `PostgreSQL  postgres://${postgres.user}@${postgresAddress.host}:${postgresAddress.port}/${postgres.database}`,
    `Redis       ${redisAddress === null ? 'left out, and with it the cache' : `${redisAddress.host}:${redisAddress.port}`}`,
    `Logs        ${relative(root, logs)}`,
    `Demo        ${demo ? 'about 5 events a second, leave it out: npm start -- --no-demo' : 'left out'}`,
    '',
    'Send the first messages, from another terminal, and see what became of them:',
    `  ${produceCommand(kafkaServers, kafka.topic)}`,
    `  curl ${keyHeader(settings)}${api}/api/movements/${sampleMovement}`,
    '',
    'Ctrl-C stops everything. Begin anew: npm start -- --fresh',
  ])
}

/** Where the API wants a key, only the person has it: the settings hold its hash. */
function keyHeader({ environment }: StackSettings): string {
  return (environment['API_KEYS'] ?? '') === '' ? '' : '-H "Authorization: Bearer $KEY" '
}

/** Another terminal does not know the settings that were given in this one. */
function produceCommand(servers: string, topic: string): string {
  const settings = [
    ...(servers === '127.0.0.1:9092' ? [] : [`KAFKA_BOOTSTRAP_SERVERS=${servers}`]),
    ...(topic === 'warehouse_movements' ? [] : [`KAFKA_TOPIC=${topic}`]),
  ]
  const command = 'npm run produce -- docs/samples/departure.json docs/samples/arrival.json'
  return [...settings, command].join(' ')
}
