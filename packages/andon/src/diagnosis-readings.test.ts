import { ManualClock } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import type { Readings } from './diagnosis-condition.ts'
import { ReadingHistory } from './diagnosis-history.ts'
import { READINGS, readingsOf } from './diagnosis-readings.ts'
import type { LineSnapshots } from './diagnosis-snapshots.ts'

/** One reading of earlier moments, a minute apart, and now. */
function over(reading: string, earlier: readonly (number | string | undefined)[], now: number | string): Readings {
  return readingsOf(
    {},
    {
      earlier: earlier.map((value, index) => ({
        agoMs: (earlier.length - index) * 60_000,
        readings: value === undefined ? {} : { [reading]: value },
      })),
      readings: { [reading]: now },
    },
  )
}

it('has a name, a unit and a meaning for every reading, once', () => {
  expect(new Set(READINGS.map(({ reading }) => reading)).size).toBe(READINGS.length)
  for (const { reading, meaning } of READINGS) {
    expect(reading).toMatch(/^[a-z][a-zA-Z]*\.[a-z][a-zA-Z0-9]*$/)
    expect(meaning).toMatch(/^\S.{3,}/)
  }
})

describe('readings of one moment', () => {
  it.each<[string, LineSnapshots, unknown]>([
    ['queue.depthRatio', { queue: { depth: 5, capacity: 20 } }, 0.25],
    ['queue.depthRatio', { leveler: { depth: 5, capacity: 10 } }, 0.5],
    ['queue.depthRatio', { queue: { depth: 1, capacity: 10 }, leveler: { depth: 5, capacity: 10 } }, 0.1],
    ['queue.readyRatio', { queue: { depth: 5, capacity: 20, delayed: 4 } }, 0.05],
    ['queue.readyRatio', { queue: { depth: 5, capacity: 20 } }, 0.25],
    ['queue.netRate', { queue: { enqueueRate: 5, dequeueRate: 7 } }, -2],
    ['load.perSecond', { queue: { depth: 0, capacity: 5, enqueueRate: 5 } }, 5],
    ['load.perSecond', { queue: { depth: 5, capacity: 5, enqueueRate: 5 } }, undefined],
    ['load.perSecond', { queue: { enqueueRate: 5 }, load: { perSecond: 9 } }, 9],
    ['throughput.perSecond', { queue: { dequeueRate: 5 }, pool: { workers: 1, processingRate: 4 } }, 4],
    ['throughput.perSecond', { queue: { dequeueRate: 5 } }, 5],
    ['pool.utilization', { pool: { workers: 2, utilization: 0.5 } }, 0.5],
    ['pool.overdueRatio', { pool: { workers: 4, overdue: 1 } }, 0.25],
    ['pools.slowestRatio', { pools: [{ workers: 1, meanHandlerMs: 30 }] }, undefined],
    [
      'pools.slowestRatio',
      {
        pools: [
          { workers: 1, meanHandlerMs: 30 },
          { workers: 1, meanHandlerMs: 10 },
          { workers: 1, meanHandlerMs: 0 },
        ],
      },
      3,
    ],
    ['downstream.failureRatio', { breaker: { state: 'closed', window: { completed: 0, failureRatio: 0 } } }, undefined],
    ['downstream.failureRatio', { breaker: { state: 'closed', window: { completed: 4, failureRatio: 0.25 } } }, 0.25],
    ['downstream.loadRatio', { downstream: { capacityPerSecond: 10 }, queue: { dequeueRate: 5 } }, 0.5],
    [
      'downstream.timeRatio',
      {
        downstream: { stages: ['b'] },
        breakdown: {
          stages: [
            { stage: 'a', share: 0.75 },
            { stage: 'b', share: 0.25 },
          ],
        },
      },
      0.25,
    ],
    ['downstream.timeRatio', { breakdown: { stages: [{ stage: 'a', share: 1 }] } }, undefined],
    [
      'downstream.timeRatio',
      { downstream: { stages: ['b'] }, breakdown: { stages: [{ stage: 'b', share: null }] } },
      undefined,
    ],
    [
      'breakdown.largestStage',
      {
        breakdown: {
          stages: [
            { stage: 'a', share: 0.25 },
            { stage: 'b', share: 0.75 },
          ],
        },
      },
      'b',
    ],
    ['breakdown.largestStage', { breakdown: { stages: [] } }, undefined],
    ['latency.tailRatio', { latency: { p50: 5, p99: 60 } }, 12],
    ['latency.tailRatio', { latency: { p50: 0, p99: 60 } }, undefined],
    ['autoscaler.isEnabled', { autoscaler: { isRunning: true } }, true],
    ['autoscaler.isEnabled', { autoscaler: { isRunning: true, dryRun: true } }, false],
    ['autoscaler.isEnabled', { autoscaler: {} }, undefined],
    ['autoscaler.roomRatio', { autoscaler: { max: 10, workers: 10 } }, 0],
    ['autoscaler.roomRatio', { autoscaler: { max: 10 }, pool: { workers: 5 } }, 0.5],
    ['autoscaler.wanted', { autoscaler: { recommended: 8, workers: 6 } }, 2],
    ['autoscaler.wanted', { autoscaler: { recommended: 8 }, pool: { workers: 8 } }, 0],
    ['autoscaler.isHeld', { autoscaler: { plateau: 'held' } }, true],
    ['autoscaler.isHeld', { autoscaler: { plateau: 'trial' } }, false],
    ['changes.deployedLately', { changes: { deployedAgoMs: 1_800_000 } }, true],
    ['changes.deployedLately', { changes: { deployedAgoMs: 1_800_001 } }, false],
    ['changes.deployedLately', { changes: { deployedAgoMs: null } }, false],
    ['changes.externalLately', { changes: {} }, undefined],
    ['breaker.openForMs', { breaker: { state: 'closed', stateForMs: 99 } }, 0],
    ['breaker.openForMs', { breaker: { state: 'half-open', stateForMs: 99 } }, 99],
    ['breaker.openForMs', { breaker: { state: 'forced-open', stateForMs: 99 } }, undefined],
    ['alerts.firing', { alerts: { firing: 2 } }, 2],
  ])('%s of %j is %s', (reading, line, expected) => {
    expect(readingsOf(line)[reading]).toBe(expected)
  })
})

