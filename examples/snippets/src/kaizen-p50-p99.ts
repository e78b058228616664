// #region readme
import { PercentileTracker } from '@tps/kaizen'

const [slow, queued] = [new PercentileTracker(), new PercentileTracker()]
for (let i = 0; i < 1000; i++) {
  slow.record(100 + (i % 10)) // every request does 100 ms of work
  queued.record(i % 50 === 0 ? 400 : 5 + (i % 10)) // one in fifty meets something that takes 400 ms
}
for (const tracker of [slow, queued]) {
  const [p50, p99] = tracker.quantiles([0.5, 0.99])
  console.log((p50 ?? 0).toFixed(), (p99 ?? 0).toFixed(), ((p99 ?? 0) / (p50 ?? 1)).toFixed(1))
}
// 104 109 1.1: all are slow, so make the work itself faster
// 10 400 40.0: a few are, so find out what they wait for
// #endregion

if (!(slow.quantile(0.99) / slow.quantile(0.5) < 1.2)) throw new Error('they lie close together')
if (!(queued.quantile(0.99) / queued.quantile(0.5) > 30)) throw new Error('they lie far apart')
