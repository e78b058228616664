import { afterEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '@tps/internal'
import { ManualClock, settle } from '@tps/internal/manual-clock'
import { TurnClock } from './turn-clock.ts'

afterEach(() => vi.restoreAllMocks())

describe('TurnClock', () => {
  it('reads an injected clock every time', () => {
    const clock = new ManualClock(1_000)
    const turn = new TurnClock(clock)
    for (let ms = 0; ms < 100; ms++) {
      expect(turn.now()).toBe(ms)
      clock.advance(1)
    }
  })

  it('shares a reading of the platform in a burst, until the job ends', async () => {
    let nowMs = 50
    const now = vi.spyOn(systemClock, 'now').mockImplementation(() => nowMs)
    const turn = new TurnClock(systemClock)
    for (let i = 0; i < 20; i++) turn.now()
    expect(now.mock.calls.length).toBeLessThan(5)
    nowMs = 90
    expect(turn.now()).toBe(0)
    await settle()
    expect(turn.now()).toBe(40)
  })

  it('does not share readings of calls that come slowly', () => {
    let nowMs = 0
    vi.spyOn(systemClock, 'now').mockImplementation(() => nowMs)
    const turn = new TurnClock(systemClock)
    for (; nowMs < 100; nowMs++) expect(turn.now()).toBe(nowMs)
  })
})
