import { getEventListeners } from 'node:events'
import { LoadLeveler } from '@tps/heijunka'
import type { WorkSource } from '@tps/internal'
import { ManualClock, settle } from '@tps/internal/manual-clock'
import { PullQueue, WorkerPool } from '@tps/kanban'
import { describe, expect, it } from 'vitest'

// DESIGN §2, contract WorkSource: one table that every source of leases passes.

interface Source extends WorkSource<string> {
  offer(item: string): boolean
  close(): void
  /** Gives its timers back; absent where it has none. */
  stop?(): void
}

const SOURCES: readonly [title: string, make: (clock: ManualClock) => Source][] = [
  ['PullQueue', (clock) => new PullQueue<string>({ clock, timers: clock })],
  ['LoadLeveler, shared', (clock) => new LoadLeveler<string>({ clock, timers: clock, workers: 2 })],
  [
    'LoadLeveler, per worker',
    (clock) => new LoadLeveler<string>({ clock, timers: clock, workers: 2, strategy: 'per-worker' }),
  ],
  [
    'a lane of a LoadLeveler',
    (clock) => {
      const leveler = new LoadLeveler<string>({ clock, timers: clock, workers: 1, strategy: 'per-worker' })
      const lane = leveler.lane(0)
      return {
        offer: (item) => leveler.offer(item),
        close: () => leveler.close(),
        stop: () => leveler.stop(),
        lease: (options) => lane.lease(options),
        tryLease: () => lane.tryLease(),
      }
    },
  ],
]

describe.each(SOURCES)('%s as a WorkSource', (_title, make) => {
  const fresh = (): { clock: ManualClock; source: Source } => {
    const clock = new ManualClock()
    return { clock, source: make(clock) }
  }

  it('hands out what was offered, first come first served, or nothing', () => {
    const { source } = fresh()
    expect(source.tryLease()).toBeUndefined()
    for (const item of ['a', 'b']) expect(source.offer(item)).toBe(true)
    const first = source.tryLease()
    expect([first?.item, first?.attempt]).toEqual(['a', 1])
    void first?.ack()
    expect(source.tryLease()?.item).toBe('b')
  })

  it('lets a worker wait for work', async () => {
    const { source } = fresh()
    const waiting = source.lease()
    source.offer('late')
    expect((await waiting).item).toBe('late')
  })

  it('ends a lease once: what is called after that does nothing', async () => {
    const { source } = fresh()
    source.offer('a')
    const lease = await source.lease()
    await lease.ack()
    await lease.retry()
    await lease.deadLetter('late')
    await lease.ack()
    expect(source.tryLease()).toBeUndefined()
  })

  it('brings a retried item back with the next attempt', async () => {
    const { source } = fresh()
    source.offer('a')
    const lease = await source.lease()
    await lease.retry()
    const again = await source.lease()
    expect([again.item, again.attempt]).toEqual(['a', 2])
  })

  it('brings a retried item back after its delay, not before', async () => {
    const { clock, source } = fresh()
    source.offer('a')
    const lease = await source.lease()
    await lease.retry({ delayMs: 1000 })
    const waiting = source.lease()
    clock.advance(999)
    const early = await Promise.race([waiting, settle()])
    expect(early).toBeUndefined()
    await clock.advanceAsync(50)
    expect((await waiting).attempt).toBe(2)
  })

  it('does not bring back a dead letter', async () => {
    const { clock, source } = fresh()
    source.offer('a')
    await (await source.lease()).deadLetter(new Error('given up'))
    clock.advance(100_000)
    expect(source.tryLease()).toBeUndefined()
  })

  it('takes an extension without objection', async () => {
    const { source } = fresh()
    source.offer('a')
    const lease = await source.lease()
    await lease.extend(1000)
    expect(lease.item).toBe('a')
  })

  it('gives up waiting when the signal aborts, and loses nothing by it', async () => {
    const { source } = fresh()
    const controller = new AbortController()
    const waiting = Promise.resolve(source.lease({ signal: controller.signal }))
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    source.offer('kept')
    expect(source.tryLease()?.item).toBe('kept')
    await expect(Promise.resolve().then(() => source.lease({ signal: controller.signal }))).rejects.toThrow('enough')
  })

  it('leaves no listener on a signal that saw many leases', async () => {
    const { source } = fresh()
    const controller = new AbortController()
    for (let turn = 0; turn < 1000; turn++) {
      const waiting = source.lease({ signal: controller.signal })
      source.offer('x')
      await (await waiting).ack()
    }
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  it('lets out what is in it after it was closed, takes nothing more, and then tells the waiting', async () => {
    const { source } = fresh()
    source.offer('in')
    source.close()
    expect(source.offer('out')).toBe(false)
    const lease = await source.lease()
    expect(lease.item).toBe('in')
    await lease.ack()
    await expect(Promise.resolve().then(() => source.lease())).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED' })
  })

  it('lets a pool drain when it has been closed', async () => {
    const { clock, source } = fresh()
    let done = 0
    const pool = new WorkerPool({ source, workers: 2, clock, timers: clock }, () => void done++)
    for (const item of ['a', 'b', 'c']) source.offer(item)
    source.close()
    const drained = pool.drain()
    await clock.advanceAsync(1000)
    await drained
    expect(done).toBe(3)
    await pool.stop()
  })

  it('feeds a WorkerPool', async () => {
    const { clock, source } = fresh()
    const done: string[] = []
    const pool = new WorkerPool(
      { source, workers: 2, attempts: 2, clock, timers: clock },
      (item: string, { attempt }) => {
        if (item === 'b' && attempt === 1) throw new Error('once')
        done.push(item)
      },
    )
    for (const item of ['a', 'b', 'c']) source.offer(item)
    for (let turn = 0; turn < 20 && done.length < 3; turn++) await clock.advanceAsync(1000)
    await pool.stop({ graceMs: 0 })
    source.stop?.()
    expect(done.toSorted()).toEqual(['a', 'b', 'c'])
    expect(clock.pendingTimers).toBe(0)
  })
})
