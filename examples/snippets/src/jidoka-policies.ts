import { bulkhead, coalesce, compose, fallback, hedge } from '@tps/jidoka'

// #region readme
const lookups = coalesce({ name: 'prices' }) // one call for all who ask for the same
const reads = hedge({ afterMs: () => p95(), attempts: 2 }) // a second try beside a slow one
const database = bulkhead({ limit: 10, queueCapacity: 50 }) // ten at once, fifty in line
const yesterday = fallback(async () => 9.99) // something in place of an error

async function price(article: string, signal?: AbortSignal): Promise<number> {
  const policy = compose(yesterday, lookups.forKey(article), reads, database)
  return await policy.execute((context) => query(article, context.signal), { signal })
}
// #endregion

const p95 = (): number => 5
const asked: string[] = []
async function query(article: string, signal: AbortSignal): Promise<number> {
  asked.push(article)
  if (article === 'unknown') throw new Error('no such article')
  // The first one is slow, and gives up when the second has answered.
  if (asked.length === 1) await new Promise((resolve) => signal.addEventListener('abort', resolve))
  return 12.5
}

const prices = await Promise.all([price('tea'), price('tea'), price('tea'), price('unknown')])
console.log(prices, lookups.snapshot().totals, reads.snapshot().totals)
if (prices.join() !== '12.5,12.5,12.5,9.99') throw new Error('all should have a price')
if (asked.filter((article) => article === 'tea').length !== 2) throw new Error('asked once, and once more beside it')
