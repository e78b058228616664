// #region readme
import { PercentileTracker } from '@tps/kaizen'

const [first, second] = [new PercentileTracker(), new PercentileTracker()]
for (let ms = 1; ms <= 500; ms++) first.record(ms)
for (let ms = 501; ms <= 1000; ms++) second.record(ms)

const both = new PercentileTracker({ name: 'both' }).merge(first).merge(second)
console.log(both.count, both.quantile(0.9)) // 1000, and 900 to within 0.55 %
console.log(both.rank(250)) // 0.25: a quarter took 250 ms or less, to within a bucket
// #endregion

if (Math.abs(both.quantile(0.9) / 900 - 1) > 0.0055) throw new Error('the error bound was broken')
