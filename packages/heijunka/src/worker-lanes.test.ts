import { ManualClock } from '@tps/internal/manual-clock'
import { expect, it, vi } from 'vitest'
import { LoadLeveler, type LoadLevelerOptions, type WorkSource } from './index.ts'

function make<T = number>(
  options: Partial<LoadLevelerOptions<T>> = {},
): { leveler: LoadLeveler<T>; clock: ManualClock } {
  const clock = new ManualClock()
  const leveler = new LoadLeveler<T>({
    workers: 2,
    strategy: 'per-worker',
    assign: 'round-robin',
    steal: false,
    capacity: 1000,
    clock,
    timers: clock,
    ...options,
  })
  return { leveler, clock }
}

function offerAll<T>(leveler: LoadLeveler<T>, items: readonly T[]): void {
  for (const item of items) expect(leveler.offer(item)).toBe(true)
}

function drain<T>(source: WorkSource<T>, atMost = Number.POSITIVE_INFINITY): T[] {
  const items: T[] = []
  while (items.length < atMost) {
    const lease = source.tryLease()
    if (!lease) break
    items.push(lease.item)
    void lease.ack()
  }
  return items
}

const loads = (leveler: LoadLeveler<never> | LoadLeveler<number> | LoadLeveler<string>): readonly number[] =>
  leveler.snapshot().workerLoads
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

it('gives each worker a lane of its own', () => {
  const { leveler } = make()
  offerAll(leveler, upTo(6))
  expect(drain(leveler.lane(0))).toEqual([0, 2, 4])
  expect(drain(leveler.lane(1))).toEqual([1, 3, 5])
})

it('assigns to the least loaded, what is in progress included, ties in turn', () => {
  const { leveler } = make({ workers: 3, assign: 'least-loaded' })
  offerAll(leveler, upTo(3))
  expect(loads(leveler)).toEqual([1, 1, 1])
  leveler.lane(0).tryLease()
  expect(drain(leveler.lane(1))).toEqual([1])
  offerAll(leveler, [3])
  expect(loads(leveler)).toEqual([1, 1, 1])
})

it('assigns to the less loaded of two drawn lanes', () => {
  const draws = [0, 0, 0, 0.5, 0.99, 0]
  const { leveler } = make({ workers: 3, assign: 'power-of-two', random: () => draws.shift() ?? 0 })
  offerAll(leveler, [0, 1, 2])
  // Drawn: lanes 0 and 1 (level: the first), lanes 0 and 2 (2 has less), lanes 2 and 0 (level again: the first).
  expect(loads(leveler)).toEqual([1, 0, 2])
})

it('hands out the longest waiting of all lanes to who pulls from the whole', () => {
  const { leveler } = make()
  offerAll(leveler, upTo(5))
  expect(drain(leveler.lane(0), 2)).toEqual([0, 2])
  expect(drain(leveler)).toEqual([1, 3, 4])
})

it('lets a worker with nothing left take the longest waiting of the busiest lane', () => {
  const { leveler } = make({ workers: 3, steal: true })
  offerAll(leveler, upTo(6))
  drain(leveler.lane(0), 2)
  drain(leveler.lane(1), 1)
  expect(drain(leveler.lane(0), 1)).toEqual([2])
  expect(leveler.snapshot()).toMatchObject({ stolen: 1, workerLoads: [0, 1, 1] })
})

it('gives new work to its own waiting worker before a thief', async () => {
  const { leveler } = make({ steal: true })
  const second = leveler.lane(1).lease()
  const first = leveler.lane(0).lease()
  offerAll(leveler, [7, 8, 9])
  expect((await first).item).toBe(7)
  expect((await second).item).toBe(8)
  expect(leveler.snapshot().stolen).toBe(0)
})

it('rebalances every everyMs and tells what it did', () => {
  const { leveler, clock } = make({ everyMs: 30_000 })
  const listener = vi.fn()
  leveler.on('rebalance', listener)
  offerAll(leveler, upTo(104))
  drain(leveler.lane(0), 7)
  expect(leveler.snapshot()).toMatchObject({
    workerLoads: [45, 52],
    avgPerWorker: 48.5,
    maxPerWorker: 52,
    minPerWorker: 45,
    rebalanceAttempts: 0,
    imbalanceFactor: 7 / 48.5,
  })
  clock.advance(29_999)
  expect(listener).not.toHaveBeenCalled()
  clock.advance(1)
  expect(listener).toHaveBeenCalledExactlyOnceWith({
    before: 7 / 48.5,
    beforeLoads: [45, 52],
    moves: [{ from: 1, to: 0, count: 3 }],
    moved: 3,
    after: 1 / 48.5,
    afterLoads: [48, 49],
  })
  clock.advance(30_000)
  expect(leveler.snapshot()).toMatchObject({ rebalanceAttempts: 1, itemsMoved: 3, workerLoads: [48, 49] })
})

