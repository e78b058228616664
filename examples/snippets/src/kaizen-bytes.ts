// #region readme
import { PercentileTracker } from '@tps/kaizen'

const worker = new PercentileTracker({ windowMs: 60_000 })
worker.recordMany([12, 15, 90])
const bytes = worker.toBytes() // some 50, and about three for each bucket in use

const all = new PercentileTracker({ name: 'all workers' })
all.merge(PercentileTracker.fromBytes(bytes)) // throws DecodeError when a single bit has changed
const before = PercentileTracker.fromBytes(all.toBytes())
all.record(7)
console.log(all.count, all.subtract(before).count) // 4, and 1: what came since
// #endregion

if (all.count !== 1 || all.totalCount !== 4 || before.count !== 3) throw new Error('one value came since')
