import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { ManualClock } from '@tps/internal/manual-clock'
import { expect, it } from 'vitest'
import { PercentileTracker, type PercentileTrackerOptions } from './index.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function usedBytes(): number {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** KiB that one of many keeps alive. */
function kibEach(make: () => PercentileTracker): number {
  const kept = [make()]
  const before = usedBytes()
  while (kept.length <= 30) kept.push(make())
  return (usedBytes() - before) / (kept.length - 1) / 1024
}

/** With values from 1 µs to 1 h in each of ten seconds, every bucket of that range among them. */
function fill(options: PercentileTrackerOptions): PercentileTracker {
  const clock = new ManualClock()
  const tracker = new PercentileTracker({ ...options, clock })
  for (let second = 0; second < 10; second++) {
    if (second > 0) clock.advance(1000)
    for (let i = 0; i < 5000; i++) tracker.record(0.001 * 3.6e9 ** ((i * 0.618_033_988_749) % 1))
  }
  return tracker
}

it('is 128 KiB at the most for a window of ten slices, each with values from 1 µs to 1 h', () => {
  expect(fill({ windowMs: 10_000, slices: 10 }).count).toBe(50_000)
  expect(kibEach(() => fill({ windowMs: 10_000, slices: 10 }))).toBeLessThan(128)
})

it('is 8 bytes a bucket and 4 KiB, at the most, without a window', () => {
  const buckets = fill({}).toJSON().buckets.length
  expect(buckets).toBeGreaterThan(2000)
  expect(kibEach(() => fill({}))).toBeLessThan((8 * buckets) / 1024 + 4)
})
