import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it, vi } from 'vitest'
import {
  type Place,
  PullQueue,
  QueueClosedError,
  type PullQueueOptions,
  type QueueLease,
  TooManyWaitingError,
} from './index.ts'

function setUp(options: PullQueueOptions = {}): { clock: ManualClock; queue: PullQueue<number> } {
  const clock = new ManualClock()
  return { clock, queue: new PullQueue<number>({ clock, timers: clock, capacity: 2, ...options }) }
}

function leaseOf(queue: PullQueue<number>): QueueLease<number> {
  const lease = queue.tryLease()
  if (!lease) throw new Error('nothing to lease')
  return lease
}

function fail(): never {
  throw new Error('receipt')
}

describe('offering', () => {
  it('gives items out in the order they came in', () => {
    const { queue } = setUp()
    queue.offer(1)
    queue.offer(2)
    expect([queue.poll(), queue.poll(), queue.poll()]).toEqual([1, 2, undefined])
  })

  it('refuses at once and counts it when full', () => {
    const { queue } = setUp()
    const rejected = vi.fn()
    queue.on('rejected', rejected)
    expect([queue.offer(1), queue.offer(2), queue.offer(3)]).toEqual([true, true, false])
    expect(queue.snapshot()).toMatchObject({ depth: 2, admitted: 2, rejected: 1 })
    expect(rejected).toHaveBeenCalledExactlyOnceWith({ item: 3, why: 'full' })
  })

  it('drops the oldest when told to', () => {
    const { queue } = setUp({ overflow: 'drop-oldest' })
    const dropped = vi.fn()
    queue.on('dropped', dropped)
    for (const item of [1, 2, 3]) expect(queue.offer(item)).toBe(true)
    expect([queue.poll(), queue.poll()]).toEqual([2, 3])
    expect(dropped).toHaveBeenCalledExactlyOnceWith({ item: 1, which: 'oldest', reason: 'drop-oldest' })
  })

  it('drops the newest that waits when told to', () => {
    const { queue } = setUp({ overflow: 'drop-newest' })
    for (const item of [1, 2, 3]) expect(queue.offer(item)).toBe(true)
    expect([queue.poll(), queue.poll()]).toEqual([1, 3])
    expect(queue.snapshot().dropped).toBe(1)
  })

  it('has already changed when a listener hears of a drop', () => {
    const { queue } = setUp({ overflow: 'drop-oldest' })
    const depths: number[] = []
    queue.on('dropped', () => depths.push(queue.depth))
    for (const item of [1, 2, 3]) queue.offer(item)
    expect(depths).toEqual([2])
  })

  it('never drops from a more urgent class', () => {
    const { queue } = setUp({ overflow: 'drop-oldest', classes: ['expedite', 'standard'] })
    queue.offer(1, { class: 'expedite' })
    queue.offer(2, { class: 'expedite' })
    expect(queue.offer(3)).toBe(false)
    expect(queue.offer(4, { class: 'expedite' })).toBe(true)
    expect([queue.poll(), queue.poll()]).toEqual([2, 4])
  })

  it('serves a more urgent class first', () => {
    const { queue } = setUp({ capacity: 4, classes: ['expedite', 'standard'] })
    queue.offer(1)
    queue.offer(2, { class: 'expedite' })
    queue.offer(3, { class: 'standard' })
    queue.offer(4, { class: 'expedite' })
    expect(queue.snapshot().classes).toEqual({ expedite: 2, standard: 2 })
    expect([queue.poll(), queue.poll(), queue.poll(), queue.poll()]).toEqual([2, 4, 1, 3])
  })

  it('refuses a class it does not have', () => {
    const { queue } = setUp()
    expect(() => queue.offer(1, { class: 'urgent' })).toThrow(RangeError)
  })

  it('carries undefined and other primitives as items', () => {
    const queue = new PullQueue<unknown>()
    const items = [undefined, null, 0, '', Number.NaN]
    for (const item of items) queue.offer(item)
    expect(items.map(() => queue.tryLease()?.item)).toEqual(items)
  })

  it('carries leases as items', () => {
    const inner = new PullQueue<number>()
    inner.offer(1)
    const outer = new PullQueue<QueueLease<number>>()
    const lease = leaseOf(inner)
    outer.offer(lease)
    expect(outer.poll()).toBe(lease)
    expect(inner.leased).toBe(1)
  })
})

