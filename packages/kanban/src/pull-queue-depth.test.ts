import { getEventListeners } from 'node:events'
import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it, vi } from 'vitest'
import { type Place, PullQueue, type PullQueueOptions, TooManyWaitingError } from './index.ts'

function setUp(options: PullQueueOptions = {}, waiting = 0) {
  const clock = new ManualClock()
  const queue = new PullQueue<number>({ clock, timers: clock, ...options })
  for (let item = 0; item < waiting; item++) queue.offer(item)
  return { clock, queue }
}

/** What has happened by now. */
function log(promises: Record<string, Promise<unknown>>): string[] {
  const seen: string[] = []
  for (const [name, promise] of Object.entries(promises)) {
    promise.then(
      () => seen.push(name),
      (reason: unknown) => seen.push(`${name}: ${String(reason)}`),
    )
  }
  return seen
}

describe('whenBelow', () => {
  it('resolves at once when it is so', async () => {
    const { queue } = setUp({}, 2)
    await expect(queue.whenBelow(3)).resolves.toBeUndefined()
    expect(queue.snapshot().waitingForDepth).toBe(0)
  })

  it('resolves when the depth falls below, each at its own', async () => {
    const { queue } = setUp({}, 4)
    const seen = log({ first: queue.whenBelow(3), second: queue.whenBelow(1), third: queue.whenBelow(3) })
    queue.poll()
    await settle()
    expect(seen).toEqual([])
    queue.poll()
    await settle()
    expect(seen).toEqual(['first', 'third'])
    queue.poll()
    queue.poll()
    await settle()
    expect(seen).toEqual(['first', 'third', 'second'])
  })

  it('counts delayed retries, and is not fooled by a queue that producers fill up again', async () => {
    const { clock, queue } = setUp({ capacity: 2 }, 2)
    const put = queue.put(2)
    const seen = log({ below: queue.whenBelow(2) })
    queue.tryLease()?.retry({ delayMs: 10 })
    await put
    expect(queue.snapshot()).toMatchObject({ depth: 3, delayed: 1 })
    queue.poll()
    await settle()
    expect(seen).toEqual([])
    queue.poll()
    await settle()
    expect(seen).toEqual(['below'])
    clock.advance(10)
    expect(queue.poll()).toBe(0)
  })

  it.each(['clear', 'expire', 'withdraw'] as const)('hears of a fall by %s', async (how) => {
    const { clock, queue } = setUp({ capacity: 1 })
    const admitted = vi.fn<(place: Place) => void>()
    queue.offer(1, { deadlineMs: 5, receipt: { admitted, settled: () => {} } })
    const seen = log({ below: queue.whenBelow(1) })
    clock.advance(5)
    if (how === 'clear') queue.clear()
    else if (how === 'withdraw') admitted.mock.lastCall?.[0].withdraw()
    else queue.poll()
    await settle()
    expect(seen).toEqual(['below'])
  })

  it('gives up with its signal, and leaves nothing behind', async () => {
    const { queue } = setUp({}, 3)
    const abort = new AbortController()
    const seen = log({
      a: queue.whenBelow(1, { signal: abort.signal }),
      b: queue.whenBelow(2, { signal: abort.signal }),
    })
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(1)
    abort.abort('bored')
    await settle()
    expect(seen).toEqual(['a: bored', 'b: bored'])
    expect(queue.snapshot().waitingForDepth).toBe(0)
    expect(getEventListeners(abort.signal, 'abort')).toEqual([])
    await expect(queue.whenBelow(9, { signal: abort.signal })).rejects.toBe('bored')
  })

  it('lets no more wait than maxWaiting, whenDrained included', async () => {
    const { queue } = setUp({ maxWaiting: 2 }, 1)
    void queue.whenBelow(1)
    void queue.whenDrained()
    await expect(queue.whenBelow(1)).rejects.toThrow(TooManyWaitingError)
    await expect(queue.whenDrained()).rejects.toThrow(TooManyWaitingError)
  })

  it.each([0, 1.5, Number.NaN])('refuses a depth of %s', async (depth) => {
    await expect(setUp().queue.whenBelow(depth)).rejects.toThrow(RangeError)
  })
})

describe('whenDrained', () => {
  it('resolves when nothing waits and nothing is leased', async () => {
    const { queue } = setUp({}, 2)
    const seen = log({ drained: queue.whenDrained() })
    const leases = [queue.tryLease(), queue.tryLease()]
    leases[0]?.ack()
    await settle()
    expect(seen).toEqual([])
    leases[1]?.deadLetter('broken')
    await settle()
    expect(seen).toEqual(['drained'])
  })

  it('resolves at once when that is so', async () => {
    await expect(setUp().queue.whenDrained()).resolves.toBeUndefined()
  })

  it('waits for delayed retries and for batches that are being filled', async () => {
    const { clock, queue } = setUp({}, 1)
    queue.tryLease()?.retry({ delayMs: 10 })
    const seen = log({ drained: queue.whenDrained() })
    const batch = queue.takeBatch(5, 20)
    await clock.advanceAsync(29)
    expect(seen).toEqual([])
    await clock.advanceAsync(1)
    expect(await batch).toEqual([0])
    expect(seen).toEqual(['drained'])
  })

  it('gives up with its signal', async () => {
    const { queue } = setUp({}, 1)
    const abort = new AbortController()
    const drained = queue.whenDrained({ signal: abort.signal })
    abort.abort('bored')
    await expect(drained).rejects.toBe('bored')
    expect(queue.snapshot().waitingForDepth).toBe(0)
  })
})

