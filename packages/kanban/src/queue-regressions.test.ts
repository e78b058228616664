import { getEventListeners } from 'node:events'
import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it, vi } from 'vitest'
import { PullQueue, type PullQueueOptions, type QueueLease, QueueClosedError, WorkerPool } from './index.ts'

// What users of other queues asked for, or were bitten by. The links say where.

function setUp(options: PullQueueOptions<number> = {}) {
  const clock = new ManualClock()
  const queue = new PullQueue<number>({ clock, timers: clock, capacity: 2, ...options })
  return { clock, queue }
}

const fail: () => never = () => {
  throw new Error('broken')
}

function leaseOf(queue: PullQueue<number>): QueueLease<number> {
  const lease = queue.tryLease()
  if (!lease) throw new Error('nothing to lease')
  return lease
}

// 1. https://github.com/sindresorhus/p-queue/issues/87, taskforcesh/bullmq#2782, p-throttle#2: awaiting `add()` waits for
// the result, so nothing holds a producer back.
it('1. admission is a promise of its own: put resolves while nobody has worked on the item', async () => {
  const { queue } = setUp()
  await queue.put(1)
  await queue.put(2)
  expect(queue.snapshot()).toMatchObject({ depth: 2, acked: 0 })
  let isIn = false
  void queue.put(3).then(() => (isIn = true))
  await settle()
  expect(isIn).toBe(false)
  queue.poll()
  await settle()
  expect(isIn).toBe(true)
})

// 2. SGrondin/bottleneck#152, #189: a counter that missed a case leaves the queue full for ever.
it('2. is never full for ever: after every way out there is room for as many as at first', () => {
  const { clock, queue } = setUp({ capacity: 8 })
  const waysOut: ((item: number) => void)[] = [
    () => queue.poll(),
    () => leaseOf(queue).ack(),
    () => leaseOf(queue).deadLetter('broken'),
    () => queue.clear(),
    () => {
      leaseOf(queue).retry({ delayMs: 5 })
      clock.advance(5)
      queue.poll()
    },
    () => {
      leaseOf(queue).release()
      queue.poll()
    },
  ]
  for (let round = 0; round < 100; round++) {
    for (const [way, leave] of waysOut.entries()) {
      queue.offer(way)
      leave(way)
      queue.offer(way, { deadlineMs: 1 })
      clock.advance(1)
      queue.poll()
    }
  }
  expect(queue.depth).toBe(0)
  expect(Array.from({ length: 9 }, (_, item) => queue.offer(item))).toEqual([
    true,
    true,
    true,
    true,
    true,
    true,
    true,
    true,
    false,
  ])
})

// 3. p-queue#239, #241 and fastq's kill(): promises that never settle.
describe('3. no promise dangles', () => {
  it('when the queue is closed: producers and consumers are told', async () => {
    const { queue } = setUp({ capacity: 1 })
    queue.offer(1)
    const put = queue.put(2)
    queue.close()
    await expect(put).rejects.toThrow(QueueClosedError)
    await queue.take()
    await expect(queue.take()).rejects.toThrow(QueueClosedError)
    await expect(queue.takeBatch(2, 10)).rejects.toThrow(QueueClosedError)
  })

  it('when the queue is cleared: every admitted item settles once, with the reason', () => {
    const { queue } = setUp({ capacity: 5 })
    const settled = vi.fn()
    for (let item = 0; item < 5; item++) queue.offer(item, { receipt: { settled } })
    queue.clear('enough')
    expect(settled.mock.calls).toEqual(Array.from({ length: 5 }, () => ['cleared', 'enough']))
  })

  it('when consumers that waited go home', async () => {
    const { queue } = setUp()
    const waiting = [queue.take(), queue.takeBatch(2, 10), Promise.resolve(queue.lease())]
    queue.close()
    for (const each of waiting) await expect(each).rejects.toThrow(QueueClosedError)
  })
})

