import { ManualClock } from '@tps/internal/manual-clock'
import { expect, it, vi } from 'vitest'
import { DurationClassifier, type ItemClassifier, LoadLeveler, type LoadLevelerOptions } from './index.ts'

function make(options: Partial<LoadLevelerOptions<string>>): { leveler: LoadLeveler<string>; clock: ManualClock } {
  const clock = new ManualClock()
  return { leveler: new LoadLeveler<string>({ workers: 4, clock, timers: clock, ...options }), clock }
}

/** A classifier of items that are their own keys. */
function learning(): { durations: DurationClassifier<string>; classify: ItemClassifier<string> } {
  const durations = new DurationClassifier<string>({ slowMs: 100 })
  return { durations, classify: durations.by((item: string) => item) }
}

it('learns from acknowledged work how long it takes, and caps what is slow', () => {
  const { durations, classify } = learning()
  const { leveler, clock } = make({ classify })
  for (const [item, ms] of [['slow', 300] as const, ['fast', 5] as const]) {
    leveler.offer(item)
    const lease = leveler.tryLease()
    clock.advance(ms)
    void lease?.ack()
  }
  expect([durations.predict('slow'), durations.predict('fast')]).toEqual([300, 5])
  for (const item of ['slow', 'slow', 'slow', 'slow', 'fast']) leveler.offer(item)
  const items = [1, 2, 3, 4].map(() => leveler.tryLease()?.item)
  expect(items).toEqual(['slow', 'slow', 'slow', 'fast'])
})

it('learns nothing from what failed', () => {
  const { durations, classify } = learning()
  const { leveler, clock } = make({ classify })
  leveler.offer('a')
  const lease = leveler.tryLease()
  clock.advance(50)
  void lease?.retry()
  void leveler.tryLease()?.deadLetter('poison')
  expect(durations.snapshot().recorded).toBe(0)
})

it('counts fast work that overruns as slow from then on, and tells the classifier', () => {
  const { durations, classify } = learning()
  const { leveler, clock } = make({ classify, slowLimit: 1 })
  leveler.offer('a')
  const overrunning = leveler.tryLease()
  durations.record('b', 500)
  leveler.offer('b')
  clock.advance(100)
  expect(leveler.snapshot()).toMatchObject({ slowInProgress: 0, overran: 0 })
  clock.advance(1)
  // `a` has taken the one place for slow work.
  expect(leveler.tryLease()).toBeUndefined()
  expect(leveler.snapshot()).toMatchObject({ slowInProgress: 1, overran: 1 })
  expect([durations.classify('a'), durations.predict('a')]).toEqual(['slow', 101])
  void overrunning?.ack()
  expect(leveler.tryLease()?.item).toBe('b')
})

it.each([
  ['without keys', {}],
  ['with keys', { keyBy: (item: string) => item.slice(0, 2) }],
])('asks again when the turn of fast work comes, which keeps its place by age among the slow, %s', (_, options) => {
  const { durations, classify } = learning()
  const { leveler } = make({ slowLimit: 1, classify: { ...classify, slowMs: 1e9 }, ...options })
  for (const item of ['a1', 'a2', 'b1', 'c1']) leveler.offer(item)
  for (const item of ['a1', 'a2', 'c1']) durations.record(item, 500)
  const first = leveler.tryLease()
  expect([first?.item, leveler.tryLease()?.item, leveler.tryLease()]).toEqual(['a1', 'b1', undefined])
  durations.record('d1', 500)
  leveler.offer('d1')
  void first?.ack()
  const second = leveler.tryLease()
  expect(second?.item).toBe('a2')
  void second?.ack()
  expect(leveler.tryLease()?.item).toBe('c1')
  expect(leveler.snapshot()).toMatchObject({ depth: 1, slowInProgress: 1 })
})

it('takes back a refused offer that turned out slow while it was offered', async () => {
  let isSlow = false
  const classify: ItemClassifier<string> = {
    classify: (item) => {
      const answer = isSlow ? 'slow' : 'fast'
      if (item === 'turns') isSlow = true
      return answer
    },
  }
  const { leveler } = make({ classify, slowLimit: 1, capacity: 1 })
  leveler.offer('a')
  leveler.tryLease()
  isSlow = true
  leveler.offer('b')
  leveler.offer('c')
  const slow = leveler.tryLease()
  leveler.offer('d')
  const waiting = leveler.lease()
  isSlow = false
  expect(leveler.offer('turns')).toBe(false)
  expect(leveler.snapshot()).toMatchObject({ depth: 1, waiters: 1 })
  void slow?.ack()
  expect(slow?.item).toBe('b')
  expect((await waiting).item).toBe('d')
})

it('weighs by the predicted duration; the unknown weighs as much as the known does on average', () => {
  const { durations, classify } = learning()
  durations.record('a', 90)
  durations.record('b', 10)
  const { leveler } = make({ strategy: 'per-worker', assign: 'round-robin', weigh: 'duration', classify, threshold: 0 })
  for (const item of ['?', 'a', '?', 'b']) leveler.offer(item)
  expect(leveler.snapshot().workerLoads).toEqual([1, 90, 90, 10])
  leveler.offer('?')
  expect(leveler.snapshot().workerLoads).toEqual([1 + 85, 90, 90, 10])
})

it('records durations per worker, too', () => {
  const { durations, classify } = learning()
  const { leveler, clock } = make({ strategy: 'per-worker', classify })
  leveler.offer('a')
  const lease = leveler.lane(0).tryLease()
  clock.advance(7)
  void lease?.ack()
  leveler.offer('b')
  leveler.lane(0).tryLease()
  leveler.offer('c')
  clock.advance(200)
  leveler.lane(0).tryLease()
  expect([durations.predict('a'), durations.classify('b')]).toEqual([7, 'slow'])
  expect(leveler.snapshot()).toMatchObject({ overran: 1, slowInProgress: 0 })
})

function fail(): never {
  throw new Error('classifier')
}

it('reports what a classifier throws, and goes on', () => {
  const onListenerError = vi.fn()
  const classify: ItemClassifier<string> = { classify: fail, record: fail, overran: fail, slowMs: 10 }
  const { leveler, clock } = make({ classify, onListenerError })
  leveler.offer('a')
  leveler.offer('b')
  const lease = leveler.tryLease()
  clock.advance(11)
  expect(leveler.tryLease()?.item).toBe('b')
  expect(leveler.snapshot()).toMatchObject({ leased: 2, overran: 1, slowInProgress: 1 })
  void lease?.ack()
  expect(onListenerError.mock.calls.length).toBeGreaterThan(3)
  expect(onListenerError).toHaveBeenCalledWith(new Error('classifier'), 'classify')
  expect(leveler.snapshot()).toMatchObject({ leased: 1, overran: 1, slowInProgress: 0 })
})

it('notices what overruns among much that has ended', () => {
  const { durations, classify } = learning()
  const { leveler, clock } = make({ classify })
  leveler.offer('stuck')
  const stuck = leveler.tryLease()
  for (let item = 0; item < 1000; item++) {
    leveler.offer('quick')
    void leveler.tryLease()?.ack()
  }
  leveler.offer('second')
  leveler.tryLease()
  clock.advance(101)
  leveler.tryLease()
  leveler.offer('next')
  leveler.tryLease()
  expect(leveler.snapshot()).toMatchObject({ overran: 2, slowInProgress: 2 })
  void stuck?.ack()
  expect(leveler.snapshot().slowInProgress).toBe(1)
  expect(['stuck', 'second', 'quick'].map((key) => durations.classify(key))).toEqual(['slow', 'slow', 'fast'])
})
