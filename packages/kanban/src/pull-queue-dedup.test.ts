import { ManualClock, settle } from '@tps/internal/manual-clock'
import { expect, it, vi } from 'vitest'
import { DuplicateItemError, type Place, PullQueue, type PullQueueOptions } from './index.ts'
import { Keys } from './keys.ts'

const fail: () => never = () => {
  throw new Error('broken')
}

function setUp(options: PullQueueOptions<string> = {}) {
  const clock = new ManualClock()
  const queue = new PullQueue<string>({ clock, timers: clock, dedupBy: (item) => item, ...options })
  return { clock, queue }
}

it('refuses an item whose key waits, and says why', () => {
  const { queue } = setUp()
  const duplicate = vi.fn()
  const rejected = vi.fn()
  queue.on('duplicate', duplicate)
  queue.on('rejected', rejected)
  expect([queue.tryOffer('a'), queue.tryOffer('a'), queue.offer('a'), queue.tryOffer('b')]).toEqual([
    'admitted',
    'duplicate',
    false,
    'admitted',
  ])
  expect(queue.snapshot()).toMatchObject({ duplicates: 2, rejected: 0, admitted: 2 })
  expect(duplicate).toHaveBeenLastCalledWith({ item: 'a', key: 'a' })
  expect(rejected).not.toHaveBeenCalled()
})

it('tells full, closed and duplicate apart', () => {
  const { queue } = setUp({ capacity: 1 })
  queue.offer('a')
  expect([queue.tryOffer('a'), queue.tryOffer('b')]).toEqual(['duplicate', 'full'])
  queue.close()
  expect(queue.tryOffer('a')).toBe('closed')
})

it('rejects a put of a duplicate at once', async () => {
  const { queue } = setUp({ capacity: 1 })
  queue.offer('a')
  const error: unknown = await queue.put('a').catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(DuplicateItemError)
  expect(error).toMatchObject({ name: 'DuplicateItemError', code: 'ERR_DUPLICATE_ITEM', key: 'a' })
})

it('holds the key while its item is leased or waits for a retry, and lets it go when that is settled', () => {
  const { clock, queue } = setUp()
  queue.offer('a')
  const lease = queue.tryLease()
  expect(queue.tryOffer('a')).toBe('duplicate')
  lease?.retry({ delayMs: 10 })
  expect(queue.tryOffer('a')).toBe('duplicate')
  clock.advance(10)
  queue.tryLease()?.ack()
  expect(queue.tryOffer('a')).toBe('admitted')
})

it('lets the key go whatever becomes of the item', () => {
  const { clock, queue } = setUp({ capacity: 1, overflow: 'drop-oldest' })
  queue.offer('dropped')
  queue.offer('expired', { deadlineMs: 5 })
  expect(queue.tryOffer('dropped')).toBe('admitted')
  queue.clear()
  queue.offer('expired', { deadlineMs: 5 })
  clock.advance(5)
  expect(queue.poll()).toBeUndefined()
  let place: Place | undefined
  const receipt = { admitted: (given: Place) => void (place = given), settled: () => {} }
  queue.offer('withdrawn', { receipt })
  place?.withdraw()
  for (const item of ['expired', 'dropped', 'withdrawn', 'dead']) {
    expect(queue.tryOffer(item)).toBe('admitted')
    queue.tryLease()?.deadLetter('broken')
  }
  expect(queue.tryOffer('dead')).toBe('admitted')
})

it('holds the key of a producer that waits, until it gives up or the queue is closed', async () => {
  const { queue } = setUp({ capacity: 1 })
  queue.offer('a')
  const abort = new AbortController()
  const put = queue.put('b', { signal: abort.signal })
  expect(queue.tryOffer('b')).toBe('duplicate')
  abort.abort('bored')
  await expect(put).rejects.toBe('bored')
  expect(queue.tryOffer('b')).toBe('full')
  queue.put('c').catch(() => {})
  queue.close()
  await settle()
  expect(queue.snapshot()).toMatchObject({ waitingProducers: 0, duplicates: 1 })
})

it('remembers what was acknowledged for the window, and only that', () => {
  const { clock, queue } = setUp({ dedupWindowMs: 100 })
  queue.offer('done')
  queue.poll()
  queue.offer('given up')
  queue.tryLease()?.deadLetter('broken')
  expect([queue.tryOffer('done'), queue.tryOffer('given up')]).toEqual(['duplicate', 'admitted'])
  clock.advance(99)
  expect(queue.tryOffer('done')).toBe('duplicate')
  clock.advance(1)
  expect(queue.tryOffer('done')).toBe('admitted')
})

it('forgets the oldest key beyond maxKeys, and counts it', () => {
  const { queue } = setUp({ dedupWindowMs: 1_000, maxKeys: 2 })
  for (const item of ['a', 'b', 'c']) {
    queue.offer(item)
    queue.poll()
  }
  expect(['a', 'b', 'c'].map((item) => queue.tryOffer(item))).toEqual(['admitted', 'duplicate', 'duplicate'])
  expect(queue.snapshot().forgottenKeys).toBe(1)
})

it('keeps no key of what has gone', () => {
  let nowMs = 0
  const keys = new Keys({ windowMs: 100, maxKeys: 1_000 }, () => nowMs)
  for (; nowMs < 10_000; nowMs++) {
    keys.hold(`key ${nowMs}`)
    keys.release(`key ${nowMs}`, 'acked')
  }
  expect(keys.size).toBeLessThanOrEqual(101)
  const forgetful = new Keys({ windowMs: 0, maxKeys: 1 }, () => nowMs)
  forgetful.hold('a')
  forgetful.release('a', 'acked')
  expect(forgetful.size).toBe(0)
})

it('takes an item without a key for no duplicate', () => {
  const { queue } = setUp({ dedupBy: () => undefined })
  expect([queue.tryOffer('a'), queue.tryOffer('a')]).toEqual(['admitted', 'admitted'])
})

it('judges an item by the key it came with, also when the item has changed since', () => {
  const queue = new PullQueue<{ id: string }>({ dedupBy: ({ id }) => id })
  const item = { id: 'a' }
  queue.offer(item)
  item.id = 'b'
  queue.poll()
  expect([queue.tryOffer({ id: 'a' }), queue.tryOffer({ id: 'b' })]).toEqual(['admitted', 'admitted'])
})

it('reports what dedupBy throws, and lets the item in', () => {
  const onListenerError = vi.fn()
  const { queue } = setUp({ dedupBy: fail, onListenerError })
  expect([queue.offer('a'), queue.offer('a')]).toEqual([true, true])
  expect(onListenerError).toHaveBeenCalledWith(expect.any(Error), 'dedupBy')
})

const refused: readonly [options: object, error: ErrorConstructor][] = [
  [{ dedupBy: 'id' }, TypeError],
  [{ dedupWindowMs: 5 }, TypeError],
  [{ dedupBy: () => 'a', dedupWindowMs: -1 }, RangeError],
  [{ dedupBy: () => 'a', maxKeys: 0 }, RangeError],
]

it.each(refused)('refuses the options %j', (options, error) => {
  expect(() => new PullQueue(options as unknown as PullQueueOptions)).toThrow(error)
})
