import { checkFunction, checkObject } from '@tps/internal'
import type { RateLimitStore } from './rate-limit-store.ts'

/** Sends one command, its name first, and resolves with the reply. Every client has a method for that. */
export type SendRedisCommand = (command: string[], key: string) => Promise<unknown>

/** What `redisRateLimitStore` is made with. */
export interface RedisRateLimitStoreOptions {
  /**
   * Sends a command through your client: `(command) => client.sendCommand(command)` for node-redis,
   * `([name, ...rest]) => client.call(name, ...rest)` for ioredis, and
   * `(command, key) => cluster.sendCommand(key, false, command)` for a node-redis cluster, which routes by the key.
   */
  readonly send: SendRedisCommand
  /** What the keys in Redis begin with. Default `'rate:'`. */
  readonly prefix?: string | undefined
}

/**
 * The algorithm, in µs of the server's clock: clients' clocks don't matter. A key goes away by itself at the moment from
 * which it says nothing any more. A theoretical arrival time that is further ahead than it can be was written before the
 * server's clock was set back, or under a larger burst: then it is as far ahead as it can be.
 * Numbers are written with 17 digits, because Lua's own 14 are too few for µs of this century.
 */
export const SCRIPT = `local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local cost = ARGV[1] * ARGV[2]
local burst = tonumber(ARGV[3])
local tat = tonumber(redis.call('GET', KEYS[1]) or now)
if tat < now then tat = now end
if tat > now + burst then tat = now + burst end
local wait = tat + cost - burst - now
if wait > 0 then return math.ceil(wait) end
tat = tat + cost
redis.call('SET', KEYS[1], string.format('%.17g', tat), 'PX', math.ceil((tat - now) / 1000))
return 0`

/** SHA-1 of `SCRIPT`, by which a server that has seen it knows it. */
export const SCRIPT_SHA = '3f244cc6f79ef79a1edafdd793ddb5df16e937b0'

/**
 * Keeps shared rates in Redis 5 or later, Valkey, or what speaks as they do: one round trip a decision, and one small key
 * for each key that is limited at present. Time is the server's.
 * @throws TypeError that names the option which is wrong.
 */
export function redisRateLimitStore(options: RedisRateLimitStoreOptions): RateLimitStore {
  const { send, prefix = 'rate:' } = checkObject('options', options)
  checkFunction('send', send)
  if (typeof prefix !== 'string') throw new TypeError(`prefix must be a string, got ${typeof prefix}`)
  return {
    async take(key, cost, emissionIntervalMs, burstOffsetMs) {
      const name = prefix + key
      const rest = ['1', name, String(cost), String(emissionIntervalMs * 1000), String(burstOffsetMs * 1000)]
      const reply = await send(['EVALSHA', SCRIPT_SHA, ...rest], name).catch((error: unknown) => {
        // A server that was restarted has forgotten the script. EVAL tells it again.
        if (!isUnknownScript(error)) throw error
        return send(['EVAL', SCRIPT, ...rest], name)
      })
      const waitUs = Number(reply)
      if (!(waitUs >= 0)) throw new TypeError(`Redis must answer with a number of µs, got ${String(reply)}`)
      return waitUs / 1000
    },
  }
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT')
}
