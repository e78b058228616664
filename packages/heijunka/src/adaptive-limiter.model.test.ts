import { ManualClock, settle } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { LimitPermit } from './adaptive-limiter-contract.ts'
import { adaptiveLimiter } from './adaptive-limiter.ts'

const CLASSES = ['live', 'batch', undefined] as const
const ENDINGS = ['success', 'failure', 'ignore', 'drop'] as const

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('acquire' as const), class: fc.constantFrom(...CLASSES) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('tryAcquire' as const), class: fc.constantFrom(...CLASSES) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('end' as const), index: fc.nat(100), how: fc.constantFrom(...ENDINGS) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('abort' as const), index: fc.nat(100) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(400) }) },
)

/** Everything one run needs to know: who runs, who waits, and what ought to be. */
class Run {
  readonly clock = new ManualClock()
  readonly limiter = adaptiveLimiter({
    initialLimit: 4,
    maxLimit: 8,
    partitions: { live: 0.5, batch: 0.25 },
    queueCapacity: 5,
    maxWaitMs: 300,
    algorithm: { kind: 'aimd' },
    backoffRatio: 0.5,
    clock: this.clock,
    timers: this.clock,
  })
  readonly running: { readonly permit: LimitPermit; readonly class: string | undefined }[] = []
  readonly controllers: AbortController[] = []
  readonly served: Record<string, number[]> = { live: [], batch: [], rest: [] }
  calls = 0
  settled = 0

  admit(permit: LimitPermit, name: string | undefined): void {
    // A place is given only where there is one.
    this.running.push({ permit, class: name })
  }

  acquire(name: string | undefined): void {
    const order = this.calls++
    const controller = new AbortController()
    this.controllers.push(controller)
    void this.limiter.acquire({ class: name, signal: controller.signal }).then(
      (permit) => {
        this.settled++
        this.served[name ?? 'rest']?.push(order)
        this.admit(permit, name)
      },
      () => void this.settled++,
    )
  }

  tryAcquire(name: string | undefined): void {
    const before = this.limiter.snapshot()
    const permit = this.limiter.tryAcquire({ class: name })
    if (permit) this.admit(permit, name)
    // Who has an unused place of its own, and nobody of its class before it, gets it whenever there is one.
    const own = before.partitions[name ?? '']
    const hasRight = own !== undefined && own.queued === 0 && own.inFlight < own.guaranteed
    if (hasRight && before.inFlight < before.limit) expect(permit).toBeDefined()
    if (permit) expect(before.inFlight).toBeLessThan(before.limit)
  }

  check(mostBefore: number): void {
    const { inFlight, limit, queued, partitions } = this.limiter.snapshot()
    expect(inFlight).toBe(this.running.length)
    // Above the limit only what ran already before it fell.
    expect(inFlight).toBeLessThanOrEqual(Math.max(limit, mostBefore))
    expect([limit >= 1, limit <= 8, queued <= 5]).toEqual([true, true, true])
    for (const name of ['live', 'batch']) {
      const { length } = this.running.filter(({ class: of }) => of === name)
      expect(partitions[name]?.inFlight).toBe(length)
    }
  }
}

it('never runs more than the limit, serves each class in order, keeps what it guarantees and loses nobody', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
      const run = new Run()
      for (const given of steps) {
        const before = run.running.length
        if (given.kind === 'acquire') run.acquire(given.class)
        else if (given.kind === 'tryAcquire') run.tryAcquire(given.class)
        else if (given.kind === 'abort') run.controllers[given.index]?.abort()
        else if (given.kind === 'advance') await run.clock.advanceAsync(given.ms)
        else run.running.splice(given.index % Math.max(1, run.running.length), 1)[0]?.permit[given.how]()
        await settle()
        run.check(before)
      }
      for (const { permit } of run.running.splice(0)) permit.ignore()
      await run.clock.advanceAsync(1000)
      for (const { permit } of run.running.splice(0)) permit.ignore()
      expect(run.settled).toBe(run.calls)
      for (const order of Object.values(run.served)) expect(order).toEqual(order.toSorted((one, other) => one - other))
      expect(run.limiter.snapshot()).toMatchObject({ inFlight: 0, queued: 0 })
      expect(run.clock.pendingTimers).toBe(0)
    }),
  )
})
