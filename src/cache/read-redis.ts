import { createClient } from '@redis/client'
import { redisFault, toRedisFault } from './redis-fault.ts'

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
  host,
  port,
  timeoutMs,
}: {
  readonly host: string
  readonly port: number
  readonly timeoutMs: number
}): Promise<RedisState> {
  const socket = { host, port, connectTimeout: timeoutMs, reconnectStrategy: false as const }
  const client = createClient({
    RESP: 3,
    socket,
    name: 'bincard-doctor',
    disableClientInfo: true,
    maintNotifications: 'disabled',
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
    throw client.isOpen ? toRedisFault(error) : redisFault('redis_unreachable', error)
  } finally {
    clearTimeout(tooLate)
    if (client.isOpen) client.destroy()
  }
}
