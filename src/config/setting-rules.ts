import { BlockList, isIPv4, isIPv6 } from 'node:net'
import type { Settings } from './settings.ts'

/** What must hold between settings, each of which is allowed on its own. */
export interface SettingRule {
  /** The setting at fault comes first, then those it depends on. */
  readonly names: readonly [string, ...string[]]
  /** Completes the sentence "<first name> must be …"; says why. */
  readonly must: string
  readonly holds: (settings: Settings) => boolean
}

/** All rules between settings; the reference lists them. */
export const settingRules: readonly SettingRule[] = [
  {
    names: ['HOST', 'API_AUTH', 'API_KEYS'],
    must: 'an address of this machine only (127.0.0.1, ::1 or localhost) unless there are API_KEYS, or API_AUTH is "off": everyone who reaches the port could read all stock',
    holds: ({ http }) => http.auth === 'off' || http.keys.length > 0 || isLoopback(http.host),
  },
  {
    names: ['API_AUTH', 'API_KEYS'],
    must: '"on" while there are API_KEYS: nobody would be asked for them',
    holds: ({ http }) => http.auth === 'on' || http.keys.length === 0,
  },
  {
    names: ['API_KEYS_FILE'],
    must: 'a file that is there and can be read',
    // Its keys come to API_KEYS, and its name goes, before the settings are read (environment.ts).
    holds: ({ http }) => http.keysFile === '',
  },
  {
    names: ['METRICS_PORT', 'PORT'],
    must: 'another port than PORT: the API and the metrics are two servers',
    holds: ({ http, metrics }) => metrics.port === 0 || metrics.port !== http.port,
  },
  {
    names: ['POSTGRES_LOCK_TIMEOUT_MS', 'POSTGRES_STATEMENT_TIMEOUT_MS'],
    must: 'less than POSTGRES_STATEMENT_TIMEOUT_MS: otherwise a lock could not be told from a slow database',
    holds: ({ postgres }) => postgres.lockTimeoutMs < postgres.statementTimeoutMs,
  },
  {
    names: ['KAFKA_CHANGES_TOPIC', 'KAFKA_TOPIC'],
    must: 'another topic than KAFKA_TOPIC: what is told there would be read as events',
    holds: ({ kafka }) => kafka.changesTopic !== kafka.topic,
  },
  {
    names: ['KAFKA_DLQ_TOPIC', 'KAFKA_TOPIC', 'KAFKA_CHANGES_TOPIC'],
    must: 'another topic than KAFKA_TOPIC and KAFKA_CHANGES_TOPIC',
    holds: ({ kafka: { deadLetterTopic, topic, changesTopic } }) =>
      deadLetterTopic === '' || (deadLetterTopic !== topic && deadLetterTopic !== changesTopic),
  },
  {
    names: ['KAFKA_SASL_USERNAME', 'KAFKA_SECURITY_PROTOCOL'],
    must: 'there, as KAFKA_SASL_PASSWORD must, where KAFKA_SECURITY_PROTOCOL logs in, and only there',
    holds: ({ kafka: { securityProtocol, saslUsername, saslPassword } }) =>
      securityProtocol.startsWith('SASL_') ? saslUsername !== '' && saslPassword !== '' : saslUsername === '',
  },
  {
    names: ['KAFKA_SSL_CA_LOCATION', 'KAFKA_SECURITY_PROTOCOL'],
    must: 'left out, as the other KAFKA_SSL_* must, unless KAFKA_SECURITY_PROTOCOL encrypts',
    holds: ({ kafka }) =>
      kafka.securityProtocol.endsWith('SSL') ||
      [kafka.sslCa, kafka.sslCertificate, kafka.sslKey].every((file) => file === null),
  },
  {
    names: ['KAFKA_SSL_KEY_LOCATION', 'KAFKA_SSL_CERTIFICATE_LOCATION'],
    must: 'there together with KAFKA_SSL_CERTIFICATE_LOCATION',
    holds: ({ kafka }) => (kafka.sslKey === null) === (kafka.sslCertificate === null),
  },
  {
    names: ['POSTGRES_SSLROOTCERT', 'POSTGRES_SSLMODE'],
    must: 'left out, as POSTGRES_SSLCERT and POSTGRES_SSLKEY must, while POSTGRES_SSLMODE is disable',
    holds: ({ postgres }) =>
      postgres.sslMode !== 'disable' ||
      [postgres.sslRootCert, postgres.sslCert, postgres.sslKey].every((file) => file === null),
  },
  {
    names: ['POSTGRES_SSLKEY', 'POSTGRES_SSLCERT'],
    must: 'there together with POSTGRES_SSLCERT',
    holds: ({ postgres }) => (postgres.sslKey === null) === (postgres.sslCert === null),
  },
  {
    names: ['REDIS_TLS_CA_FILE', 'REDIS_TLS'],
    must: 'left out unless REDIS_TLS is true',
    holds: ({ cache }) => cache.tls || cache.tlsCa === null,
  },
  {
    names: ['REDIS_USERNAME', 'REDIS_PASSWORD'],
    must: 'left out unless there is a REDIS_PASSWORD',
    holds: ({ cache }) => cache.username === '' || cache.password !== '',
  },
  {
    names: ['KAFKA_HEARTBEAT_INTERVAL_MS', 'KAFKA_SESSION_TIMEOUT_MS'],
    must: 'less than half of KAFKA_SESSION_TIMEOUT_MS: otherwise one lost heartbeat could end the session',
    holds: ({ kafka }) => kafka.heartbeatIntervalMs < kafka.sessionTimeoutMs / 2,
  },
  {
    names: ['KAFKA_REBALANCE_TIMEOUT_MS', 'KAFKA_SESSION_TIMEOUT_MS'],
    must: 'at least KAFKA_SESSION_TIMEOUT_MS: a member must have the time of a session to join again',
    holds: ({ kafka }) => kafka.rebalanceTimeoutMs >= kafka.sessionTimeoutMs,
  },
  {
    names: ['LANE_BUFFER_EVENTS', 'BATCH_MAX_EVENTS'],
    must: 'at least BATCH_MAX_EVENTS: otherwise no batch could ever be full',
    holds: ({ lane, batch }) => lane.bufferEvents >= batch.maxEvents,
  },
  {
    names: ['LANE_STALL_TIMEOUT_MS', 'POSTGRES_STATEMENT_TIMEOUT_MS'],
    must: 'more than POSTGRES_STATEMENT_TIMEOUT_MS: otherwise a slow database would be taken for a stuck lane',
    holds: ({ lane, postgres }) => lane.stallTimeoutMs > postgres.statementTimeoutMs,
  },
  {
    names: ['LANE_STALL_TIMEOUT_MS', 'KAFKA_REQUEST_TIMEOUT_MS', 'KAFKA_FETCH_MAX_WAIT_MS'],
    must: 'more than KAFKA_REQUEST_TIMEOUT_MS and KAFKA_FETCH_MAX_WAIT_MS together: otherwise a silent broker would be taken for a stuck lane',
    holds: ({ lane, kafka }) => lane.stallTimeoutMs > kafka.requestTimeoutMs + kafka.fetchMaxWaitMs,
  },
  {
    names: ['SHUTDOWN_DRAIN_MS', 'SHUTDOWN_TIMEOUT_MS'],
    must: 'less than SHUTDOWN_TIMEOUT_MS: otherwise running requests would be cut',
    holds: ({ service }) => service.shutdownDrainMs < service.shutdownTimeoutMs,
  },
  {
    names: ['RETRY_MIN_MS', 'RETRY_MAX_MS'],
    must: 'at most RETRY_MAX_MS',
    holds: ({ retry }) => retry.minMs <= retry.maxMs,
  },
]

/** Whether only this machine can reach the host: 127.0.0.0/8, ::1 in any spelling, or `localhost`. */
function isLoopback(host: string): boolean {
  const loopback = new BlockList()
  loopback.addSubnet('127.0.0.0', 8)
  loopback.addAddress('::1', 'ipv6')
  if (isIPv4(host)) return loopback.check(host)
  if (isIPv6(host)) return loopback.check(host, 'ipv6')
  return host.toLowerCase() === 'localhost'
}
