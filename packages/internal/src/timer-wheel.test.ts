import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { ManualClock } from './manual-clock.ts'
import { TimerWheel } from './timer-wheel.ts'

function wheelOn(clock: ManualClock, tickMs = 10) {
  return new TimerWheel({ tickMs, clock, timers: clock })
}

describe('TimerWheel', () => {
  it('fires never early and at most one tick late', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ waitMs: fc.integer({ min: 0, max: 3000 }), delayMs: fc.integer({ min: 0, max: 9000 }) }), {
          maxLength: 40,
        }),
        fc.integer({ min: 1, max: 50 }),
        (entries, tickMs) => {
          const clock = new ManualClock(12_345.678)
          const wheel = wheelOn(clock, tickMs)
          let fired = 0
          for (const { waitMs, delayMs } of entries) {
            clock.advance(waitMs)
            const dueMs = clock.now() + delayMs
            wheel.schedule(delayMs, () => {
              fired++
              expect(clock.now()).toBeGreaterThanOrEqual(dueMs)
              // One tick of rounding up, and one because the hand turns a tick after it was started.
              expect(clock.now()).toBeLessThanOrEqual(dueMs + 2 * tickMs)
            })
          }
          clock.advance(20_000)
          expect(fired).toBe(entries.length)
          expect(wheel.size).toBe(0)
          expect(clock.pendingTimers).toBe(0)
        },
      ),
    )
  })

  it('runs one timer for any number of entries and none once they are cancelled', () => {
    const clock = new ManualClock()
    const wheel = wheelOn(clock)
    const callback = vi.fn()
    const entries = Array.from({ length: 1000 }, (_, index) => wheel.schedule(index, callback))
    expect(clock.pendingTimers).toBe(1)
    for (const entry of entries) entry.cancel()
    entries[0]?.cancel()
    expect(wheel.size).toBe(0)
    expect(clock.pendingTimers).toBe(0)
    clock.advance(5000)
    expect(callback).not.toHaveBeenCalled()
  })

  it('fires everything once after a sleep much longer than a turn of the wheel', () => {
    const clock = new ManualClock()
    const asleep = { schedule: vi.fn((_ms: number, callback: () => void) => ({ cancel: () => {}, callback })) }
    const wheel = new TimerWheel({ tickMs: 10, clock, timers: asleep })
    const callback = vi.fn()
    for (let ms = 0; ms < 6000; ms += 7) wheel.schedule(ms, callback)
    clock.advance(1_000_000)
    asleep.schedule.mock.calls[0]?.[1]()
    expect(callback).toHaveBeenCalledTimes(858)
    expect(wheel.size).toBe(0)
  })

  it('keeps turning when a callback throws, and calls the others of the same tick', () => {
    const clock = new ManualClock()
    const wheel = wheelOn(clock)
    const other = vi.fn()
    wheel.schedule(10, () => {
      throw new Error('callback')
    })
    wheel.schedule(10, other)
    wheel.schedule(50, other)
    expect(() => clock.advance(30)).toThrow('callback')
    expect(other).toHaveBeenCalledTimes(1)
    clock.advance(100)
    expect(other).toHaveBeenCalledTimes(2)
  })

  it('lets a callback cancel another of the same tick and schedule a new one', () => {
    const clock = new ManualClock()
    const wheel = wheelOn(clock)
    const never = vi.fn()
    const later = vi.fn()
    wheel.schedule(10, () => {
      second.cancel()
      wheel.schedule(20, later)
    })
    const second = wheel.schedule(10, never)
    clock.advance(100)
    expect(never).not.toHaveBeenCalled()
    expect(later).toHaveBeenCalledOnce()
  })

  it('cancels everything when disposed', () => {
    const clock = new ManualClock()
    const callback = vi.fn()
    {
      using wheel = wheelOn(clock)
      wheel.schedule(10, callback)
    }
    clock.advance(100)
    expect(callback).not.toHaveBeenCalled()
    expect(clock.pendingTimers).toBe(0)
  })
})
