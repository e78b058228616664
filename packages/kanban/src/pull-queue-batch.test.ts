import { getEventListeners } from 'node:events'
import { ManualClock, settle } from '@tps/internal/manual-clock'
import { expect, it, vi } from 'vitest'
import { PullQueue, type PullQueueOptions, QueueClosedError, TooManyWaitingError } from './index.ts'

function setUp(options: PullQueueOptions = {}, waiting: readonly number[] = []) {
  const clock = new ManualClock()
  const queue = new PullQueue<number>({ clock, timers: clock, ...options })
  for (const item of waiting) queue.offer(item)
  return { clock, queue }
}

it('takes what is there at once when that is enough', async () => {
  const { clock, queue } = setUp({}, [1, 2, 3])
  expect(await queue.takeBatch(2, 100)).toEqual([1, 2])
  expect(queue.snapshot()).toMatchObject({ depth: 1, leased: 0, acked: 2 })
  expect(clock.pendingTimers).toBe(0)
})

it('does not wait for more unless it is told to', async () => {
  const { queue } = setUp({}, [1, 2])
  expect(await queue.takeBatch(10)).toEqual([1, 2])
})

it('waits for the first item as long as it takes, then for more until waitMs after it', async () => {
  const { clock, queue } = setUp()
  const batch = queue.takeBatch(10, 50)
  await clock.advanceAsync(10_000)
  queue.offer(1)
  clock.advance(49)
  queue.offer(2)
  expect(queue.snapshot()).toMatchObject({ depth: 0, leased: 2, waitingConsumers: 1 })
  clock.advance(1)
  queue.offer(3)
  expect(await batch).toEqual([1, 2])
  expect(queue.snapshot()).toMatchObject({ depth: 1, leased: 0, acked: 2, waitingConsumers: 0 })
})

it('counts from the call when something is ready then', async () => {
  const { clock, queue } = setUp({}, [1])
  const batch = queue.takeBatch({ max: 3, waitMs: 50 })
  clock.advance(50)
  expect(await batch).toEqual([1])
})

it('resolves as soon as it is full, without waiting', async () => {
  const { clock, queue } = setUp({}, [1])
  const batch = queue.takeBatch(3, 50)
  queue.offer(2)
  queue.offer(3)
  queue.offer(4)
  expect(await batch).toEqual([1, 2, 3])
  expect(clock.pendingTimers).toBe(0)
  expect(queue.poll()).toBe(4)
})

it('with waitMs 0 and nothing there resolves with the first item alone', async () => {
  const { queue } = setUp()
  const batch = queue.takeBatch(3)
  queue.offer(1)
  queue.offer(2)
  expect(await batch).toEqual([1])
})

it('gives everything back to where it was when it is aborted', async () => {
  const { clock, queue } = setUp({ classes: ['expedite', 'standard'] }, [1, 2])
  const abort = new AbortController()
  const batch = queue.takeBatch({ max: 5, waitMs: 100, signal: abort.signal })
  queue.offer(3, { class: 'expedite' })
  abort.abort(new Error('enough'))
  await expect(batch).rejects.toThrow('enough')
  expect(queue.snapshot()).toMatchObject({ depth: 3, leased: 0, acked: 0 })
  expect([queue.poll(), queue.poll(), queue.poll()]).toEqual([3, 1, 2])
  expect(clock.pendingTimers).toBe(0)
  expect(getEventListeners(abort.signal, 'abort')).toEqual([])
})

it('hands what an aborted one had to those who wait behind it', async () => {
  const { queue } = setUp()
  const abort = new AbortController()
  const batch = queue.takeBatch({ max: 5, waitMs: 100, signal: abort.signal })
  const behind = queue.take()
  queue.offer(1)
  abort.abort('bored')
  await expect(batch).rejects.toBe('bored')
  expect(await behind).toBe(1)
})

