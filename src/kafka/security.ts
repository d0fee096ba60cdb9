/** How connections to the brokers are encrypted and logged in, in the words of the Kafka client. */
import { isIP } from 'node:net'
import type { ConnectionOptions } from '@platformatic/kafka'

/** As the settings have it; without any of it, plain connections. */
export interface Security {
  readonly securityProtocol?: 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL'
  readonly saslMechanism?: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'
  readonly saslUsername?: string
  readonly saslPassword?: string
  /** PEM; null for the authorities that Node knows. */
  readonly sslCa?: Buffer | null
  /** PEM, for brokers that ask for a certificate. */
  readonly sslCertificate?: Buffer | null
  readonly sslKey?: Buffer | null
}

/**
 * For each connection, whoever opens it. A certificate must have the name or address under which its broker is asked; the
 * name is sent ahead (SNI), for whatever stands before the brokers. An address cannot be sent so.
 */
export function connectionSecurity(
  security: Security,
  hosts: readonly string[],
): Pick<ConnectionOptions, 'tls' | 'tlsServerName' | 'sasl'> {
  const { securityProtocol = 'PLAINTEXT', saslMechanism = 'SCRAM-SHA-512' } = security
  const {
    saslUsername = '',
    saslPassword = '',
    sslCa = null,
    sslCertificate = null,
    sslKey = null,
  } = security
  const tls = {
    ...(sslCa === null ? {} : { ca: sslCa }),
    ...(sslCertificate === null ? {} : { cert: sslCertificate }),
    ...(sslKey === null ? {} : { key: sslKey }),
  }
  return {
    ...(securityProtocol.endsWith('SSL')
      ? { tls, tlsServerName: hosts.some((host) => isIP(host) === 0) }
      : {}),
    ...(securityProtocol.startsWith('SASL_')
      ? { sasl: { mechanism: saslMechanism, username: saslUsername, password: saslPassword } }
      : {}),
  }
}

/** Of the bootstrap servers, without their ports. */
export function hostsOf({ bootstrapServers }: { readonly bootstrapServers: readonly string[] }): string[] {
  return bootstrapServers.map((server) => server.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1'))
}
