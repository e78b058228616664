// #region readme
import { PercentileTracker } from '@tps/kaizen'

const latency = new PercentileTracker({ windowMs: 60_000, slices: 12 })

const start = performance.now()
await handle()
const end = performance.now()
latency.record(end - start, end) // the reading that ended the duration says when it was, too
// #endregion

async function handle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5))
}

if (latency.count !== 1) throw new Error('one duration was recorded')
console.log(latency.snapshot())