describe('waiting for room', () => {
  it('admits waiting producers first come, first served, before anyone who offers', async () => {
    const { queue } = setUp({ capacity: 1 })
    queue.offer(1)
    const order: number[] = []
    for (const item of [2, 3]) void queue.put(item).then(() => order.push(item))
    expect(queue.snapshot().waitingProducers).toBe(2)
    expect(queue.poll()).toBe(1)
    expect(queue.offer(9)).toBe(false)
    expect(queue.poll()).toBe(2)
    await settle()
    expect(order).toEqual([2, 3])
    expect(queue.poll()).toBe(3)
  })

  it('resolves on admission when there is room', async () => {
    const { queue } = setUp()
    await expect(queue.put(1)).resolves.toBeUndefined()
    expect(queue.depth).toBe(1)
  })

  it('does not admit the item of a producer that gave up', async () => {
    const { queue } = setUp({ capacity: 1 })
    queue.offer(1)
    const abort = new AbortController()
    const put = queue.put(2, { signal: abort.signal })
    const behind = queue.put(3)
    abort.abort(new Error('enough'))
    await expect(put).rejects.toThrow('enough')
    queue.poll()
    await behind
    expect(queue.poll()).toBe(3)
  })

  it('refuses a producer whose signal has aborted already', async () => {
    const { queue } = setUp()
    await expect(queue.put(1, { signal: AbortSignal.abort() })).rejects.toThrow(DOMException)
    expect(queue.snapshot().admitted).toBe(0)
  })

  it('lets no more wait than maxWaiting', async () => {
    const { queue } = setUp({ capacity: 1, maxWaiting: 1 })
    queue.offer(1)
    void queue.put(2)
    await expect(queue.put(3)).rejects.toThrow(TooManyWaitingError)
    expect(queue.snapshot()).toMatchObject({ waitingProducers: 1, rejected: 1 })
  })

  it('counts a deadline from the call, not from the admission', async () => {
    const { clock, queue } = setUp({ capacity: 1 })
    queue.offer(1)
    void queue.put(2, { deadlineMs: 100 })
    clock.advance(100)
    expect([queue.poll(), queue.poll()]).toEqual([1, undefined])
    expect(queue.snapshot().expired).toBe(1)
  })
})

describe('taking', () => {
  it('serves waiting consumers first come, first served', async () => {
    const { queue } = setUp()
    const first = queue.take()
    const second = queue.take()
    queue.offer(1)
    queue.offer(2)
    expect(await Promise.all([first, second])).toEqual([1, 2])
  })

  it('hands the item of an aborted consumer to the next one', async () => {
    const { queue } = setUp()
    const abort = new AbortController()
    const first = queue.take({ signal: abort.signal })
    const second = queue.take()
    abort.abort('bored')
    queue.offer(1)
    await expect(first).rejects.toBe('bored')
    expect(await second).toBe(1)
    expect(queue.snapshot().waitingConsumers).toBe(0)
  })

  it('keeps an item that was handed over before the abort', async () => {
    const { queue } = setUp()
    const abort = new AbortController()
    const taken = queue.take({ signal: abort.signal })
    queue.offer(1)
    abort.abort()
    expect(await taken).toBe(1)
  })

  it('leaves no listener on a signal it waited with', async () => {
    const { queue } = setUp()
    const { signal } = new AbortController()
    const added = vi.spyOn(signal, 'addEventListener')
    const removed = vi.spyOn(signal, 'removeEventListener')
    const taken = [queue.take({ signal }), queue.take({ signal })]
    expect(added).toHaveBeenCalledTimes(1)
    queue.offer(1)
    queue.offer(2)
    await Promise.all(taken)
    expect(removed).toHaveBeenCalledTimes(1)
  })

  it('refuses more consumers than maxWaiting', async () => {
    const { queue } = setUp({ maxWaiting: 1 })
    void queue.take()
    await expect(queue.take()).rejects.toThrow(TooManyWaitingError)
  })
})

