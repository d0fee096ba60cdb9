import type { Environment } from '../src/config/settings.ts'
import { exitCodes, StackError } from './stack-error.ts'

/** What the stack needs to know; everything else is the service's own business, which gets the whole environment. */
export interface StackSettings {
  /** Where the service listens. */
  readonly host: string
  readonly port: number
  readonly metricsPort: number
  readonly postgres: PostgresSettings
  readonly kafka: KafkaSettings
  readonly redis: RedisSettings
  /** The environment with what `.env` adds to it. */
  readonly environment: Environment
}

export interface PostgresSettings {
  /** Set: that server is used, and none is started. */
  readonly host: string | undefined
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

export interface KafkaSettings {
  /** Set: those brokers are used, and none is started. */
  readonly servers: string | undefined
  /** Of the broker that is started. */
  readonly port: number
  readonly topic: string
}

export interface RedisSettings {
  /** Set: that server is used, and none is started. */
  readonly host: string | undefined
  readonly port: number
}

/**
 * Settings by the names of the service. An empty one counts as not set.
 *
 * @throws {StackError} naming every bad value
 */
export function readSettings(environment: Environment): StackSettings {
  const bad: string[] = []
  const text = (name: string): string | undefined => environment[name] || undefined
  const port = (name: string, otherwise: number): number => {
    const given = text(name) ?? String(otherwise)
    if (!/^\d{1,5}$/.test(given) || Number(given) < 1 || Number(given) > 65_535) {
      bad.push(`${name}=${given}: a port is a whole number from 1 to 65535.`)
    }
    return Number(given)
  }
  const settings: StackSettings = {
    host: text('HOST') ?? '127.0.0.1',
    port: port('PORT', 8000),
    metricsPort: port('METRICS_PORT', 9090),
    postgres: {
      host: text('POSTGRES_HOST'),
      port: port('POSTGRES_PORT', 5432),
      user: text('POSTGRES_USER') ?? 'postgres',
      password: text('POSTGRES_PASSWORD') ?? 'postgres',
      database: text('POSTGRES_DB') ?? 'warehouse_db',
    },
    kafka: {
      servers: text('KAFKA_BOOTSTRAP_SERVERS'),
      port: port('KAFKA_PORT', 9092),
      topic: text('KAFKA_TOPIC') ?? 'warehouse_movements',
    },
    redis: { host: text('REDIS_HOST'), port: port('REDIS_PORT', 6379) },
    environment,
  }
  if (bad.length > 0) throw new StackError(bad.join('\n'), exitCodes.wrongUse)
  return settings
}
