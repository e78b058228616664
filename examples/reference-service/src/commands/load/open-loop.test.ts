import { ManualClock } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import type { Answer } from './answer.ts'
import { OpenLoop } from './open-loop.ts'
import { Tally } from './tally.ts'

const ACCEPTED: Answer = { kind: 'accepted', reason: '' }
const OFFSETS = [0, 10, 20, 30, 40]

/** A loop on a clock turned by hand. The service behind it answers nothing until `answersAtMs`, and then at once. */
function loopTo(answersAtMs: number, maxInFlight = 100) {
  const clock = new ManualClock()
  const waitUntil = async (ms: number): Promise<void> =>
    await new Promise((resolve) => void clock.schedule(ms - clock.now(), () => resolve()))
  const sentAtMs: number[] = []
  const loop = new OpenLoop({
    maxInFlight,
    now: () => clock.now(),
    wait: async (ms) => await waitUntil(clock.now() + ms),
    send: async () => {
      sentAtMs.push(clock.now())
      if (clock.now() < answersAtMs) await waitUntil(answersAtMs)
      return ACCEPTED
    },
  })
  return { clock, loop, sentAtMs }
}

describe('OpenLoop', () => {
  it('sends when a signal is due, and not when the one before has its answer', async () => {
    const { clock, loop, sentAtMs } = loopTo(1_000)
    const tally = new Tally()
    void loop.run(OFFSETS, 0, () => [tally])
    await clock.advanceAsync(100)
    expect(sentAtMs).toEqual(OFFSETS)
    expect(loop.inFlight).toBe(5)
  })

  it('counts latency from the moment at which a signal was due: a stall shows in all that it held up', async () => {
    const { clock, loop } = loopTo(100)
    const tally = new Tally()
    void loop.run(OFFSETS, 0, () => [tally])
    await clock.advanceAsync(200)
    await loop.settled()
    expect(tally.count()).toMatchObject({ sent: 5, accepted: 5, lagMs: { max: 0 } })
    const { p50, max } = tally.count().latencyMs
    expect(max).toBe(100)
    expect(p50).toBeCloseTo(80, -0.5)
  })

  it('catches up at once on what came due while it could not send, and counts that delay', async () => {
    const { clock, loop, sentAtMs } = loopTo(0)
    const tally = new Tally()
    clock.advance(25)
    void loop.run(OFFSETS, 0, () => [tally])
    await clock.advanceAsync(100)
    expect(sentAtMs).toEqual([25, 25, 25, 30, 40])
    expect(tally.count()).toMatchObject({ lagMs: { max: 25 }, latencyMs: { max: 25 } })
  })

  it('drops what would be too many in flight, and counts it', async () => {
    const { clock, loop } = loopTo(1_000, 2)
    const tally = new Tally()
    void loop.run(OFFSETS, 0, () => [tally])
    await clock.advanceAsync(100)
    expect(tally.count()).toMatchObject({ sent: 2, dropped: 3 })
  })

  it('ends when it is told to, and what was sent still gets its answer', async () => {
    const { clock, loop } = loopTo(100)
    const tally = new Tally()
    const end = new AbortController()
    const running = loop.run(OFFSETS, 0, () => [tally], end.signal)
    await clock.advanceAsync(15)
    end.abort()
    await clock.advanceAsync(100)
    await running
    expect(tally.count()).toMatchObject({ sent: 2, accepted: 2 })
  })
})
