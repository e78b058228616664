// #region readme
import { PercentileTracker } from '@tps/kaizen'

const latency = new PercentileTracker({ name: 'checkout', windowMs: 60_000 })

const answer = await latency.time(() => checkout({ items: 3 })) // sync or async; failures are timed as well
latency.record(12.5) // or measure yourself, and record ms

const { count, p50, p99, max } = latency.snapshot() // of the last minute; null while there is nothing
console.log({ answer, count, p50, p99, max })
// #endregion

async function checkout({ items }: { readonly items: number }): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 20))
  return `${items} items`
}

if (count !== 2 || max === null || max < 12.5) throw new Error('two durations were recorded')
