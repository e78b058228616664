// #region readme
import { RateLimitedError, rateLimiter } from '@tps/heijunka'

// The provider allows 50 calls a second, and no bursts.
const provider = rateLimiter({ name: 'provider', limit: 50, burst: 1, maxWaiters: 500, maxWaitMs: 2_000 })

async function lookUp(id: number, signal?: AbortSignal): Promise<string> {
  await provider.take({ signal }) // waits for its turn: first come, first served
  return await callProvider(id)
}

try {
  const names = await Promise.all([1, 2, 3, 4, 5].map((id) => lookUp(id)))
  console.log(names.join(', '))
} catch (error) {
  // Too long a queue is told at once, with the time after which to come again.
  if (error instanceof RateLimitedError) console.log(`busy: try again in ${error.retryAfterMs} ms`)
  else throw error
}
// #endregion

async function callProvider(id: number): Promise<string> {
  return `customer ${id}`
}
const { admitted, waited } = provider.snapshot().totals
if (admitted !== 5 || waited !== 4) throw new Error('four should have waited for their turn')
