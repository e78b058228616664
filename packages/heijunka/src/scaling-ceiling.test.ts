import { describe, expect, it } from 'vitest'
import { ScalingCeiling } from './scaling-ceiling.ts'
import { capped } from './scaling-plant.ts'

const RETRY_MS = 10_000
const WANTED = 1000

/** A ceiling that is shown one reading after the other of workers that follow a law, a second apart. */
function shown(law: (workers: number) => number, min = 1) {
  const ceiling = new ScalingCeiling({
    minGainRatio: 0.1,
    sameRatio: 0.05,
    minReadings: 3,
    retryMs: RETRY_MS,
    changeRatio: 0.2,
    min,
  })
  let nowMs = 0
  const show = (workers: number, { isSaturated = true, isSettled = true, throughput = law(workers) } = {}): boolean => {
    nowMs += 1000
    return ceiling.observe({ nowMs, workers, throughput, isSaturated, isSettled })
  }
  const showThrice = (workers: number): boolean => [1, 2, 3].map(() => show(workers)).includes(true)
  return { ceiling, show, showThrice }
}

describe('a ceiling', () => {
  it('is none as long as workers help, or are not all busy', () => {
    const { ceiling, show, showThrice } = shown((workers) => 100 * workers)
    expect(ceiling.advise(4, WANTED).limit).toBe(Infinity)
    expect([showThrice(4), showThrice(8)]).toEqual([false, false])
    expect([ceiling.advise(8, WANTED).limit, ceiling.state, ceiling.ceiling]).toEqual([Infinity, 'free', undefined])
    show(16, { isSaturated: false, throughput: 800 })
    expect(ceiling.advise(16, WANTED).limit).toBe(Infinity)
  })

  it('lets no more be added before the last ones have been measured', () => {
    const { ceiling, show } = shown(capped(100, 500))
    show(4)
    show(8, { isSettled: false })
    expect(ceiling.advise(8, WANTED)).toEqual({ limit: 8, by: 'evidence' })
    show(8)
    // A gain of a quarter of what it should be: not believed from one reading.
    expect(ceiling.advise(8, WANTED)).toEqual({ limit: 8, by: 'evidence' })
    expect([show(8), show(8)]).toEqual([false, false])
    expect(ceiling.advise(8, WANTED).limit).toBe(Infinity)
  })

  it('is searched between what does less and what does the same, and found', () => {
    const { ceiling, showThrice } = shown(capped(100, 1000))
    showThrice(8)
    showThrice(16)
    expect(showThrice(32)).toBe(true)
    const tried: number[] = []
    for (let workers = 32; ceiling.state === 'searching'; showThrice(workers)) {
      workers = ceiling.advise(workers, WANTED).exactly ?? 0
      tried.push(workers)
    }
    expect([tried, ceiling.state, ceiling.ceiling]).toEqual([[10, 9], 'held', 10])
    expect(ceiling.advise(9, WANTED)).toEqual({ limit: 10, by: 'not-helping' })
  })

  it('is not searched below the minimum', () => {
    const { ceiling, showThrice } = shown(() => 100, 6)
    showThrice(6)
    expect(showThrice(12)).toBe(true)
    expect([ceiling.state, ceiling.ceiling]).toEqual(['held', 6])
  })

  it('is what was found so far when the number to be tried can’t be had', () => {
    const { ceiling, show, showThrice } = shown(capped(100, 1000))
    showThrice(8)
    showThrice(16)
    showThrice(32)
    for (let second = 0; second < RETRY_MS / 1000 - 1; second++) {
      show(32)
      expect(ceiling.advise(32, WANTED).exactly).toBe(10)
    }
    show(32)
    expect([ceiling.advise(32, WANTED), ceiling.state]).toEqual([{ limit: 16, by: 'not-helping' }, 'held'])
  })

  it('is what was found so far when the load goes down, but not just after a change', () => {
    const { ceiling, show, showThrice } = shown(capped(100, 1000))
    showThrice(8)
    showThrice(16)
    showThrice(32)
    show(10, { isSaturated: false, isSettled: false })
    expect(ceiling.advise(10, WANTED).exactly).toBe(10)
    show(10, { isSaturated: false })
    expect([ceiling.advise(10, WANTED).limit, ceiling.state]).toEqual([16, 'held'])
  })

  it('is tried anew after a time, by a quarter more, and holds when that brings nothing', () => {
    const { ceiling, show, showThrice } = shown(capped(100, 400), 4)
    showThrice(4)
    expect(showThrice(8)).toBe(true)
    for (let second = 0; second < RETRY_MS / 1000; second++) {
      expect(ceiling.advise(4, WANTED).limit).toBe(4)
      show(4)
    }
    expect([ceiling.advise(4, WANTED), ceiling.state]).toEqual([{ limit: 5, by: 'evidence' }, 'trial'])
    show(5)
    expect(ceiling.advise(5, WANTED)).toEqual({ limit: 5, by: 'evidence' })
    expect([show(5), show(5), ceiling.state, ceiling.ceiling]).toEqual([false, true, 'held', 4])
  })

  it('is not tried anew where its own throughput isn’t known, and no longer when no more are wanted', () => {
    const { ceiling, show, showThrice } = shown(capped(100, 400), 4)
    showThrice(4)
    showThrice(8)
    for (let second = 0; second < 12; second++) show(4, { isSaturated: false })
    show(8)
    expect([ceiling.advise(8, WANTED).limit, ceiling.state]).toEqual([4, 'held'])
    showThrice(4)
    expect([ceiling.advise(4, WANTED).limit, ceiling.state]).toEqual([5, 'trial'])
    expect([ceiling.advise(5, 3).limit, ceiling.state]).toEqual([4, 'held'])
  })

  it('is given up when the throughput of the same workers is another three times in a row', () => {
    const { ceiling, show, showThrice } = shown(capped(100, 400), 4)
    showThrice(4)
    showThrice(8)
    for (const throughput of [300, 300, 400, 300, 300]) show(4, { throughput })
    expect(ceiling.state).toBe('held')
    show(4, { throughput: 300 })
    expect([ceiling.state, ceiling.evidence.points()]).toEqual(['free', [{ concurrency: 4, throughput: 300 }]])
  })
})
