import { createClient } from '@redis/client'
import { loginOf, socketOf, type RedisAddress } from './redis-address.ts'
import { toRedisFault } from './redis-fault.ts'

/** What Redis says of itself, for whoever looks whether it suits. */
export interface RedisState {
  readonly version: string
  /** `noeviction`, `allkeys-lru` … */
  readonly maxmemoryPolicy: string
  /** In bytes; 0 is no limit. */
  readonly maxmemory: number
}

/** Asks on a connection of its own, once. Throws a Fault. */
export async function readRedis({
  timeoutMs,
  ...address
}: RedisAddress & { readonly timeoutMs: number }): Promise<RedisState> {
  const client = createClient({
    RESP: 3,
    name: 'bincard-doctor',
    disableClientInfo: true,
    maintNotifications: 'disabled',
    ...loginOf(address),
    socket: { ...socketOf(address), connectTimeout: timeoutMs, reconnectStrategy: false },
  })
  // What goes wrong is told to whoever asks.
  client.on('error', () => undefined)
  const tooLate = setTimeout(() => client.destroy(), timeoutMs)
  try {
    await client.connect()
    const info = await client.info()
    const valueOf = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? ''
    return {
      version: valueOf('redis_version'),
      maxmemoryPolicy: valueOf('maxmemory_policy'),
      maxmemory: Number(valueOf('maxmemory')),
    }
  } catch (error) {
    throw toRedisFault(error)
  } finally {
    clearTimeout(tooLate)
    if (client.isOpen) client.destroy()
  }
}
