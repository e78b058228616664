import { ManualClock, settle } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CircuitBreaker } from './index.ts'

interface Plan {
  readonly ok: boolean
  readonly aborts: boolean
  readonly afterMs: number
}
const plans = fc.array(fc.record({ ok: fc.boolean(), aborts: fc.boolean(), afterMs: fc.constantFrom(0, 0, 5, 20) }), {
  minLength: 1,
  maxLength: 12,
})
const options = fc.record({
  calls: fc.integer({ min: 1, max: 3 }),
  overflow: fc.constantFrom('refuse' as const, 'wait' as const),
  maxWaiting: fc.integer({ min: 1, max: 4 }),
  hasCheck: fc.boolean(),
})

// Calls begin, end and are aborted, checks answer and time passes in every order that the scheduler comes upon.
it(
  'settles every call once, in whatever order things happen, and counts each of them',
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), plans, options, async (scheduler, plans, { calls, hasCheck, ...waiting }) => {
        const clock = new ManualClock()
        let probing = 0
        let checked = 0
        const check = (): Promise<void> => {
          checked++
          return scheduler.schedule(Promise.resolve(), 'the check')
        }
        const breaker = new CircuitBreaker({
          clock,
          timers: clock,
          trip: { consecutiveFailures: 2 },
          break: { ms: 10 },
          probe: { calls, maxWaitMs: 15, ...waiting, check: hasCheck ? check : undefined },
        })
        const ends = { fulfilled: 0, failed: 0, aborted: 0, refused: 0, run: 0 }
        const call = async ({ ok, aborts, afterMs }: Plan): Promise<void> => {
          const controller = new AbortController()
          if (aborts)
            void scheduler.schedule(Promise.resolve(), 'abort').then(() => controller.abort(new Error('away')))
          await scheduler.schedule(Promise.resolve(), 'begin')
          clock.advance(afterMs)
          const work = async ({ signal }: { signal: AbortSignal }): Promise<string> => {
            ends.run++
            probing = Math.max(probing, breaker.snapshot().probes.running)
            await scheduler.schedule(Promise.resolve(), 'end')
            signal.throwIfAborted()
            if (!ok) throw new Error('down')
            return 'ok'
          }
          try {
            expect(await breaker.execute(work, { signal: controller.signal })).toBe('ok')
            ends.fulfilled++
          } catch (error) {
            const { message } = error as Error
            if (message === 'away') ends.aborted++
            else if (message === 'down') ends.failed++
            else ends.refused++
          }
        }
        const all = Promise.all(plans.map(call))
        await scheduler.waitAll()
        // Whoever still waits is sent away by the deadline of the probe.
        for (let passed = 0; passed < 40; passed++) {
          clock.advance(1)
          if (scheduler.count() > 0) await scheduler.waitAll()
        }
        breaker[Symbol.dispose]()
        await settle()
        await all
        const { totals, waiting: left } = breaker.snapshot()
        expect(ends.fulfilled + ends.failed + ends.aborted + ends.refused).toBe(plans.length)
        expect(totals.success + totals.failure + totals.ignored).toBe(ends.run + checked)
        expect(totals.rejected).toBe(ends.refused)
        expect(probing).toBeLessThanOrEqual(calls)
        expect(left).toBe(0)
        expect(clock.pendingTimers).toBe(0)
      }),
      { numRuns: 500 },
    )
  },
)