describe('readings of change', () => {
  it.each<[string, string, (number | string | undefined)[], number | string, unknown]>([
    ['throughput.growth', 'throughput.perSecond', [100, 200, 100], 50, 0.5],
    ['throughput.growth', 'throughput.perSecond', [100, 100], 50, undefined],
    ['throughput.growth', 'throughput.perSecond', [0, 0, 0], 50, undefined],
    ['latency.growth', 'latency.p90', [10, 10, 10], 25, 2.5],
    ['latency.p50Growth', 'latency.p50', [10, 10, 10], 25, 2.5],
    ['load.baselinePerSecond', 'load.perSecond', [5, 7, 6], 0, 6],
    ['queue.rejectedPerSecond', 'queue.rejected', [60, 120], 180, 1],
    ['queue.rejectedPerSecond', 'queue.rejected', [60, 120], 5, undefined],
    ['queue.rejectedPerSecond', 'queue.rejected', [], 5, undefined],
    ['breaker.rejectedPerSecond', 'breaker.rejected', [60], 180, 2],
    ['deadLetters.grown', 'deadLetters.size', [3, 4], 9, 5],
    ['deadLetters.grown', 'deadLetters.size', [3, 4], 2, undefined],
    ['queue.fullForMs', 'queue.depthRatio', [1, 0.5, 1, 1.2], 1, 120_000],
    ['queue.fullForMs', 'queue.depthRatio', [1, 1], 0.9, 0],
    ['queue.fullForMs', 'queue.depthRatio', [1, 1], 1, 120_000],
    ['queue.fullForMs', 'queue.depthRatio', [1, undefined], 1, 0],
    ['breaker.openForMs', 'breaker.state', ['closed', 'open', 'half-open', 'open'], 'half-open', 180_000],
    ['breaker.openForMs', 'breaker.state', ['open', 'open'], 'closed', 0],
    ['breaker.flaps', 'breaker.state', ['closed', 'open', 'half-open', 'open', 'closed'], 'open', 2],
    ['breaker.flaps', 'breaker.state', [], 'open', undefined],
    ['pool.scaleUps', 'pool.workers', [10, 20, 20, 30], 40, 3],
    ['pool.scaleUps', 'pool.workers', [10, 20, 15, 30], 40, 2],
    ['pool.scaleUps', 'pool.workers', [10, 20], 5, 0],
    ['pool.scaleUps', 'pool.workers', [10], 10, 0],
    ['pool.scaleUps', 'pool.workers', [], 10, undefined],
    ['scaling.workersGrowth', 'pool.workers', [10, 20], 25, 2.5],
    ['scaling.loadGrowth', 'load.perSecond', [10, 20], 5, 0.5],
    ['scaling.throughputGrowth', 'throughput.perSecond', [undefined, 20], 30, 1.5],
    ['errors.onset', 'errors.ratio', [0, 0, 0], 0.5, 'sudden'],
    ['errors.onset', 'errors.ratio', [0, 0, 0, 0.1, 0.2], 0.3, 'gradual'],
    ['errors.onset', 'errors.ratio', [0, 0, 0, 0.4, 0.4], 0.4, 'sudden'],
    ['errors.onset', 'errors.ratio', [0.1, 0.1, 0.1], 0.1, undefined],
    ['latency.onset', 'latency.p99', [10, 10, 10], 100, 'sudden'],
    ['host.memoryIsGrowing', 'host.memoryRatio', [0.5, 0.6, 0.55, 0.7], 0.75, true],
    ['host.memoryIsGrowing', 'host.memoryRatio', [0.5, 0.5, 0.51, 0.52], 0.53, false],
    ['host.memoryIsGrowing', 'host.memoryRatio', [0.5, 0.8, 0.5, 0.8], 0.6, false],
    ['host.memoryIsGrowing', 'host.memoryRatio', [0.5, 0.6, 0.7], 0.8, undefined],
  ])('%s of %s %j and then %s is %s', (reading, of, earlier, now, expected) => {
    expect(over(of, earlier, now)[reading]).toBe(expected)
  })

  it('are against a given baseline rather than the median', () => {
    const earlier = [3, 2, 1].map((minutes) => ({ agoMs: minutes * 60_000, readings: { 'latency.p99': 10 } }))
    const latency = { p99: 40 }
    expect(readingsOf({ latency }, { earlier })['latency.growth']).toBe(4)
    expect(readingsOf({ latency }, { earlier, baseline: { 'latency.p99': 20 } })['latency.growth']).toBe(2)
  })

  it('take the load for what the queue let in and what it refused', () => {
    const earlier = [{ agoMs: 10_000, readings: { 'queue.rejected': 0 } }]
    const queue = { depth: 5, capacity: 5, enqueueRate: 3, rejected: 20 }
    expect(readingsOf({ queue }, { earlier })['load.perSecond']).toBe(5)
  })

  it('take the error ratio from the pool where nothing better is known', () => {
    const earlier = [{ agoMs: 10_000, readings: { 'pool.processed': 10, 'pool.deadLettered': 0 } }]
    const pool = { workers: 1, processed: 13, deadLettered: 1 }
    expect(readingsOf({ pool }, { earlier })['errors.ratio']).toBe(0.25)
    expect(readingsOf({ pool, signals: { errorRatio: 0 } }, { earlier })['errors.ratio']).toBe(0)
    expect(readingsOf({ pool: { ...pool, processed: 10, deadLettered: 0 } }, { earlier })['errors.ratio']).toBe(
      undefined,
    )
  })

  it('take the utilization over the last minute', () => {
    const earlier = [
      { agoMs: 90_000, readings: { 'pool.busyRatio': 0 } },
      { agoMs: 60_000, readings: { 'pool.busyRatio': 0.5 } },
      { agoMs: 30_000, readings: { 'pool.busyRatio': 1 } },
    ]
    expect(readingsOf({ pool: { workers: 1, utilization: 0.75 } }, { earlier })['pool.utilization']).toBe(0.75)
  })
})

