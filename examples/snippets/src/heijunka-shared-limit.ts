// #region readme
import { sharedRateLimiter } from '@tps/heijunka'
import { redisRateLimitStore } from '@tps/heijunka/redis'
import { createClient } from 'redis'

const client = createClient({ url: process.env['REDIS_URL'] ?? 'redis://localhost:6379', disableOfflineQueue: true })
client.on('error', (error: Error) => console.log(`redis: ${error.message}`))

const limiter = sharedRateLimiter({
  name: 'api',
  limit: 100,
  store: redisRateLimitStore({ send: (command) => client.sendCommand(command) }),
  timeoutMs: 50,
  localRatio: 1 / 4, // of four processes, each keeps to its quarter while Redis is away
})
limiter.on('storeAway', () => console.log('deciding alone'))
limiter.on('storeBack', ({ awayMs }) => console.log(`deciding together again, after ${awayMs} ms`))

const { isAdmitted, retryAfterMs } = await limiter.tryTake({ key: 'customer 7' })
if (!isAdmitted) console.log(`429, retry after ${Math.ceil(retryAfterMs / 1_000)} s`)
// #endregion

// There may be no Redis here, and the client was not connected: then each call is decided alone.
for (let call = 0; call < 3; call++) await limiter.tryTake({ key: 'customer 7' })
const { store, totals } = limiter.snapshot()
if (!store.isAway || totals.admittedLocally !== 4) throw new Error('four calls should have been decided alone')
