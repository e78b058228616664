// #region readme
import { LimitExceededError, adaptiveLimiter } from '@tps/heijunka'

const search = adaptiveLimiter({
  name: 'search',
  partitions: { live: 0.5, batch: 0.1 }, // half of the places for users, a tenth for jobs, the rest for whoever comes
  queueCapacity: 100,
  maxWaitMs: 200,
})
search.on('limit', ({ from, to, reason }) => console.log(`limit ${from} → ${to}: ${reason}`))

async function find(words: string, signal: AbortSignal): Promise<Response> {
  try {
    return await search.execute((context) => callSearch(words, context.signal), { class: 'live', signal })
  } catch (error) {
    if (error instanceof LimitExceededError) return new Response(null, { status: 503 })
    throw error
  }
}
// #endregion

async function callSearch(words: string, signal: AbortSignal): Promise<Response> {
  if (signal.aborted) throw new Error('gone')
  if (words === 'slow') throw new DOMException('no answer in time', 'TimeoutError')
  return new Response(`results for ${words}`)
}
const { signal } = new AbortController()
console.log((await find('tea', signal)).status)
await find('slow', signal).catch((error: unknown) => console.log(String(error)))
const { limit, totals } = search.snapshot()
if (limit !== 18 || totals.succeeded !== 1 || totals.dropped !== 1) throw new Error('the timeout should have counted')
