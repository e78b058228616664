import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { SCRIPT, SCRIPT_SHA, redisRateLimitStore } from './redis-rate-limit-store.ts'

it('knows the hash of its script', () => {
  expect(createHash('sha1').update(SCRIPT).digest('hex')).toBe(SCRIPT_SHA)
})

it('asks for the script by its hash, in µs, and names the key for those who route by it', async () => {
  const sent: unknown[] = []
  const store = redisRateLimitStore({
    prefix: 'p:',
    send: async (command, key) => {
      sent.push([command, key])
      return 2500
    },
  })
  expect(await store.take('api', 1.5, 0.25, 10)).toBe(2.5)
  expect(sent).toEqual([[['EVALSHA', SCRIPT_SHA, '1', 'p:api', '1.5', '250', '10000'], 'p:api']])
})

it('sends the script to a server that does not know it', async () => {
  const names: unknown[] = []
  const store = redisRateLimitStore({
    send: async ([name, script]) => {
      names.push(name)
      if (name === 'EVALSHA') throw new Error('NOSCRIPT No matching script. Please use EVAL.')
      expect(script).toBe(SCRIPT)
      return 0
    },
  })
  expect(await store.take('api', 1, 1, 1)).toBe(0)
  expect(names).toEqual(['EVALSHA', 'EVAL'])
})

describe('an answer that is none', () => {
  it('is passed on as the failure it is', async () => {
    const failure = new Error('LOADING Redis is loading the dataset in memory')
    const store = redisRateLimitStore({ send: () => Promise.reject(failure) })
    await expect(store.take('api', 1, 1, 1)).rejects.toBe(failure)
  })

  it.each(['QUEUED', undefined, -1])('is refused: %s', async (reply) => {
    const store = redisRateLimitStore({ send: async () => reply })
    await expect(store.take('api', 1, 1, 1)).rejects.toThrow(`Redis must answer with a number of µs, got ${reply}`)
  })
})

it.each([
  [{}, 'send must be a function, got undefined'],
  [{ send: () => Promise.resolve(0), prefix: 7 }, 'prefix must be a string, got number'],
])('refuses %j', (options, message) => {
  expect(() => redisRateLimitStore(options as never)).toThrow(new TypeError(message))
})