describe('watermarks', () => {
  it('are told once each way, with the low one between', () => {
    const { queue } = setUp({ highWatermark: 3, lowWatermark: 1 })
    const told: string[] = []
    queue.on('high', ({ depth }) => told.push(`high ${depth}`))
    queue.on('low', ({ depth }) => told.push(`low ${depth}`))
    for (let item = 0; item < 5; item++) queue.offer(item)
    queue.poll()
    queue.poll()
    queue.offer(5)
    for (let item = 0; item < 4; item++) queue.poll()
    queue.offer(6)
    expect(told).toEqual(['high 3', 'low 1'])
    for (let item = 0; item < 5; item++) queue.offer(item)
    expect(told).toEqual(['high 3', 'low 1', 'high 3'])
  })

  it('count what comes back', () => {
    const { queue } = setUp({ highWatermark: 1 }, 0)
    const high = vi.fn()
    queue.on('high', high)
    const taken = queue.lease()
    queue.offer(1)
    expect(high).not.toHaveBeenCalled()
    return Promise.resolve(taken).then((lease) => {
      lease.retry({ delayMs: 5 })
      expect(high).toHaveBeenCalledExactlyOnceWith({ depth: 1 })
    })
  })

  it.each([
    [{ highWatermark: 0 }, RangeError],
    [{ lowWatermark: 1 }, TypeError],
    [{ highWatermark: 2, lowWatermark: 2 }, RangeError],
  ])('refuse the options %j', (options, error) => {
    expect(() => new PullQueue(options)).toThrow(error)
  })
})

describe('clear', () => {
  it('takes out everything that waits, delayed retries last, and settles it with the reason', () => {
    const { queue } = setUp({ classes: ['expedite', 'standard'] }, 2)
    const settled = vi.fn()
    const cleared = vi.fn()
    queue.on('cleared', cleared)
    queue.offer(7, { class: 'expedite', receipt: { settled } })
    queue.offer(8, { class: 'expedite' })
    const lease = queue.tryLease()
    queue.tryLease()?.retry({ delayMs: 10 })
    expect(queue.clear('enough')).toEqual([0, 1, 8])
    expect(settled).not.toHaveBeenCalled()
    expect(cleared).toHaveBeenCalledExactlyOnceWith({ count: 3, reason: 'enough' })
    expect(queue.snapshot()).toMatchObject({ depth: 0, delayed: 0, leased: 1, cleared: 3, admitted: 4 })
    lease?.retry()
    expect(queue.clear('again')).toEqual([7])
    expect(settled).toHaveBeenCalledExactlyOnceWith('cleared', 'again')
  })

  it('lets producers in that wait', async () => {
    const { queue } = setUp({ capacity: 1 }, 1)
    const put = queue.put(5)
    expect(queue.clear()).toEqual([0])
    await put
    expect(queue.poll()).toBe(5)
  })

  it('ends a closed queue, and takes back the timer of a consumer that waited', async () => {
    const { clock, queue } = setUp({}, 1)
    queue.tryLease()?.retry({ delayMs: 10 })
    const taken = queue.take()
    queue.close()
    expect(clock.pendingTimers).toBe(1)
    queue.clear('enough')
    await expect(taken).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED' })
    expect(clock.pendingTimers).toBe(0)
  })

  it('of an empty queue does and tells nothing', () => {
    const { queue } = setUp()
    const cleared = vi.fn()
    queue.on('cleared', cleared)
    expect(queue.clear()).toEqual([])
    expect(cleared).not.toHaveBeenCalled()
  })
})

describe('estimateWaitMs', () => {
  it('is what is ahead, and the item itself, times the pace at which items left while others waited', () => {
    const { clock, queue } = setUp({}, 20)
    for (let i = 0; i < 10; i++) {
      clock.advance(50)
      queue.poll()
    }
    expect(queue.estimateWaitMs()).toBeCloseTo(11 * 50)
    expect(queue.snapshot().estimatedWaitMs).toBeCloseTo(550)
  })

  it('is not spoilt by times when there was nothing to do', () => {
    const { clock, queue } = setUp()
    for (let i = 0; i < 4; i++) {
      queue.offer(1)
      queue.offer(2)
      for (let left = 2; left > 0; left--) {
        clock.advance(10)
        queue.poll()
      }
      clock.advance(1_500)
    }
    queue.offer(1)
    expect(queue.estimateWaitMs()).toBeCloseTo(20)
  })

  it('leaves out what is less urgent', () => {
    const { clock, queue } = setUp({ classes: ['expedite', 'standard'] }, 11)
    clock.advance(10)
    queue.poll()
    expect(queue.estimateWaitMs({ class: 'expedite' })).toBeCloseTo(10)
    expect(queue.estimateWaitMs({ class: 'standard' })).toBeCloseTo(110)
    expect(() => queue.estimateWaitMs({ class: 'none' })).toThrow(RangeError)
  })

  it('is 0 while a consumer waits, and unknown when nothing that waited was handed out lately', () => {
    const { clock, queue } = setUp({}, 2)
    expect(queue.estimateWaitMs()).toBeUndefined()
    expect(queue.snapshot().estimatedWaitMs).toBeNull()
    clock.advance(10)
    queue.poll()
    expect(queue.estimateWaitMs()).toBeCloseTo(20)
    clock.advance(11_000)
    expect(queue.estimateWaitMs()).toBeUndefined()
    queue.poll()
    void queue.take()
    expect(queue.estimateWaitMs()).toBe(0)
  })

  it('holds while consumers are slower than the slices in which it is measured', () => {
    const { clock, queue } = setUp({}, 50)
    for (let i = 0; i < 6; i++) {
      clock.advance(2_500)
      queue.poll()
    }
    // Between 9 and 10 s of a standing queue, in which every 2.5 s one item left.
    expect(queue.estimateWaitMs()).toBeGreaterThan(45 * 2_200)
    expect(queue.estimateWaitMs()).toBeLessThan(45 * 2_600)
  })
})
