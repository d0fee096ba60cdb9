/** Where Redis is, and how it is reached and logged in to, in the words of its client. */

/** As the settings have it. */
export interface RedisAddress {
  readonly host: string
  readonly port: number
  /** Empty for the default user. */
  readonly username?: string
  /** Empty for a Redis that wants none. */
  readonly password?: string
  /** Whether the connection is encrypted. */
  readonly tls?: boolean
  /** PEM; null for the authorities that Node knows. */
  readonly tlsCa?: Buffer | null
}

/** Encrypted, the certificate must have the name or address of the host. */
export function socketOf({ host, port, tls = false, tlsCa = null }: RedisAddress) {
  return tls ? { host, port, tls, ...(tlsCa === null ? {} : { ca: tlsCa }) } : { host, port }
}

export function loginOf({ username = '', password = '' }: RedisAddress) {
  return { ...(username === '' ? {} : { username }), ...(password === '' ? {} : { password }) }
}