describe('leases', () => {
  it('settles once', () => {
    const { queue } = setUp()
    queue.offer(1)
    const lease = leaseOf(queue)
    expect(queue.leased).toBe(1)
    lease.ack()
    lease.retry()
    lease.deadLetter('late')
    lease.release()
    expect(queue.snapshot()).toMatchObject({ depth: 0, leased: 0, acked: 1, retried: 0, deadLettered: 0 })
  })

  it('counts attempts from 1', () => {
    const { queue } = setUp()
    queue.offer(1)
    const lease = leaseOf(queue)
    expect(lease.attempt).toBe(1)
    lease.retry()
    expect(leaseOf(queue).attempt).toBe(2)
  })

  it('has room for a retried item even when full', () => {
    const { queue } = setUp({ capacity: 1 })
    queue.offer(1)
    const lease = leaseOf(queue)
    queue.offer(2)
    lease.retry()
    expect(queue.depth).toBe(2)
    expect(queue.offer(3)).toBe(false)
    expect([queue.poll(), queue.poll()]).toEqual([2, 1])
  })

  it('gives a released item back to the front and does not count the attempt', () => {
    const { clock, queue } = setUp()
    queue.offer(1)
    clock.advance(5)
    queue.offer(2)
    leaseOf(queue).release()
    expect(queue.snapshot().oldestAgeMs).toBe(0)
    const again = leaseOf(queue)
    expect([again.item, again.attempt]).toEqual([1, 1])
  })

  it('gives released items back in the order they were leased, whoever is first to release', () => {
    const { queue } = setUp({ capacity: 4 })
    for (const item of [1, 2, 3, 4]) queue.offer(item)
    const leases = [leaseOf(queue), leaseOf(queue), leaseOf(queue)] as const
    leases[1].release()
    leases[0].release()
    leases[2].release()
    expect([queue.poll(), queue.poll(), queue.poll(), queue.poll()]).toEqual([1, 2, 3, 4])
  })

  it('keeps a delayed item back until it is due, and counts it against the capacity', () => {
    const { clock, queue } = setUp({ capacity: 1 })
    queue.offer(1)
    leaseOf(queue).retry({ delayMs: 100 })
    expect(queue.offer(2)).toBe(false)
    expect(queue.snapshot()).toMatchObject({ depth: 1, delayed: 1 })
    clock.advance(99)
    expect(queue.poll()).toBeUndefined()
    clock.advance(1)
    expect(queue.poll()).toBe(1)
  })

  it('wakes a waiting consumer for a delayed item with one timer', async () => {
    const { clock, queue } = setUp({ capacity: 3 })
    for (const item of [1, 2, 3]) queue.offer(item)
    const leases = [leaseOf(queue), leaseOf(queue), leaseOf(queue)]
    for (const [index, lease] of leases.entries()) lease.retry({ delayMs: 300 - index * 100 })
    expect(clock.pendingTimers).toBe(0)
    const taken = [queue.take(), queue.take(), queue.take()]
    expect(clock.pendingTimers).toBe(1)
    await clock.advanceAsync(300)
    expect(await Promise.all(taken)).toEqual([3, 2, 1])
    expect(clock.pendingTimers).toBe(0)
  })

  it('takes its timer back when the waiting consumer gives up', async () => {
    const { clock, queue } = setUp()
    queue.offer(1)
    leaseOf(queue).retry({ delayMs: 100 })
    const abort = new AbortController()
    const taken = queue.take({ signal: abort.signal })
    expect(clock.pendingTimers).toBe(1)
    abort.abort()
    await expect(taken).rejects.toThrow(DOMException)
    expect(clock.pendingTimers).toBe(0)
  })

  it('admits nothing past delayed items that take all the room, whoever waits for it', async () => {
    const { clock, queue } = setUp({ capacity: 1 })
    queue.offer(1)
    leaseOf(queue).retry({ delayMs: 100 })
    const taken = [queue.take(), queue.take()]
    const put = queue.put(2)
    expect(queue.offer(3)).toBe(false)
    expect(queue.snapshot()).toMatchObject({ depth: 1, waitingProducers: 1, waitingConsumers: 2 })
    await clock.advanceAsync(100)
    await put
    expect(await Promise.all(taken)).toEqual([1, 2])
  })

  it('never holds more than the capacity and what is leased, however often everything fails', async () => {
    const { queue } = setUp({ capacity: 5 })
    for (let round = 0; round < 100; round++) {
      queue.offer(round)
      queue.tryLease()?.retry({ delayMs: 1_000 })
    }
    expect(queue.depth).toBe(5)
  })

  it('tells of a dead letter', () => {
    const { queue } = setUp()
    const deadLettered = vi.fn()
    queue.on('deadLettered', deadLettered)
    queue.offer(1)
    leaseOf(queue).deadLetter('broken')
    expect(deadLettered).toHaveBeenCalledExactlyOnceWith({ item: 1, attempt: 1, reason: 'broken' })
  })

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('refuses a retry delay of %s and keeps the lease', (delayMs) => {
    const { queue } = setUp()
    queue.offer(1)
    const lease = leaseOf(queue)
    expect(() => lease.retry({ delayMs })).toThrow(RangeError)
    lease.ack()
    expect(queue.snapshot()).toMatchObject({ leased: 0, acked: 1 })
  })
})

