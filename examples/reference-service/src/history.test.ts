import { afterEach, describe, expect, it, vi } from 'vitest'
import { History, RANGE_NAMES } from './history.ts'
import { snapshotsOf } from './snapshots-fixture.ts'
import type { Reading } from './reading.ts'
import type { LineSnapshots } from './snapshots.ts'

const START = Date.UTC(2026, 0, 25, 14)
const line = snapshotsOf()

/** A history of a line whose queue is as deep as `depths` says, a second apart. */
function historyOf(depths: readonly number[], startAt = START) {
  let at = startAt
  let depth = 0
  const errors: unknown[] = []
  const observe = (): LineSnapshots => {
    if (Number.isNaN(depth)) throw new Error('unreadable')
    return { ...line, at, queue: { ...line.queue, depth } }
  }
  const history = new History(observe, (error) => errors.push(error))
  for (const next of depths) {
    depth = next
    history.take()
    at += 1_000
  }
  const goTo = (next: number): void => void (at = next)
  const goDeep = (next: number): void => void (depth = next)
  return { history, goTo, goDeep, errors }
}

afterEach(() => void vi.useRealTimers())

describe('the history', () => {
  it('is empty before the first reading', () => {
    const { history } = historyOf([])
    expect(history.latest).toBeUndefined()
    for (const range of RANGE_NAMES) expect(history.columns(range).at).toEqual([])
  })

  it('keeps five minutes second by second', () => {
    const { history } = historyOf(Array.from({ length: 400 }, (_, index) => index))
    const { stepMs, at, values } = history.columns('5m')
    expect(stepMs).toBe(1_000)
    expect(at).toHaveLength(301)
    expect(at.at(-1)).toBe(START + 399_000)
    expect(values['depth']?.slice(-3)).toEqual([397, 398, 399])
  })

  it('keeps longer ranges in longer steps, with the deepest queue of each', () => {
    const { history } = historyOf(Array.from({ length: 125 }, (_, index) => index % 60))
    expect(history.columns('1h').values['depth']).toEqual([9, 19, 29, 39, 49, 59, 9, 19, 29, 39, 49, 59, 4])
    expect(history.columns('6h').values['depth']).toEqual([59, 59, 4])
    expect(history.columns('24h').values['depth']).toEqual([59])
    expect(RANGE_NAMES.map((range) => history.columns(range).stepMs)).toEqual([1_000, 10_000, 60_000, 240_000])
  })

  it('sees an hour and a day', () => {
    const { history, goTo } = historyOf([1])
    for (let minute = 1; minute <= 60 * 30; minute++) {
      goTo(START + minute * 60_000)
      history.take()
    }
    const hoursOf = (range: '1h' | '6h' | '24h'): number => {
      const { at } = history.columns(range)
      return ((at.at(-1) ?? 0) - (at[0] ?? 0)) / 3_600_000
    }
    expect(hoursOf('6h')).toBe(6)
    expect(hoursOf('24h')).toBe(24)
    expect(hoursOf('1h')).toBeGreaterThanOrEqual(1)
  })

  it('begins anew when the wall clock is set back', () => {
    const { history, goTo } = historyOf([1, 2, 3])
    goTo(START - 3_600_000)
    history.take()
    expect(history.columns('5m').at).toEqual([START - 3_600_000])
  })

  it('tells followers each reading until they have enough', () => {
    const { history } = historyOf([])
    const seen: Reading[] = []
    const unfollow = history.follow((reading) => seen.push(reading))
    history.take()
    unfollow()
    history.take()
    expect(seen).toHaveLength(1)
    expect(history.latest).toEqual({ ...seen[0], host: expect.any(Object), values: expect.any(Object) })
  })

  it('sees a circuit that opened and closed between two readings', () => {
    const { history } = historyOf([0])
    history.note({ name: 'downstream', state: 'open' })
    history.note({ name: 'downstream', state: 'closed' })
    history.take()
    expect(history.latest?.transitions.map(({ from, to }) => `${from} ${to}`)).toEqual(['open closed', 'closed open'])
  })

  it('is fresh while it takes readings', () => {
    const { history } = historyOf([0])
    expect(history.isFresh).toBe(true)
  })

  it('takes a reading a second once it is started, also after one that failed, until it is stopped', () => {
    vi.useFakeTimers()
    const { history, goTo, goDeep, errors } = historyOf([])
    history.start()
    vi.advanceTimersByTime(1_000)
    goDeep(Number.NaN)
    vi.advanceTimersByTime(1_000)
    goDeep(7)
    goTo(START + 3_000)
    vi.advanceTimersByTime(1_000)
    history.stop()
    vi.advanceTimersByTime(5_000)
    expect(errors).toEqual([new Error('unreadable')])
    expect(history.columns('5m').values['depth']).toEqual([0, 7])
  })
})