// 4. p-queue#168: an abort at the wrong moment hung the queue.
describe('4. an abort frees what it held, at whatever moment', () => {
  it('of a producer: the one behind it gets the room', async () => {
    const { queue } = setUp({ capacity: 1 })
    queue.offer(1)
    const abort = new AbortController()
    const given = queue.put(2, { signal: abort.signal })
    const behind = queue.put(3)
    abort.abort('bored')
    queue.poll()
    await expect(given).rejects.toBe('bored')
    await behind
    expect(queue.poll()).toBe(3)
  })

  it('of a consumer in the same job as its item comes: the item is not lost', async () => {
    const { queue } = setUp()
    const abort = new AbortController()
    const taken = queue.take({ signal: abort.signal })
    queue.offer(1)
    abort.abort()
    expect(await taken).toBe(1)
  })

  it('before the call: nothing is enqueued', async () => {
    const { queue } = setUp()
    await expect(queue.put(1, { signal: AbortSignal.abort('no') })).rejects.toBe('no')
    expect(queue.snapshot().admitted).toBe(0)
  })

  it('leaves one listener on a signal while ten thousand wait, and none afterwards', async () => {
    const { queue } = setUp({ capacity: 1 })
    queue.offer(0)
    const abort = new AbortController()
    const puts = Array.from({ length: 10_000 }, (_, item) => queue.put(item, { signal: abort.signal }))
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(1)
    abort.abort('enough')
    expect((await Promise.allSettled(puts)).every(({ status }) => status === 'rejected')).toBe(true)
    expect(getEventListeners(abort.signal, 'abort')).toEqual([])
  })
})

// 5. taskforcesh/bullmq#136, #632, #1844: a timeout that frees the slot under work that goes on. The queue's part: what a
// consumer holds stays leased until the consumer says so, whatever time passes.
it('5. time takes nothing out of a consumer’s hands', () => {
  const { clock, queue } = setUp()
  queue.offer(1, { deadlineMs: 10 })
  const lease = leaseOf(queue)
  clock.advance(1e9)
  expect(queue.snapshot()).toMatchObject({ leased: 1, expired: 0 })
  lease.ack()
  expect(queue.snapshot()).toMatchObject({ leased: 0, acked: 1 })
})

// 6. mcollina/fastq#80, #107: counts that a throwing callback leaves wrong.
it('6. a receipt or listener that throws leaves every count right', () => {
  const { queue } = setUp({ overflow: 'drop-oldest', onListenerError: () => {} })
  for (const event of ['dropped', 'rejected', 'deadLettered'] as const) queue.on(event, fail)
  for (let item = 0; item < 10; item++) queue.offer(item, { receipt: { admitted: fail, settled: fail } })
  leaseOf(queue).deadLetter('broken')
  queue.poll()
  expect(queue.snapshot()).toMatchObject({ admitted: 10, dropped: 8, deadLettered: 1, acked: 1, depth: 0, leased: 0 })
})

// 7. piscinajs/piscina#796, #868: drain and "room again" as events are missed by who listens a moment too late.
it('7. waiting for room or for the end is a promise that can’t come too late', async () => {
  const { queue } = setUp()
  await expect(queue.whenDrained()).resolves.toBeUndefined()
  queue.offer(1)
  const drained = queue.whenDrained()
  queue.poll()
  await expect(Promise.all([drained, queue.whenBelow(1)])).resolves.toBeDefined()
})

// 8. taskforcesh/bullmq#648, #2466, #2964, #4585: consumers that are never woken again.
it('8. a consumer is woken by whatever makes an item ready', async () => {
  const { clock, queue } = setUp()
  const ways: (() => void)[] = [
    () => void queue.offer(1),
    () => {
      queue.offer(1)
      leases.at(-1)?.retry({ delayMs: 10 })
      clock.advance(10)
    },
    () => leases.at(-1)?.release(),
  ]
  const leases: QueueLease<number>[] = []
  for (const make of ways) {
    const waiting = Promise.resolve(queue.lease())
    make()
    leases.push(await waiting)
    queue.clear()
  }
  expect(leases).toHaveLength(3)
})

// 9. OptimalBits/bull#308, #850, taskforcesh/bullmq#3056: one item in two hands.
it('9. what was given up can’t be settled by who held it before', () => {
  const { queue } = setUp()
  queue.offer(1)
  const former = leaseOf(queue)
  former.retry()
  former.ack()
  former.deadLetter('late')
  expect(queue.snapshot()).toMatchObject({ acked: 0, deadLettered: 0, depth: 1 })
  expect(leaseOf(queue).attempt).toBe(2)
})

// 10. graphile/worker#204, #222: hours until the work of a consumer that died is seen again. In one process nobody dies
// alone; a consumer that stops gives its leases back at once.
it('10. released work is handed out at once, in its old place', () => {
  const { queue } = setUp({ capacity: 3 })
  for (const item of [1, 2, 3]) queue.offer(item)
  const leases = [leaseOf(queue), leaseOf(queue)]
  for (const lease of leases) lease.release()
  expect([queue.poll(), queue.poll(), queue.poll()]).toEqual([1, 2, 3])
})