describe('deadlines', () => {
  it('never hands out an expired item', () => {
    const { clock, queue } = setUp()
    const expired = vi.fn()
    queue.on('expired', expired)
    queue.offer(1, { deadlineMs: 50 })
    queue.offer(2)
    clock.advance(50)
    expect(queue.poll()).toBe(2)
    expect(expired).toHaveBeenCalledExactlyOnceWith({ item: 1 })
  })

  it('gives the room of expired items to new ones', () => {
    const { clock, queue } = setUp()
    queue.offer(1)
    queue.offer(2, { deadlineMs: 50 })
    clock.advance(50)
    expect(queue.offer(3)).toBe(true)
    expect([queue.poll(), queue.poll()]).toEqual([1, 3])
  })

  it('holds for a retried item', () => {
    const { clock, queue } = setUp()
    queue.offer(1, { deadlineMs: 50 })
    leaseOf(queue).retry({ delayMs: 60 })
    clock.advance(60)
    expect(queue.poll()).toBeUndefined()
    expect(queue.snapshot()).toMatchObject({ expired: 1, depth: 0 })
  })

  it.each([0, -1, Number.NaN])('refuses a deadline of %s', (deadlineMs) => {
    const { queue } = setUp()
    expect(() => queue.offer(1, { deadlineMs })).toThrow(RangeError)
  })
})

describe('receipts', () => {
  it('say once what became of the item', () => {
    const { queue } = setUp()
    const settled = vi.fn()
    queue.offer(1, { receipt: { settled } })
    const lease = leaseOf(queue)
    lease.retry()
    expect(settled).not.toHaveBeenCalled()
    leaseOf(queue).deadLetter('broken')
    expect(settled).toHaveBeenCalledExactlyOnceWith('dead-lettered', 'broken')
  })

  it('let the producer take a waiting item back and free its room', () => {
    const { queue } = setUp({ capacity: 1 })
    const settled = vi.fn()
    const admitted = vi.fn<(place: Place) => void>()
    queue.offer(1, { receipt: { settled, admitted } })
    const place = admitted.mock.calls[0]?.[0]
    expect(place?.withdraw()).toBe(true)
    expect(place?.withdraw()).toBe(false)
    expect(settled).toHaveBeenCalledExactlyOnceWith('withdrawn', undefined)
    expect(queue.offer(2)).toBe(true)
    expect(queue.poll()).toBe(2)
    expect(queue.snapshot()).toMatchObject({ withdrawn: 1, acked: 1 })
  })

  it('can not hurt the queue', () => {
    const onListenerError = vi.fn()
    const { queue } = setUp({ onListenerError })
    expect(queue.offer(1, { receipt: { admitted: fail, settled: fail } })).toBe(true)
    expect(queue.poll()).toBe(1)
    expect(onListenerError).toHaveBeenCalledTimes(2)
  })
})

