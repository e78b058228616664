import { ManualClock, settle } from '@tps/internal/manual-clock'
import { expect, it, vi } from 'vitest'
import { type Lease, LevelerClosedError, LoadLeveler, type LoadLevelerOptions, type WorkSource } from './index.ts'

function make<T = number>(
  options: Partial<LoadLevelerOptions<T>> = {},
): { leveler: LoadLeveler<T>; clock: ManualClock } {
  const clock = new ManualClock()
  return { leveler: new LoadLeveler<T>({ workers: 2, clock, timers: clock, ...options }), clock }
}

function offerAll<T>(leveler: LoadLeveler<T>, items: readonly T[]): void {
  for (const item of items) expect(leveler.offer(item)).toBe(true)
}

/** Everything that comes out of a source until nothing does, acknowledged one by one. */
function drain<T>(source: WorkSource<T>): T[] {
  const items: T[] = []
  for (let lease = source.tryLease(); lease; lease = source.tryLease()) {
    items.push(lease.item)
    void lease.ack()
  }
  return items
}

function take<T>(source: WorkSource<T>): Lease<T> {
  const lease = source.tryLease()
  if (!lease) throw new Error('nothing to take')
  return lease
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

it('hands work out first come, first served', () => {
  const { leveler } = make()
  offerAll(leveler, [1, 2, 3])
  expect(drain(leveler)).toEqual([1, 2, 3])
  expect(leveler.tryLease()).toBeUndefined()
})

it('refuses an offer once capacity items wait', () => {
  const { leveler } = make({ capacity: 2 })
  expect([leveler.offer(1), leveler.offer(2), leveler.offer(3)]).toEqual([true, true, false])
  take(leveler)
  expect(leveler.offer(4)).toBe(true)
  expect(leveler.snapshot()).toMatchObject({ depth: 2, leased: 1, rejected: 1 })
})

it('gives an item straight to a worker that waits, even when it is full of slow work above the cap', async () => {
  const { leveler } = make<string>({
    capacity: 1,
    slowLimit: 1,
    classify: (item) => (item === 'slow' ? 'slow' : 'fast'),
  })
  offerAll(leveler, ['slow'])
  take(leveler)
  offerAll(leveler, ['slow'])
  const waiting = leveler.lease()
  expect(leveler.offer('slow')).toBe(false)
  expect(leveler.offer('fast')).toBe(true)
  expect((await waiting).item).toBe('fast')
  expect(leveler.offer('fast')).toBe(false)
})

it('caps the slow work in progress at three quarters of the workers, and follows resize', () => {
  const { leveler } = make<string>({ workers: 4, classify: (item) => (item === 'slow' ? 'slow' : 'fast') })
  offerAll(leveler, ['slow', 'slow', 'slow', 'slow', 'slow', 'fast'])
  const items = upTo(5).map(() => leveler.tryLease()?.item)
  expect(items).toEqual(['slow', 'slow', 'slow', 'fast', undefined])
  expect(leveler.snapshot()).toMatchObject({ slowInProgress: 3, slowLimit: 3 })
  leveler.resize(6)
  expect(leveler.tryLease()?.item).toBe('slow')
})

it('counts a lease against the worker that took it, and spreads those taken from the whole', () => {
  const { leveler } = make({ workers: 3 })
  offerAll(leveler, upTo(6))
  take(leveler.lane(1))
  expect(leveler.snapshot()).toMatchObject({ workerLoads: [0, 1, 0], imbalanceFactor: 3 })
  take(leveler)
  expect(leveler.snapshot().workerLoads).toEqual([1, 1, 0])
  take(leveler)
  take(leveler)
  take(leveler)
  expect(leveler.snapshot()).toMatchObject({ workerLoads: [2, 2, 1], depth: 1 })
})

it('ends a lease once: later calls on it do nothing', () => {
  const { leveler } = make()
  offerAll(leveler, [1])
  const first = take(leveler)
  void first.retry()
  void first.ack()
  expect(leveler.snapshot()).toMatchObject({ depth: 1, leased: 0 })
  const second = take(leveler)
  expect(second.attempt).toBe(2)
  void first.ack()
  void first.deadLetter('late')
  expect(leveler.snapshot()).toMatchObject({ leased: 1, deadLettered: 0 })
  void second.extend(1000)
  void second.ack()
  expect(leveler.snapshot()).toMatchObject({ depth: 0, leased: 0 })
})

it('brings a retry back after its delay, with room or without', () => {
  const { leveler, clock } = make({ capacity: 1 })
  offerAll(leveler, [1])
  const lease = take(leveler)
  expect(() => lease.retry({ delayMs: -1 })).toThrow(RangeError)
  offerAll(leveler, [2])
  void lease.retry({ delayMs: 500 })
  expect(leveler.snapshot()).toMatchObject({ depth: 2, delayed: 1, leased: 0 })
  expect(leveler.offer(3)).toBe(false)
  clock.advance(499)
  expect(leveler.snapshot().delayed).toBe(1)
  clock.advance(1)
  expect(leveler.snapshot()).toMatchObject({ depth: 2, delayed: 0 })
  expect(drain(leveler)).toEqual([2, 1])
  expect(clock.pendingTimers).toBe(0)
})

it('tells of an item that was given up', () => {
  const { leveler } = make({ strategy: 'per-worker' })
  const listener = vi.fn()
  leveler.on('deadLetter', listener)
  offerAll(leveler, [1])
  void take(leveler).retry()
  void take(leveler).deadLetter('poison')
  expect(listener).toHaveBeenCalledExactlyOnceWith({ item: 1, reason: 'poison', attempt: 2 })
  expect(leveler.snapshot()).toMatchObject({ deadLettered: 1, depth: 0, leased: 0 })
})

it('serves waiting leases in the order they came, without those that aborted', async () => {
  const { leveler } = make()
  const abort = new AbortController()
  const leases = [leveler.lease(), leveler.lease({ signal: abort.signal }), leveler.lane(1).lease()]
  abort.abort(new Error('enough'))
  await expect(leases[1]).rejects.toThrow('enough')
  offerAll(leveler, [1, 2])
  expect((await leases[0])?.item).toBe(1)
  expect((await leases[2])?.item).toBe(2)
})

it('refuses a lease whose signal has aborted, and leaves no listener on one that has not', async () => {
  const { leveler } = make()
  await expect(leveler.lease({ signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone')
  const { signal } = new AbortController()
  const add = vi.spyOn(signal, 'addEventListener')
  const remove = vi.spyOn(signal, 'removeEventListener')
  const waiting = leveler.lease({ signal })
  leveler.offer(1)
  await waiting
  expect(add).toHaveBeenCalledTimes(1)
  expect(remove).toHaveBeenCalledWith('abort', add.mock.calls[0]?.[1])
})

it('rejects a lease when maxWaiters wait', async () => {
  const { leveler } = make({ maxWaiters: 1 })
  const waiting = leveler.lease()
  await expect(leveler.lease()).rejects.toMatchObject({ code: 'ERR_TOO_MANY_WAITERS', maxWaiters: 1 })
  expect(leveler.snapshot()).toMatchObject({ waiters: 1, waitersRejected: 1 })
  leveler.close()
  await expect(waiting).rejects.toThrow(LevelerClosedError)
})

it('lets everything out after close, retries included, before waiting leases reject', async () => {
  const { leveler, clock } = make({ name: 'line' })
  offerAll(leveler, [1])
  const lease = take(leveler)
  leveler.close()
  expect(leveler.offer(2)).toBe(false)
  const next = leveler.lease()
  const after = leveler.lease()
  void lease.retry({ delayMs: 10 })
  clock.advance(10)
  expect((await next).item).toBe(1)
  void (await next).ack()
  await expect(after).rejects.toMatchObject({ name: 'LevelerClosedError', code: 'ERR_QUEUE_CLOSED', leveler: 'line' })
  await expect(leveler.lease()).rejects.toThrow('line is closed and empty')
})

it('gives its timers back on stop, and delayed retries come at once', () => {
  const { leveler, clock } = make({ strategy: 'per-worker' })
  {
    using held = leveler
    offerAll(held, [1, 2])
    void take(held).retry({ delayMs: 1000 })
    expect(clock.pendingTimers).toBe(2)
  }
  expect(clock.pendingTimers).toBe(0)
  expect(leveler.snapshot()).toMatchObject({ isClosed: true, depth: 2, delayed: 0 })
  void take(leveler).retry({ delayMs: 1000 })
  expect(clock.pendingTimers).toBe(0)
  expect(drain(leveler)).toEqual([1, 2])
})

it('runs no timer while nothing waits', () => {
  const { leveler, clock } = make({ strategy: 'per-worker', everyMs: 100 })
  expect(clock.pendingTimers).toBe(0)
  offerAll(leveler, [1])
  expect(clock.pendingTimers).toBe(1)
  const lease = take(leveler)
  clock.advance(100)
  expect(clock.pendingTimers).toBe(0)
  void lease.retry()
  expect(clock.pendingTimers).toBe(1)
})

it('shows ages and rates of the last ten seconds', () => {
  const { leveler, clock } = make()
  offerAll(leveler, upTo(20))
  clock.advance(4000)
  upTo(10).map(() => take(leveler))
  expect(leveler.snapshot()).toMatchObject({ oldestAgeMs: 4000, enqueueRate: 5, dequeueRate: 2.5 })
  clock.advance(6000)
  expect(leveler.snapshot().enqueueRate).toBe(0)
  expect(leveler.snapshot().dequeueRate).toBeCloseTo(10 / 9)
  clock.advance(60_000)
  expect(leveler.snapshot()).toMatchObject({ enqueueRate: 0, dequeueRate: 0, oldestAgeMs: 70_000 })
  drain(leveler)
  expect(leveler.snapshot().oldestAgeMs).toBe(0)
})

it('keeps the order within a key: one at a time, a delayed retry before its successors', () => {
  const { leveler, clock } = make<string>({ keyBy: (item) => item[0] })
  offerAll(leveler, ['a1', 'a2', 'b1', 'a3'])
  const a1 = take(leveler)
  const b1 = take(leveler)
  expect([a1.item, b1.item, leveler.tryLease()]).toEqual(['a1', 'b1', undefined])
  clock.advance(20)
  expect(leveler.snapshot()).toMatchObject({ depth: 2, oldestAgeMs: 20 })
  void a1.retry({ delayMs: 50 })
  expect(leveler.tryLease()).toBeUndefined()
  clock.advance(50)
  const again = take(leveler)
  expect([again.item, leveler.tryLease()]).toEqual(['a1', undefined])
  void again.ack()
  expect(drain(leveler)).toEqual(['a2', 'a3'])
})

it('does not let a listener that throws change an outcome', () => {
  const onListenerError = vi.fn()
  const { leveler } = make({ onListenerError })
  const off = leveler.on('deadLetter', () => {
    throw new Error('listener')
  })
  offerAll(leveler, [1, 2])
  void take(leveler).deadLetter('bad')
  off()
  void take(leveler).deadLetter('bad')
  expect(onListenerError).toHaveBeenCalledOnce()
  expect(leveler.snapshot().deadLettered).toBe(2)
})

it('answers rebalance with nothing moved when all share one line', () => {
  const { leveler } = make()
  offerAll(leveler, [1, 2, 3])
  take(leveler.lane(0))
  expect(leveler.rebalance()).toEqual({
    before: 2,
    beforeLoads: [1, 0],
    moves: [],
    moved: 0,
    after: 2,
    afterLoads: [1, 0],
  })
})

it('rejects the waiting leases of lanes that resize takes away, and serves them when they are back', async () => {
  const { leveler } = make({ workers: 3 })
  const last = leveler.lane(2)
  const waiting = last.lease()
  leveler.resize(2)
  await expect(waiting).rejects.toMatchObject({ name: 'LaneRemovedError', code: 'ERR_LANE_REMOVED', lane: 2 })
  await expect(last.lease()).rejects.toThrow('leveler has no lane 2 any more')
  expect(() => leveler.lane(2)).toThrow(RangeError)
  leveler.resize(3)
  const again = last.lease()
  leveler.offer(1)
  await settle()
  expect((await again).item).toBe(1)
})
