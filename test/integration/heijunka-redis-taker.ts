import { sharedRateLimiter } from '@tps/heijunka'
import { redisRateLimitStore } from '@tps/heijunka/redis'
import { createClient } from 'redis'

// A process of its own that takes from a shared rate as fast as it can, and prints when it was admitted:
// `node heijunka-redis-taker.ts <url> <milliseconds>`.

/** The rate that is shared. */
const RATE = { name: 'taker', limit: 200, perMs: 1000, burst: 20 }
/** How many calls are under way at once. */
const AT_ONCE = 8

const [url = '', milliseconds = ''] = process.argv.slice(2)
const client = createClient({ url })
await client.connect()
const limiter = sharedRateLimiter({
  ...RATE,
  store: redisRateLimitStore({ send: (command) => client.sendCommand(command) }),
  timeoutMs: 10_000,
})

/** Times that all processes of the machine share, in ms. */
const now = (): number => Number(process.hrtime.bigint()) / 1e6
const endMs = now() + Number(milliseconds)
const admitted: { begunMs: number; endedMs: number }[] = []

async function takeOnAndOn(): Promise<void> {
  while (now() < endMs) {
    const begunMs = now()
    const { isAdmitted, decidedBy } = await limiter.tryTake()
    if (decidedBy !== 'store') throw new Error('the store should have decided')
    if (isAdmitted) admitted.push({ begunMs, endedMs: now() })
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, takeOnAndOn))
await client.close()
console.log(JSON.stringify({ ...RATE, admitted }))
