/** How connections to PostgreSQL are encrypted, in the words of its client. */
import type { ConnectionOptions } from 'node:tls'

/** As the settings have it, in the words of libpq; without any of it, plain connections. */
export interface DatabaseSecurity {
  /** `require` checks nothing unless an authority is named, `verify-ca` who signed the certificate, `verify-full` also its name. */
  readonly sslMode?: 'disable' | 'require' | 'verify-ca' | 'verify-full'
  /** PEM; null for the authorities that Node knows. */
  readonly sslRootCert?: Buffer | null
  /** PEM, for servers that ask for a certificate. */
  readonly sslCert?: Buffer | null
  readonly sslKey?: Buffer | null
}

export function securityOf(
  security: DatabaseSecurity & { readonly host: string },
): ConnectionOptions | false {
  const { host, sslMode = 'disable', sslRootCert = null, sslCert = null, sslKey = null } = security
  if (sslMode === 'disable') return false
  return {
    // The name or address that the certificate must have.
    host,
    // As libpq does: with an authority that is named, `require` checks it, too.
    rejectUnauthorized: sslMode !== 'require' || sslRootCert !== null,
    ...(sslMode !== 'verify-full' ? { checkServerIdentity: () => undefined } : {}),
    ...(sslRootCert === null ? {} : { ca: sslRootCert }),
    ...(sslCert === null ? {} : { cert: sslCert }),
    ...(sslKey === null ? {} : { key: sslKey }),
  }
}
