/** What must be done in Redis in one step. Each value's first letter says what it is (see cached-value.ts). */
import { defineScript, type CommandParser } from '@redis/client'

/** Bars each key: the pages and leases on it are gone. Several may bar a key at once; each adds its token. */
export const barKeys = defineScript({
  SCRIPT: `
    for _, key in ipairs(KEYS) do
      local bars = 'B'
      if redis.call('GETRANGE', key, 0, 0) == 'B' then bars = redis.call('GET', key) end
      redis.call('SET', key, bars .. ARGV[1], 'PX', ARGV[2])
    end
    return #KEYS`,
  parseCommand(parser: CommandParser, keys: readonly string[], token: string, lifeMs: number) {
    parser.pushKeysLength([...keys])
    parser.push(token, String(lifeMs))
  },
  transformReply: asNumber,
})

/** Takes one's own token back. With the last one the key is free; a page on it, kept after the bar's end, goes. */
export const liftBars = defineScript({
  SCRIPT: `
    for _, key in ipairs(KEYS) do
      local kind = redis.call('GETRANGE', key, 0, 0)
      if kind == 'B' then
        local bars = redis.call('GET', key)
        local first, last = string.find(bars, ARGV[1], 1, true)
        if first then
          bars = string.sub(bars, 1, first - 1) .. string.sub(bars, last + 1)
          if bars == 'B' then redis.call('DEL', key) else redis.call('SET', key, bars, 'KEEPTTL') end
        end
      elseif kind ~= '' then
        redis.call('DEL', key)
      end
    end
    return #KEYS`,
  parseCommand(parser: CommandParser, keys: readonly string[], token: string) {
    parser.pushKeysLength([...keys])
    parser.push(token)
  },
  transformReply: asNumber,
})

/** Takes the lease of a key that is free, or has a page of another generation: 1 if it was taken. */
export const takeLease = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: `
    local head = redis.call('GETRANGE', KEYS[1], 0, #ARGV[2])
    local kind = string.sub(head, 1, 1)
    if kind == '' or (kind == 'P' and string.sub(head, 2) ~= ARGV[2]) then
      redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
      return 1
    end
    return 0`,
  parseCommand(parser: CommandParser, key: string, lease: string, generation: string, lifeMs: number) {
    parser.pushKey(key)
    parser.push(lease, generation, String(lifeMs))
  },
  transformReply: asNumber,
})

/** Puts the page in the place of one's own lease, or an end to the lease if there is none: 1 if it was still there. */
export const settleLease = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: `
    if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
    if ARGV[2] == '' then redis.call('DEL', KEYS[1])
    else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
    return 1`,
  parseCommand(parser: CommandParser, key: string, lease: string, page: string, ttlMs: number) {
    parser.pushKey(key)
    parser.push(lease, page, String(ttlMs))
  },
  transformReply: asNumber,
})

function asNumber(reply: unknown): number {
  return Number(reply)
}