// 11. taskforcesh/bullmq#834, #3045, graphile/worker#352, #526: a shutdown that loses work, or charges an attempt for it.
it('11. closing loses nothing, and giving back charges no attempt', async () => {
  const { queue } = setUp()
  queue.offer(1)
  queue.offer(2)
  const lease = leaseOf(queue)
  queue.close()
  lease.release()
  expect(leaseOf(queue).attempt).toBe(1)
  expect(await queue.take()).toBe(2)
})

// 12. OptimalBits/bull#423, nats-io/nats-server#5564: no way to see what was given up, and why.
it('12. what is given up is told with its attempt and reason, to who listens and to the one who sent it', () => {
  const { queue } = setUp()
  const settled = vi.fn()
  const told = vi.fn()
  queue.on('deadLettered', told)
  queue.offer(1, { receipt: { settled } })
  leaseOf(queue).retry()
  leaseOf(queue).deadLetter('broken')
  expect(told).toHaveBeenCalledExactlyOnceWith({ item: 1, attempt: 2, reason: 'broken' })
  expect(settled).toHaveBeenCalledExactlyOnceWith('dead-lettered', 'broken')
})

// 13. taskforcesh/bullmq#303, #273, graphile/worker#331: one tenant holds all others up.
it('13. with fairBy a tenant of one item is not held up by a tenant of ten thousand', () => {
  const { queue } = setUp({ capacity: 100_000, fairBy: (item) => (item === -1 ? 'small' : 'big') })
  for (let item = 0; item < 10_000; item++) queue.offer(item)
  queue.offer(-1)
  expect([queue.poll(), queue.poll()]).toEqual([0, -1])
})

// 14. caolan/async#756 and p-queue#244 (a backlog makes each operation slow), diamondio/better-queue#63 (keys of what was
// done stay), and starvation of whatever is less urgent.
describe('14. a backlog', () => {
  it('leaves no key behind when it has been worked off', () => {
    const { queue } = setUp({ capacity: 1e6, dedupBy: String })
    for (let item = 0; item < 50_000; item++) queue.offer(item)
    while (queue.poll() !== undefined) continue
    expect(queue.offer(0)).toBe(true)
    expect(queue.snapshot()).toMatchObject({ depth: 1, admitted: 50_001, duplicates: 0 })
  })

  it('is taken from without moving the rest: 200,000 items in the time that is allowed for a test', () => {
    const { queue } = setUp({ capacity: 1e6 })
    for (let item = 0; item < 200_000; item++) queue.offer(item)
    let inOrder = 0
    for (let item = 0; item < 200_000; item++) if (queue.poll() === item) inOrder++
    expect(inOrder).toBe(200_000)
  })

  it('of urgent items starves nothing that is less urgent', () => {
    const { clock, queue } = setUp({ capacity: 1_000, classes: ['a', 'b'], maxAgeMs: 10 })
    queue.offer(-1, { class: 'b' })
    const served: (number | undefined)[] = []
    for (let ms = 0; ms < 12; ms++) {
      queue.offer(ms, { class: 'a' })
      queue.offer(ms, { class: 'a' })
      clock.advance(1)
      served.push(queue.poll())
    }
    expect(served.indexOf(-1)).toBe(9)
  })
})

// 15. p-queue#200: the async context of who submitted is lost. The queue calls receipts synchronously where something
// happens; what a context needs is kept by who made the receipt.
it('15. what a producer needs to know later comes back with the lease', () => {
  const { queue } = setUp()
  const receipt = { settled: (): void => {}, traceId: 'abc' }
  queue.offer(1, { receipt })
  const lease = leaseOf(queue)
  lease.retry()
  expect([lease.receipt, leaseOf(queue).receipt]).toEqual([receipt, receipt])
})

// Also: housekeeping must not keep a process alive or go on when nobody waits.
it('keeps no timer while nobody waits', async () => {
  const { clock, queue } = setUp()
  queue.offer(1)
  leaseOf(queue).retry({ delayMs: 1_000 })
  expect(clock.pendingTimers).toBe(0)
  const pool = new WorkerPool<number>({ source: queue, workers: 1, clock, timers: clock }, () => {})
  expect(clock.pendingTimers).toBe(1)
  await pool.stop()
  expect(clock.pendingTimers).toBe(0)
})