describe('closing', () => {
  it('lets in nothing more and lets out what is in', async () => {
    const { queue } = setUp()
    queue.offer(1)
    queue.close()
    expect(queue.offer(2)).toBe(false)
    await expect(queue.put(2)).rejects.toThrow(QueueClosedError)
    expect(await queue.take()).toBe(1)
    await expect(queue.take()).rejects.toThrow(QueueClosedError)
    await expect(queue.lease()).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED', name: 'QueueClosedError' })
  })

  it('refuses waiting producers and, when empty, waiting consumers', async () => {
    const { queue } = setUp({ capacity: 1 })
    const taken = queue.take()
    queue.close()
    await expect(taken).rejects.toThrow(QueueClosedError)
    const { queue: full } = setUp({ capacity: 1 })
    full.offer(1)
    const put = full.put(2)
    full.close()
    await expect(put).rejects.toThrow(QueueClosedError)
  })

  it('lets consumers wait for leased items, which may be retried', async () => {
    const { queue } = setUp()
    queue.offer(1)
    queue.close()
    const lease = leaseOf(queue)
    const taken = queue.take()
    const never = queue.take()
    lease.retry()
    expect(await taken).toBe(1)
    await expect(never).rejects.toThrow(QueueClosedError)
  })

  it('ends an iteration after the last item', async () => {
    const { queue } = setUp()
    queue.offer(1)
    queue.offer(2)
    queue.close()
    const seen: number[] = []
    for await (const item of queue) seen.push(item)
    expect(seen).toEqual([1, 2])
  })

  it('ends a waiting step when the iterator returns', async () => {
    const { queue } = setUp()
    const iterator = queue[Symbol.asyncIterator]()
    const step = iterator.next()
    await iterator.return?.()
    expect(await step).toEqual({ done: true, value: undefined })
    expect(queue.snapshot().waitingConsumers).toBe(0)
  })
})

describe('readings', () => {
  it('tells the age of the longest waiting item', () => {
    const { clock, queue } = setUp()
    expect(queue.snapshot().oldestAgeMs).toBe(0)
    queue.offer(1)
    clock.advance(30)
    queue.offer(2)
    clock.advance(10)
    expect(queue.snapshot().oldestAgeMs).toBe(40)
    queue.poll()
    expect(queue.snapshot().oldestAgeMs).toBe(10)
  })

  it('tells the rates of the last ten seconds', () => {
    const { clock, queue } = setUp({ capacity: 100 })
    for (let second = 0; second < 20; second++) {
      for (let i = 0; i < 4; i++) queue.offer(i)
      queue.poll()
      clock.advance(1_000)
    }
    expect(queue.snapshot().enqueueRate).toBeCloseTo(4)
    expect(queue.snapshot().dequeueRate).toBeCloseTo(1)
    clock.advance(20_000)
    expect(queue.snapshot()).toMatchObject({ enqueueRate: 0, dequeueRate: 0 })
  })

  it('has no side effect', () => {
    const { queue } = setUp()
    queue.offer(1)
    expect(queue.snapshot()).toEqual(queue.snapshot())
    expect(JSON.parse(JSON.stringify(queue.snapshot()))).toEqual(queue.snapshot())
  })
})

it.each([
  [{ capacity: 0 }, RangeError],
  [{ capacity: Number.NaN }, RangeError],
  [{ capacity: '5' }, TypeError],
  [{ overflow: 'throw' }, RangeError],
  [{ classes: [] }, RangeError],
  [{ classes: ['a', 'a'] }, RangeError],
  [{ maxWaiting: 0.5 }, RangeError],
  [{ name: '' }, RangeError],
  [{ clock: {} }, TypeError],
] as const)('refuses the options %j', (options, error) => {
  expect(() => new PullQueue(options as PullQueueOptions)).toThrow(error)
})
