import { systemClock } from '@tps/internal'
import { ManualClock, settle } from '@tps/internal/manual-clock'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { unwatchAbort, watchAbort } from './abort-watch.ts'
import { Backoff } from './backoff.ts'
import { HandlerTimes } from './handler-times.ts'
import { Entry, type EntryHome } from './entry.ts'
import { Pace } from './pace.ts'
import { Ranking } from './ranking.ts'
import { Seat, Tenant } from './tenant.ts'
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

describe('watchAbort', () => {
  it('tells every target once through one listener', () => {
    const abort = new AbortController()
    const added = vi.spyOn(abort.signal, 'addEventListener')
    const targets = [{ aborted: vi.fn() }, { aborted: vi.fn() }, { aborted: vi.fn() }] as const
    for (const target of targets) watchAbort(abort.signal, target)
    unwatchAbort(abort.signal, targets[1])
    abort.abort('why')
    expect(added).toHaveBeenCalledTimes(1)
    expect(targets.map(({ aborted }) => aborted.mock.calls)).toEqual([[['why']], [], [['why']]])
  })
})

describe('Backoff', () => {
  it('grows to its bound', () => {
    const backoff = new Backoff({ baseMs: 100, factor: 2, maxMs: 350, jitterRatio: 0 }, () => 0.5)
    expect([1, 2, 3, 400].map((attempt) => backoff.delayMs(attempt, undefined))).toEqual([100, 200, 350, 350])
  })

  it('takes a random share off', () => {
    const backoff = new Backoff({ baseMs: 100, jitterRatio: 0.2 }, () => 0.5)
    expect(backoff.delayMs(1, undefined)).toBe(90)
  })

  it('waits at least as long as the error says', () => {
    const backoff = new Backoff({ baseMs: 100, jitterRatio: 0 }, () => 0)
    expect(backoff.delayMs(1, { retryAfterMs: 5_000 })).toBe(5_000)
    expect(backoff.delayMs(1, { retryAfterMs: Number.NaN })).toBe(100)
    expect(backoff.delayMs(1, { retryAfterMs: Number.POSITIVE_INFINITY })).toBe(100)
  })
})

describe('HandlerTimes', () => {
  it.each([
    [10, 1],
    [0.01, 16],
    [0.001, 64],
  ])('after a handler of %s ms times one of %s', (durationMs, among) => {
    const times = new HandlerTimes()
    times.add(durationMs)
    expect(Array.from({ length: among }, () => times.isDue)).toEqual([...new Array(among - 1).fill(false), true])
  })

  it('follows a change of duration', () => {
    const times = new HandlerTimes()
    for (let i = 0; i < 100; i++) times.add(10)
    for (let i = 0; i < 200; i++) times.add(100)
    expect(times.meanMs).toBeGreaterThan(95)
  })
})

describe('Pace', () => {
  it('tells what a total grew by in the running second and the nine before it', () => {
    const pace = new Pace()
    expect(pace.recent(5, 500)).toBe(5)
    pace.turn(5, 1)
    expect(pace.recent(9, 9_999)).toBe(9)
    expect(pace.recent(9, 10_000)).toBe(4)
    pace.turn(9, 10)
    expect(pace.recent(9, 10_999)).toBe(4)
    expect(pace.recent(9, 12_000)).toBe(0)
    expect(pace.recent(9, 1e9)).toBe(0)
  })

  it('spreads a first second over a whole one', () => {
    expect(new Pace().perSecond(5, 100)).toBe(5)
    expect(new Pace().perSecond(5, 2_500)).toBe(2)
  })

  it('knows where a total stood that grew by itself in the seconds between', () => {
    const pace = new Pace()
    pace.turn(20_000, 20, 1_000)
    expect(pace.recent(20_500, 20_500)).toBe(9_500)
  })
})

describe('Ranking', () => {
  it('names the one that has most, of several the one that has had it for longest', () => {
    const ranking = new Ranking<number>()
    const home = {} as EntryHome<number>
    const tenants = ['a', 'b', 'c'].map((key) => new Tenant<number>(key, 1, undefined, () => {}))
    const [a, b, c] = tenants as [Tenant<number>, Tenant<number>, Tenant<number>]
    const grow = (tenant: Tenant<number>): void => {
      tenant.entries.append(new Seat(new Entry(home, 0, 0), 0, tenant).own)
      ranking.changed(tenant)
    }
    for (const tenant of [a, b, c, b, a]) grow(tenant)
    expect(ranking.fattest).toBe(b)
    b.entries.remove(b.oldest.own)
    ranking.changed(b)
    expect(ranking.fattest).toBe(a)
    grow(c)
    grow(c)
    expect(ranking.fattest).toBe(c)
  })
})
