import { ManualClock } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import { PercentileTracker } from './index.ts'

function setUp(): { clock: ManualClock; tracker: PercentileTracker } {
  const clock = new ManualClock()
  return { clock, tracker: new PercentileTracker({ clock }) }
}

describe('PercentileTracker.time', () => {
  it('records how long a function takes and returns its result', () => {
    const { clock, tracker } = setUp()
    const result: string = tracker.time(() => {
      clock.advance(20)
      return 'done'
    })
    expect([result, tracker.count, tracker.max]).toEqual(['done', 1, 20])
  })

  it('records until the promise settles', async () => {
    const { clock, tracker } = setUp()
    const result = tracker.time(() => new Promise<number>((resolve) => void clock.schedule(30, () => resolve(7))))
    expect(tracker.count).toBe(0)
    await clock.advanceAsync(30)
    await expect(result).resolves.toBe(7)
    expect([tracker.count, tracker.max]).toEqual([1, 30])
  })

  it('records work that fails, and lets its error through', async () => {
    const { clock, tracker } = setUp()
    const error = new Error('mine')
    const fail = (): never => {
      clock.advance(5)
      throw error
    }
    expect(() => tracker.time(fail)).toThrow(error)
    await expect(tracker.time(async () => fail())).rejects.toBe(error)
    expect([tracker.count, tracker.sum]).toEqual([2, 10])
  })

  it('waits for any thenable', async () => {
    const { tracker } = setUp()
    // oxlint-disable-next-line unicorn/no-thenable
    const query = { then: (resolve: (rows: number) => void) => resolve(3) } as PromiseLike<number>
    await expect(tracker.time(() => query)).resolves.toBe(3)
    expect(tracker.count).toBe(1)
  })
})