it('does not charge an attempt for what it gave back', async () => {
  const { queue } = setUp({}, [1])
  const abort = new AbortController()
  const batch = queue.takeBatch({ max: 5, waitMs: 100, signal: abort.signal })
  abort.abort('bored')
  await expect(batch).rejects.toBe('bored')
  expect(queue.tryLease()?.attempt).toBe(1)
})

it('frees room for producers while it waits for more', async () => {
  const { clock, queue } = setUp({ capacity: 2 }, [1, 2])
  const put = queue.put(3)
  const batch = queue.takeBatch(3, 50)
  await put
  expect(await batch).toEqual([1, 2, 3])
  expect(clock.pendingTimers).toBe(0)
})

it('keeps its place in the line of consumers', async () => {
  const { clock, queue } = setUp()
  const batch = queue.takeBatch(5, 50)
  const behind = queue.take()
  queue.offer(1)
  queue.offer(2)
  clock.advance(50)
  queue.offer(3)
  expect([await batch, await behind]).toEqual([[1, 2], 3])
})

it('resolves with what it has once the queue is closed and nothing waits', async () => {
  const { clock, queue } = setUp({}, [1])
  const batch = queue.takeBatch(5, 1_000)
  queue.close()
  expect(await batch).toEqual([1])
  await expect(queue.takeBatch(5)).rejects.toThrow(QueueClosedError)
  expect(clock.pendingTimers).toBe(0)
})

it('waits for a retry of a closed queue, then for nothing more', async () => {
  const { clock, queue } = setUp({}, [1])
  queue.tryLease()?.retry({ delayMs: 10 })
  queue.close()
  const batch = queue.takeBatch(5, 1_000)
  await clock.advanceAsync(10)
  expect(await batch).toEqual([1])
})

it('settles the receipts when it resolves, not before', async () => {
  const { clock, queue } = setUp()
  const settled = vi.fn()
  const batch = queue.takeBatch(5, 50)
  queue.offer(1, { receipt: { settled } })
  expect(settled).not.toHaveBeenCalled()
  clock.advance(50)
  expect(await batch).toEqual([1])
  expect(settled).toHaveBeenCalledExactlyOnceWith('acked', undefined)
})

it('takes no more than its maximum, also when a receipt offers more meanwhile', async () => {
  const { queue } = setUp()
  const batch = queue.takeBatch(2, 50)
  queue.offer(1)
  queue.offer(2, { receipt: { admitted: () => void queue.offer(3), settled: () => {} } })
  expect(await batch).toEqual([1, 2])
  expect(queue.poll()).toBe(3)
})

it('is refused where no more consumers may wait, and leaves no listener', async () => {
  const { queue } = setUp({ maxWaiting: 1 })
  void queue.take()
  const { signal } = new AbortController()
  await expect(queue.takeBatch({ max: 2, signal })).rejects.toThrow(TooManyWaitingError)
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

it('never waits with an aborted signal', async () => {
  const { queue } = setUp({}, [1])
  await expect(queue.takeBatch({ max: 1, signal: AbortSignal.abort('no') })).rejects.toBe('no')
  expect(queue.depth).toBe(1)
})

it('leaves out what has expired', async () => {
  const { clock, queue } = setUp()
  queue.offer(1, { deadlineMs: 5 })
  queue.offer(2)
  clock.advance(5)
  expect(await queue.takeBatch(2)).toEqual([2])
  const more = queue.takeBatch(2, 50)
  queue.offer(3)
  queue.offer(4)
  expect(await more).toEqual([3, 4])
})

it.each([
  [[0], RangeError],
  [[Number.NaN], RangeError],
  [['2'], TypeError],
  [[2, -1], RangeError],
  [[2, Number.POSITIVE_INFINITY], RangeError],
  [[{ max: 1.5 }], RangeError],
] as const)('refuses to be asked with %j', async (asked, error) => {
  const { queue } = setUp()
  await expect(queue.takeBatch(...(asked as unknown as [number, number]))).rejects.toThrow(error)
  await settle()
  expect(queue.snapshot().waitingConsumers).toBe(0)
})
