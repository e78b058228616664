import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type SharedRateLimiter, type SharedRateLimiterOptions, sharedRateLimiter } from '@tps/heijunka'
import { redisRateLimitStore } from '@tps/heijunka/redis'
import { createClient } from 'redis'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { RunningRedis, needRedis } from './redis.ts'

// Rates shared through a real Redis: by two processes, and while it is killed, restarted and stopped.

const SOON_MS = 10_000

beforeAll(needRedis, 600_000)

let redis: RunningRedis
let client: ReturnType<typeof connectedTo>

function connectedTo(url: string) {
  // While there is no connection, commands fail at once; it is looked for every 50 ms.
  const made = createClient({ url, disableOfflineQueue: true, socket: { reconnectStrategy: 50 } })
  // What goes wrong reaches the limiter as failed commands.
  made.on('error', () => {})
  return made
}

beforeEach(async () => {
  redis = await RunningRedis.start()
  client = connectedTo(redis.url)
  await client.connect()
})
afterEach(async () => {
  client.destroy()
  await redis.kill()
})

const store = () => redisRateLimitStore({ send: (command) => client.sendCommand(command) })

function make(options: Partial<SharedRateLimiterOptions> = {}) {
  const limiter = sharedRateLimiter({
    name: 'api',
    limit: 10,
    burst: 5,
    store: store(),
    timeoutMs: 200,
    awayAfter: 2,
    retryMs: 100,
    ...options,
  })
  const events: string[] = []
  limiter.on('storeAway', () => events.push('away'))
  limiter.on('storeBack', () => events.push('back'))
  return { limiter, events }
}

/** Takes until the store has decided, or until it has not. */
async function takeUntil(limiter: SharedRateLimiter, decidedBy: 'store' | 'local'): Promise<number> {
  const deadline = Date.now() + SOON_MS
  for (let calls = 1; Date.now() < deadline; calls++) {
    if ((await limiter.tryTake({ key: 'probe' })).decidedBy === decidedBy) return calls
    await sleep(20)
  }
  throw new Error(`the ${decidedBy} side should have decided`)
}

describe('the script', () => {
  it('admits the burst, says how long to wait, and leaves a key that goes away by itself', async () => {
    const begun = performance.now()
    const waits: number[] = []
    for (let call = 0; call < 4; call++) waits.push(await store().take('k', 1, 100, 300))
    const tookMs = performance.now() - begun
    expect(waits.slice(0, 3)).toEqual([0, 0, 0])
    expect(waits[3]).toBeLessThanOrEqual(100)
    expect(waits[3]).toBeGreaterThan(100 - tookMs - 1)
    const leftMs = await client.pTTL('rate:k')
    expect(leftMs).toBeGreaterThan(300 - tookMs - 5)
    expect(leftMs).toBeLessThanOrEqual(300)
    await sleep((waits[3] ?? 0) + 5)
    expect(await store().take('k', 1, 100, 300)).toBe(0)
  })

  it('holds rates of more than one a µs and of one a day', async () => {
    for (let call = 0; call < 100; call++) expect(await store().take('fast', 1, 0.0004, 0.4)).toBe(0)
    expect(await store().take('slow', 1, 86_400_000, 86_400_000)).toBe(0)
    const waitMs = await store().take('slow', 1, 86_400_000, 86_400_000)
    expect(waitMs).toBeGreaterThan(86_400_000 - SOON_MS)
    expect(waitMs).toBeLessThanOrEqual(86_400_000)
  })

  it('waits no longer than a burst takes when the clock of the server was set back', async () => {
    await client.set('rate:k', `${(Date.now() + 3_600_000) * 1000}`)
    const waitMs = await store().take('k', 1, 100, 300)
    expect(waitMs).toBeGreaterThan(0)
    expect(waitMs).toBeLessThanOrEqual(100)
  })
})

it('is never exceeded by two processes together, and used to the full', async () => {
  const taker = join(import.meta.dirname, 'heijunka-redis-taker.ts')
  const run = async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--conditions=@tps/source',
      taker,
      redis.url,
      '2000',
    ])
    return JSON.parse(stdout) as {
      limit: number
      burst: number
      perMs: number
      admitted: { begunMs: number; endedMs: number }[]
    }
  }
  const [one, other] = await Promise.all([run(), run()])
  const { limit, burst, perMs } = one
  expect(Math.min(one.admitted.length, other.admitted.length)).toBeGreaterThan(0)
  const admitted = [...one.admitted, ...other.admitted].toSorted((a, b) => a.endedMs - b.endedMs)
  // A call was admitted between its beginning and its end. So whatever lies within a window was admitted within it.
  for (const { begunMs: fromMs } of admitted) {
    let inside = 0
    for (const { begunMs, endedMs } of admitted) {
      if (begunMs < fromMs) continue
      inside++
      expect(inside).toBeLessThanOrEqual(burst + ((endedMs - fromMs) * limit) / perMs)
    }
  }
  const spanMs = (admitted.at(-1)?.endedMs ?? 0) - Math.min(...admitted.map(({ begunMs }) => begunMs))
  expect(admitted.length).toBeGreaterThan(0.8 * ((spanMs * limit) / perMs))
})

it('decides by itself while Redis is killed, and with Redis again once it is restarted', async () => {
  const { limiter, events } = make({ limit: 1000, burst: 1000 })
  expect(await limiter.tryTake()).toMatchObject({ isAdmitted: true, decidedBy: 'store' })
  await redis.kill()
  await takeUntil(limiter, 'local')
  await takeUntil(limiter, 'local')
  expect(events).toEqual(['away'])
  // Its own share still bounds it.
  const alone = await Promise.all(Array.from({ length: 2000 }, () => limiter.tryTake({ key: 'flood' })))
  const admitted = alone.filter(({ isAdmitted }) => isAdmitted).length
  expect(admitted).toBeGreaterThanOrEqual(1000)
  expect(admitted).toBeLessThan(2000)
  await redis.restart()
  await takeUntil(limiter, 'store')
  expect(events).toEqual(['away', 'back'])
  const { store: readings, totals } = limiter.snapshot()
  expect(readings).toMatchObject({ isAway: false, timesAway: 1 })
  expect(totals.admittedLocally).toBeGreaterThanOrEqual(1000)
})

it('waits for a Redis that is stopped no longer than told, and goes on with it once it continues', async () => {
  const { limiter, events } = make({ limit: 1000, burst: 1000, timeoutMs: 150 })
  expect(await limiter.tryTake()).toMatchObject({ decidedBy: 'store' })
  redis.pause()
  const begun = performance.now()
  expect(await limiter.tryTake()).toMatchObject({ isAdmitted: true, decidedBy: 'local' })
  const tookMs = performance.now() - begun
  expect(tookMs).toBeGreaterThan(140)
  await takeUntil(limiter, 'local')
  expect(events).toEqual(['away'])
  expect(limiter.snapshot().store.timeouts).toBeGreaterThanOrEqual(2)
  redis.resume()
  await takeUntil(limiter, 'store')
  expect(events).toEqual(['away', 'back'])
})

it('lets those who wait go on through an outage', async () => {
  const { limiter } = make({ limit: 20, burst: 1 })
  const order: number[] = []
  const calls = Array.from({ length: 20 }, async (_, index) => {
    await limiter.take()
    order.push(index)
  })
  await sleep(150)
  await redis.kill()
  await sleep(300)
  await redis.restart()
  await Promise.all(calls)
  expect(order).toEqual(order.toSorted((one, other) => one - other))
  expect(limiter.snapshot()).toMatchObject({ waiting: 0, totals: { admitted: 20 } })
})
