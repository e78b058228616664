// #region readme
import { changePoints, growthForecast, trend } from '@tps/kaizen'

// p99 of 60 minutes: it wanders a little, and is 25 ms higher after minute 40.
const p99s = Array.from({ length: 60 }, (_, minute) => 100 + 4 * Math.sin(minute * 2.4) + (minute < 40 ? 0 : 25))
const [change] = changePoints(p99s)
console.log(change) // { direction: 'up', at: 40, detectedAt: 42, before: 100.0…, after: 125.5… }

const { direction, slope, low, high } = trend(p99s.slice(0, 40))
console.log(direction, slope, low, high) // none: until then nothing rose or fell

// Daily peaks of ten weeks, 1 % more each day, against what the system was measured to do.
const peaks = Array.from({ length: 70 }, (_, day) => ({
  at: day,
  value: 50 * 1.01 ** day * (1 + 0.05 * Math.sin(day * 7)),
}))
const { reachesLimit } = growthForecast(peaks, { model: 'exponential', limit: 133 })
console.log(reachesLimit) // { at: 99.0…, earliest: 92.0…, latest: 107.8… }: the day, and its range
// #endregion

if (change?.at !== 40 || direction !== 'none') throw new Error('one change, and no trend before it')
if (!(reachesLimit.at !== null && Math.abs(reachesLimit.at - 98) < 3)) throw new Error('1.01 ** 98 is 2.65')
