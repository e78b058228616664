// #region readme
import { PercentileTracker } from '@tps/kaizen'

const latency = new PercentileTracker({ name: 'parse', windowMs: 60_000 })
for (let i = 0; i < 1000; i++) latency.time(() => JSON.parse('[1, 2, 3]'))
const { p50, p99 } = latency.snapshot()
console.log(`half take ${p50} ms or less, one in a hundred takes more than ${p99} ms`)
// #endregion

if (!(p50 !== null && p99 !== null && p50 <= p99)) throw new Error('a thousand durations were recorded')