it('never moves what a worker has started', () => {
  const { leveler } = make()
  offerAll(leveler, upTo(12))
  const started = upTo(5).map(() => leveler.lane(0).tryLease()?.item)
  drain(leveler.lane(1))
  expect(leveler.rebalance()).toMatchObject({ beforeLoads: [6, 0], moved: 1, afterLoads: [5, 1] })
  expect(started).toEqual([0, 2, 4, 6, 8])
  expect(drain(leveler.lane(1))).toEqual([10])
  expect(leveler.rebalance()).toMatchObject({ moved: 0 })
})

it('puts moved items in their places by age', () => {
  const { leveler } = make({ workers: 3 })
  offerAll(leveler, upTo(30))
  drain(leveler.lane(1))
  leveler.rebalance()
  offerAll(leveler, [30, 31, 32])
  for (const worker of [0, 1, 2]) {
    const items = drain(leveler.lane(worker))
    expect(items).toEqual(items.toSorted((a, b) => a - b))
  }
})

it('serves a worker that waits when rebalancing brings it work', async () => {
  const { leveler, clock } = make()
  offerAll(leveler, upTo(10))
  drain(leveler.lane(1))
  const waiting = leveler.lane(1).lease()
  clock.advance(30_000)
  expect((await waiting).item).toBe(6)
})

it('levels by weight where items weigh', () => {
  const { leveler } = make({ weigh: 'duration', durationOf: (ms) => ms, threshold: 0 })
  offerAll(leveler, [100, 10, 100, 10, 100, 10])
  expect(leveler.rebalance()).toMatchObject({ beforeLoads: [300, 30], moved: 1, afterLoads: [200, 130] })
})

it('keeps a key together in one lane, through rebalancing and stealing', () => {
  const { leveler } = make<string>({ steal: true, keyBy: (item) => item[0] })
  offerAll(leveler, ['a1', 'a2', 'b1', 'a3', 'c1', 'a4', 'c2'])
  expect(loads(leveler)).toEqual([6, 1])
  const a1 = leveler.lane(0).tryLease()
  // The key that is started stays; of the others one goes.
  expect(leveler.rebalance()).toMatchObject({ moves: [{ from: 0, to: 1, count: 2 }], afterLoads: [4, 3] })
  expect(drain(leveler.lane(1))).toEqual(['b1', 'c1', 'c2'])
  expect(leveler.lane(1).tryLease()).toBeUndefined()
  void a1?.ack()
  const a2 = leveler.lane(1).tryLease()
  expect([a2?.item, loads(leveler), leveler.snapshot().stolen]).toEqual(['a2', [0, 3], 3])
  expect(leveler.lane(0).tryLease()).toBeUndefined()
  void a2?.ack()
  expect(drain(leveler.lane(1))).toEqual(['a3', 'a4'])
})

it('steals a key together with its retry', () => {
  const { leveler } = make<string>({ steal: true, keyBy: (item) => item[0] })
  offerAll(leveler, ['a1', 'a2', 'a3'])
  void leveler.lane(0).tryLease()?.retry()
  expect(leveler.lane(1).tryLease()).toMatchObject({ item: 'a1', attempt: 2 })
  expect(leveler.snapshot()).toMatchObject({ workerLoads: [0, 3], stolen: 3, depth: 2 })
})

it('moves what waits in lanes that go, and leaves their workers what they have started', () => {
  const { leveler } = make({ workers: 4, keyBy: (item) => (item % 4 === 3 ? 'key' : undefined) })
  offerAll(leveler, upTo(16))
  const started = leveler.lane(3).tryLease()
  leveler.resize(2)
  expect(loads(leveler).reduce((sum, load) => sum + load, 0)).toBe(15)
  void started?.retry()
  expect(leveler.snapshot()).toMatchObject({ depth: 16, leased: 0 })
  const items = [...drain(leveler.lane(0)), ...drain(leveler.lane(1))]
  expect(items.toSorted((a, b) => a - b)).toEqual(upTo(16))
  expect(items.filter((item) => item % 4 === 3)).toEqual([3, 7, 11, 15])
})

it('levels a new lane by rebalancing', () => {
  const { leveler } = make({ workers: 1 })
  offerAll(leveler, upTo(90))
  leveler.resize(3)
  expect(loads(leveler)).toEqual([90, 0, 0])
  leveler.rebalance()
  expect(leveler.snapshot().imbalanceFactor).toBeLessThanOrEqual(0.05)
})

it('rebalances only by hand when everyMs is Infinity', () => {
  const { leveler, clock } = make({ everyMs: Number.POSITIVE_INFINITY })
  offerAll(leveler, upTo(4))
  drain(leveler.lane(0))
  expect(clock.pendingTimers).toBe(0)
  expect(leveler.rebalance().moved).toBe(1)
})
