/** Every way in which a Redis fails; each answers what mends it. */
import type { OwnRedis } from './own-redis.ts'

export type RedisFailure = (redis: OwnRedis) => Promise<() => Promise<void>>

export const redisFailures: Readonly<Record<string, RedisFailure>> = {
  'killed, and back empty': async (redis) => {
    await redis.kill()
    return () => redis.start()
  },
  frozen: async (redis) => {
    redis.signal('SIGSTOP')
    return async () => redis.signal('SIGCONT')
  },
  flushed: async (redis) => {
    const flushing = setInterval(() => void redis.command('FLUSHALL').catch(() => undefined), 50)
    return async () => clearInterval(flushing)
  },
  'out of memory': async (redis) => {
    await redis.command('CONFIG SET maxmemory-policy noeviction')
    await redis.command('CONFIG SET maxmemory 1')
    return async () => void (await redis.command('CONFIG SET maxmemory 64mb'))
  },
  'read-only': async (redis) => {
    await redis.command(`REPLICAOF 127.0.0.1 1`)
    return async () => void (await redis.command('REPLICAOF NO ONE'))
  },
}
