import { ManualClock } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { type OverloadOptions, PullQueue, type PullQueueOptions } from './index.ts'

function setUp(overload: OverloadOptions, options: PullQueueOptions<number> = {}) {
  const clock = new ManualClock()
  const queue = new PullQueue<number>({ clock, timers: clock, capacity: 1_000_000, overload, ...options })
  return { clock, queue }
}

/** The pseudocode of RFC 8289, section 5, on an array of arrival times. */
class Rfc8289 {
  readonly #target: number
  readonly #interval: number
  readonly queue: number[] = []
  readonly drops: number[] = []
  firstAboveTime = 0
  dropNext = 0
  count = 0
  lastCount = 0
  dropping = false

  constructor(target: number, interval: number) {
    this.#target = target
    this.#interval = interval
  }

  dodequeue(now: number): { readonly p: number | undefined; readonly okToDrop: boolean } {
    const p = this.queue.shift()
    let okToDrop = false
    if (p === undefined) this.firstAboveTime = 0
    else if (now - p < this.#target || this.queue.length <= 1) this.firstAboveTime = 0
    else if (this.firstAboveTime === 0) this.firstAboveTime = now + this.#interval
    else if (now >= this.firstAboveTime) okToDrop = true
    return { p, okToDrop }
  }

  controlLaw(t: number, count: number): number {
    return t + this.#interval / Math.sqrt(count)
  }

  dequeue(now: number): number | undefined {
    let r = this.dodequeue(now)
    if (this.dropping) {
      if (!r.okToDrop) this.dropping = false
      while (now >= this.dropNext && this.dropping) {
        this.drops.push(r.p as number)
        ++this.count
        r = this.dodequeue(now)
        if (!r.okToDrop) this.dropping = false
        else this.dropNext = this.controlLaw(this.dropNext, this.count)
      }
    } else if (r.okToDrop) {
      this.drops.push(r.p as number)
      r = this.dodequeue(now)
      this.dropping = true
      const delta = this.count - this.lastCount
      this.count = 1
      if (delta > 1 && now - this.dropNext < 16 * this.#interval) this.count = delta
      this.dropNext = this.controlLaw(now, this.count)
      this.lastCount = this.count
    }
    return r.p
  }
}

describe('CoDel', () => {
  it('drops what the pseudocode of RFC 8289 drops, and when', () => {
    // Phases of load: how many arrive and are served in each millisecond.
    const phase = fc.record({
      ms: fc.integer({ min: 1, max: 300 }),
      arrive: fc.integer({ min: 0, max: 3 }),
      serve: fc.integer({ min: 0, max: 2 }),
    })
    let drops = 0
    fc.assert(
      fc.property(fc.array(phase, { minLength: 3, maxLength: 12, size: 'max' }), (phases) => {
        const { clock, queue } = setUp({ drop: 'codel', targetMs: 5, intervalMs: 20 })
        const rfc = new Rfc8289(5, 20)
        const dropped: number[] = []
        queue.on('dropped', ({ item }) => dropped.push(item))
        for (const { ms, arrive, serve } of phases) {
          for (let i = 0; i < ms; i++) {
            clock.advance(1)
            for (let a = 0; a < arrive; a++) {
              queue.offer(clock.now())
              rfc.queue.push(clock.now())
            }
            for (let s = 0; s < serve; s++) expect(queue.poll()).toBe(rfc.dequeue(clock.now()))
            expect(dropped.length).toBe(rfc.drops.length)
          }
        }
        expect(dropped).toEqual(rfc.drops)
        drops += dropped.length
      }),
      { numRuns: 60 },
    )
    expect(drops).toBeGreaterThan(1_000)
  })

  it('lets a burst through that is over within the interval', () => {
    const { clock, queue } = setUp({})
    for (let item = 0; item < 90; item++) queue.offer(item)
    for (let ms = 0; ms < 90; ms++) {
      clock.advance(1)
      expect(queue.poll()).toBe(ms)
    }
    expect(queue.snapshot().dropped).toBe(0)
  })

  it('tells of drops: to the receipt, to listeners and in the counts', () => {
    const { clock, queue } = setUp({ targetMs: 5, intervalMs: 10 })
    const settled = vi.fn()
    const dropped = vi.fn()
    queue.on('dropped', dropped)
    for (let item = 0; item < 5; item++) queue.offer(item, { receipt: { settled } })
    clock.advance(5)
    expect(queue.poll()).toBe(0)
    clock.advance(10)
    expect(queue.poll()).toBe(2)
    expect(settled.mock.calls).toEqual([
      ['acked', undefined],
      ['dropped', 'codel'],
      ['acked', undefined],
    ])
    expect(dropped).toHaveBeenCalledExactlyOnceWith({ item: 1, which: 'oldest', reason: 'codel' })
    expect(queue.snapshot()).toMatchObject({ admitted: 5, acked: 2, dropped: 1, shed: 1, depth: 2 })
  })

  it('gives the room of what it drops to producers that wait', async () => {
    const { clock, queue } = setUp({ targetMs: 5, intervalMs: 10 }, { capacity: 4 })
    for (let item = 0; item < 4; item++) queue.offer(item)
    const puts = [queue.put(4), queue.put(5), queue.put(6)]
    clock.advance(5)
    expect(queue.poll()).toBe(0)
    clock.advance(10)
    expect(queue.poll()).toBe(2)
    await Promise.all(puts)
    expect(queue.depth).toBe(4)
  })

  it('drops the oldest while the newest is served, when both are asked for', () => {
    const { clock, queue } = setUp({ order: 'adaptive-lifo', targetMs: 5, intervalMs: 10 })
    for (let item = 0; item < 6; item++) queue.offer(item)
    clock.advance(11)
    expect(queue.poll()).toBe(5)
    clock.advance(10)
    expect(queue.poll()).toBe(4)
    expect(queue.snapshot().shed).toBe(1)
    clock.advance(1)
    expect(queue.poll()).toBe(3)
  })
})

describe('adaptive LIFO', () => {
  it('takes a line for empty in which nothing but withdrawn items is left', () => {
    const { clock, queue } = setUp({ drop: 'none', order: 'adaptive-lifo', targetMs: 1, intervalMs: 5 })
    queue.offer(0)
    queue.offer(1, { receipt: { admitted: (place) => void place.withdraw(), settled: () => {} } })
    expect(queue.poll()).toBe(0)
    clock.advance(6)
    queue.offer(2)
    queue.offer(3)
    expect(queue.poll()).toBe(2)
  })

  it('serves the oldest first until the queue has not been empty for the interval, then the newest', () => {
    const { clock, queue } = setUp({ drop: 'none', order: 'adaptive-lifo' })
    for (let item = 0; item < 4; item++) queue.offer(item)
    clock.advance(100)
    expect(queue.poll()).toBe(0)
    clock.advance(1)
    expect([queue.poll(), queue.poll()]).toEqual([3, 2])
    queue.offer(4)
    expect([queue.poll(), queue.poll()]).toEqual([4, 1])
  })

  it('goes back to the oldest once the queue was empty', () => {
    const { clock, queue } = setUp({ drop: 'none', order: 'adaptive-lifo' })
    for (let item = 0; item < 2; item++) queue.offer(item)
    clock.advance(101)
    expect([queue.poll(), queue.poll()]).toEqual([1, 0])
    for (let item = 2; item < 4; item++) queue.offer(item)
    expect([queue.poll(), queue.poll()]).toEqual([2, 3])
  })

  it('counts a queue as empty until an item that was leased is back', () => {
    const { clock, queue } = setUp({ drop: 'none', order: 'adaptive-lifo' })
    queue.offer(1)
    const lease = queue.tryLease()
    clock.advance(1_000)
    lease?.release()
    queue.offer(2)
    expect(queue.poll()).toBe(1)
  })

  it('throws nothing out of its own accord', () => {
    const { clock, queue } = setUp({ drop: 'none', order: 'adaptive-lifo' })
    for (let item = 0; item < 100; item++) queue.offer(item)
    clock.advance(10_000)
    for (let item = 0; item < 100; item++) expect(queue.poll()).toBe(99 - item)
    expect(queue.snapshot()).toMatchObject({ shed: 0, dropped: 0 })
  })
})

describe('controlled delay', () => {
  it('lets an item wait for the interval while the queue empties now and then', () => {
    const { clock, queue } = setUp({ drop: 'controlled-delay', targetMs: 5, intervalMs: 100 })
    for (let item = 0; item < 3; item++) queue.offer(item)
    clock.advance(100)
    expect(queue.poll()).toBe(0)
    clock.advance(1)
    expect(queue.poll()).toBeUndefined()
    expect(queue.snapshot()).toMatchObject({ shed: 2, depth: 0 })
  })

  it('lets it wait for the target only, once the queue has not been empty for the interval', () => {
    const { clock, queue } = setUp({ drop: 'controlled-delay', targetMs: 5, intervalMs: 100 })
    for (let ms = 0; ms <= 101; ms++) {
      queue.offer(ms)
      queue.offer(ms)
      if (ms < 101) queue.poll()
      clock.advance(1)
    }
    clock.advance(5)
    const dropped = vi.fn()
    queue.on('dropped', dropped)
    // The two of 101 came when the queue had stood for over 100 ms: 6 ms later they are late, the older ones are not.
    while (queue.poll() !== undefined) continue
    expect(dropped.mock.calls.filter(([{ item }]) => item === 101)).toHaveLength(2)
    expect(dropped.mock.calls.every(([{ reason }]) => reason === 'controlled-delay')).toBe(true)
  })

  it('with adaptive LIFO serves those that came last, and drops late ones at both ends', () => {
    const { clock, queue } = setUp({ drop: 'controlled-delay', order: 'adaptive-lifo', targetMs: 5, intervalMs: 100 })
    const ends: string[] = []
    queue.on('dropped', ({ item, which }) => ends.push(`${item} ${which}`))
    queue.offer(0)
    clock.advance(60)
    queue.offer(60)
    clock.advance(41)
    queue.offer(101)
    clock.advance(6)
    // 0 has waited longer than the interval, 101 longer than the target; 60 may wait until 160.
    expect(queue.poll()).toBe(60)
    expect(ends).toEqual(['0 oldest', '101 newest'])
  })

  it('keeps the wait of what is served short under twice the load it can take', () => {
    const { clock, queue } = setUp({ drop: 'controlled-delay', order: 'adaptive-lifo' })
    const waits: number[] = []
    for (let ms = 0; ms < 5_000; ms++) {
      queue.offer(ms)
      queue.offer(ms)
      const served = queue.poll()
      if (served !== undefined && ms > 500) waits.push(ms - served)
      clock.advance(1)
    }
    expect(Math.max(...waits)).toBeLessThanOrEqual(5)
    expect(queue.depth).toBeLessThan(50)
  })
})

it('has a control for each class', () => {
  const { clock, queue } = setUp({ drop: 'none', order: 'adaptive-lifo' }, { classes: ['a', 'b'] })
  queue.offer(1, { class: 'b' })
  queue.offer(2, { class: 'b' })
  clock.advance(101)
  queue.offer(3, { class: 'a' })
  queue.offer(4, { class: 'a' })
  expect([queue.poll(), queue.poll(), queue.poll(), queue.poll()]).toEqual([3, 4, 2, 1])
})

it('has a control for each tenant: who sends little loses nothing to who floods', () => {
  const { clock, queue } = setUp({ targetMs: 5, intervalMs: 20 }, { fairBy: (item) => (item < 0 ? 'light' : 'flood') })
  const dropped: number[] = []
  queue.on('dropped', ({ item }) => dropped.push(item))
  for (let ms = 0; ms < 2_000; ms++) {
    for (let i = 0; i < 3; i++) queue.offer(ms)
    if (ms % 4 === 0) queue.offer(-1)
    queue.poll()
    clock.advance(1)
  }
  expect(dropped.length).toBeGreaterThan(100)
  expect(dropped.filter((item) => item < 0)).toEqual([])
})

it.each([
  [{ overload: 1 }, TypeError],
  [{ overload: { drop: 'some' } }, RangeError],
  [{ overload: { order: 'lifo' } }, RangeError],
  [{ overload: { targetMs: 0 } }, RangeError],
  [{ overload: { targetMs: 101 } }, RangeError],
  [{ overload: { intervalMs: Number.NaN } }, RangeError],
])('refuses the options %j', (options, error) => {
  expect(() => new PullQueue(options as unknown as PullQueueOptions)).toThrow(error)
})
