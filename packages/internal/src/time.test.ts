import { describe, expect, it, vi } from 'vitest'
import { systemClock } from './clock.ts'
import { ManualClock } from './manual-clock.ts'
import { systemTimers } from './timers.ts'

describe('ManualClock', () => {
  it('fires timers in the order they fall due, each at its own moment', () => {
    const clock = new ManualClock(100)
    const fired: unknown[] = []
    clock.schedule(30, () => fired.push(['third', clock.now()]))
    clock.schedule(10, () => fired.push(['first', clock.now()]))
    clock.schedule(10, () => {
      fired.push(['second', clock.now()])
      clock.schedule(5, () => fired.push(['nested', clock.now()]))
    })
    clock.advance(30)
    expect(fired).toEqual([
      ['first', 110],
      ['second', 110],
      ['nested', 115],
      ['third', 130],
    ])
    expect(clock.now()).toBe(130)
  })

  it('does not fire what was cancelled, and does not run backwards', () => {
    const clock = new ManualClock()
    const callback = vi.fn()
    clock.schedule(10, callback).cancel()
    clock.advance(50)
    expect(callback).not.toHaveBeenCalled()
    expect(() => clock.advance(-1)).toThrow(RangeError)
    expect(() => clock.advance(Number.NaN)).toThrow(RangeError)
  })

  it('lets promises settle between the timers', async () => {
    const clock = new ManualClock()
    const log: string[] = []
    clock.schedule(10, () => {
      void Promise.resolve().then(() => {
        log.push(`then ${clock.now()}`)
        clock.schedule(5, () => log.push(`chained ${clock.now()}`))
      })
    })
    await clock.advanceAsync(100)
    expect(log).toEqual(['then 10', 'chained 15'])
  })
})

describe('the system clock and timers', () => {
  it('is monotonic and unaffected by the wall clock', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 0 })
    const before = systemClock.now()
    vi.setSystemTime(1e15)
    expect(systemClock.now() - before).toBeLessThan(10_000)
    expect(systemClock.now()).toBeGreaterThanOrEqual(before)
    vi.useRealTimers()
  })

  it('waits longer than setTimeout can in one go, instead of firing at once', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const callback = vi.fn()
    const days = 86_400_000
    systemTimers.schedule(60 * days, callback)
    vi.advanceTimersByTime(59 * days)
    expect(callback).not.toHaveBeenCalled()
    vi.advanceTimersByTime(2 * days)
    expect(callback).toHaveBeenCalledOnce()
    systemTimers.schedule(60 * days, callback).cancel()
    vi.advanceTimersByTime(100 * days)
    expect(callback).toHaveBeenCalledOnce()
    vi.useRealTimers()
  })
})