describe('a history', () => {
  it('keeps the readings of a line, not oftener than everyMs and not more than its capacity', () => {
    const clock = new ManualClock()
    const history = new ReadingHistory({ clock, capacity: 2, everyMs: 100 })
    expect(history.add({ signals: { errorRatio: 0.1 } })).toBe(true)
    clock.advance(99)
    expect(history.add({ signals: { errorRatio: 0.2 } })).toBe(false)
    clock.advance(1)
    expect(history.add({ signals: { errorRatio: 0.3 } }, { mine: 1 })).toBe(true)
    clock.advance(100)
    expect(history.add({ signals: { errorRatio: 0.4 } })).toBe(true)
    clock.advance(50)
    expect(history.size).toBe(2)
    expect(history.earlier()).toMatchObject([
      { agoMs: 150, readings: { 'errors.ratio': 0.3, mine: 1 } },
      { agoMs: 50, readings: { 'errors.ratio': 0.4 } },
    ])
  })

  it('knows the load of a queue that was full then', () => {
    const clock = new ManualClock()
    const history = new ReadingHistory({ clock })
    const queue = { depth: 5, capacity: 5, enqueueRate: 3 }
    history.add({ queue: { ...queue, rejected: 0 } })
    clock.advance(10_000)
    history.add({ queue: { ...queue, rejected: 20 } })
    expect(history.earlier()[1]?.readings['load.perSecond']).toBe(5)
  })

  it('refuses wrong options', () => {
    expect(() => new ReadingHistory({ capacity: 0 })).toThrow('capacity must be an integer in [1, ∞), got 0')
    expect(() => new ReadingHistory({ everyMs: -1 })).toThrow('everyMs must be a finite number in [0, ∞), got -1')
    expect(() => new ReadingHistory({ clock: {} as never })).toThrow('clock must have a method now()')
  })
})
