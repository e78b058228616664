// #region readme
import { fitUsl, littlesLaw, queueFor, uslThroughput, workersFor } from '@tps/kaizen'

// 18 signals a second arrive; two workers together do 5.
const workers = workersFor(18, 2.5, 0.7)
console.log(workers) // 11: busy 65 % of the time
console.log(littlesLaw({ perSecond: 18, timeMs: 400 }).inSystem) // 7.2 of them are at work at once, on average
console.log(queueFor(18, 5_000)) // 90: the 91st would wait longer than 5 s

// Do workers add up? Measured: throughput with 1, 2, 4, 6, 8 and 10 of them.
const throughput = [2.5, 4.9, 9.1, 12.6, 15.3, 17.3]
const fit = fitUsl([1, 2, 4, 6, 8, 10].map((concurrency, at) => ({ concurrency, throughput: throughput[at] ?? 0 })))
console.log(uslThroughput(fit, workers)) // 18.1: 11 workers do 18 a second, with nothing to spare
console.log(fit.peakConcurrency) // { value: 18.7, low: 16.8, high: 20.8 }: beyond that, more workers do less
// #endregion

console.log(fit)
if (workers !== 11 || queueFor(18, 5_000) !== 90) throw new Error('the numbers of the handbook')
