import { describe, expect, it } from 'vitest'
import { Watched, batchOf } from './evaluator-fixture.ts'
import { ruleOf } from './rule.ts'

const CPU = ruleOf({ name: 'Cpu', metric: 'cpu', windowMs: 60_000, threshold: 80 })

describe('a rule', () => {
  it('tells of trouble with the sample that makes it, once, and of its end when the window moves on', () => {
    const watched = new Watched([CPU])
    watched.takeNow(70)
    watched.takeNow(100)
    watched.takeNow(90)
    expect(watched.texts()).toEqual(['Cpu clear 70', 'Cpu breach 85'])
    watched.after(59_000)
    expect(watched.texts()).toEqual(['Cpu breach 86.66666666666667'])
    watched.after(1_000)
    expect(watched.texts()).toEqual(['Cpu empty'])
  })

  it('judges what comes together once: what is over with the last of it was no trouble', () => {
    const watched = new Watched([CPU])
    watched.takeNow(100, 0)
    expect(watched.texts()).toEqual(['Cpu clear 50'])
    expect(watched.evaluator.counts.evaluations).toBe(2)
  })

  it('ends before the window does, by at most a sixtieth of it, between the borders of sub-windows', () => {
    const watched = new Watched([CPU])
    watched.nowMs += 999
    watched.takeNow(90)
    watched.after(59_000)
    expect(watched.texts()).toEqual(['Cpu breach 90'])
    watched.after(1)
    expect(watched.texts()).toEqual(['Cpu empty'])
  })

  it('watches series with its metric and tags only, each by itself', () => {
    const watched = new Watched([{ ...CPU, tags: { env: ['prod', 'stage'] } }])
    const timeMs = watched.nowMs
    watched.take(
      { tags: { env: 'prod', host: 'a' }, value: 90, timeMs },
      { tags: { env: 'stage', host: 'b' }, value: 70, timeMs },
      { tags: { env: 'test' }, value: 99, timeMs },
      { name: 'memory', tags: { env: 'prod' }, value: 99, timeMs },
    )
    expect(watched.texts()).toEqual(['Cpu env=prod host=a breach 90', 'Cpu env=stage host=b clear 70'])
  })

  it('takes series together that it groups', () => {
    const watched = new Watched([{ ...CPU, groupBy: ['env'] }])
    const timeMs = watched.nowMs
    watched.take(
      { tags: { env: 'prod', host: 'a' }, value: 90, timeMs },
      { tags: { env: 'prod', host: 'b' }, value: 80, timeMs },
      { tags: { host: 'c' }, value: 1, timeMs },
    )
    expect(watched.texts()).toEqual(['Cpu env=prod breach 85', 'Cpu env= clear 1'])
  })

  it('wants as many samples as it says', () => {
    const watched = new Watched([{ ...CPU, minSamples: 3 }])
    watched.takeNow(90)
    watched.takeNow(90)
    expect(watched.texts()).toEqual(['Cpu clear 90'])
    watched.takeNow(90)
    expect(watched.texts()).toEqual(['Cpu breach 90'])
  })

  it('counts samples that are too late or too far ahead, and takes those a little ahead for measured now', () => {
    const watched = new Watched([CPU])
    watched.take({ value: 99, timeMs: watched.nowMs - 60_000 }, { value: 99, timeMs: watched.nowMs + 60_001 })
    expect(watched.texts()).toEqual([])
    expect(watched.evaluator.counts).toEqual({ evaluations: 2, late: 1, ahead: 1 })
    watched.take({ value: 90, timeMs: watched.nowMs + 60_000 })
    watched.after(59_000)
    expect(watched.texts()).toEqual(['Cpu breach 90'])
    watched.after(1_000)
    expect(watched.texts()).toEqual(['Cpu empty'])
  })

  it('begins anew when the clock is set back by more than its window', () => {
    const watched = new Watched([CPU])
    watched.takeNow(90)
    watched.nowMs -= 3_600_000
    watched.takeNow(10)
    expect(watched.texts()).toEqual(['Cpu breach 90', 'Cpu clear 10'])
  })

  it('shows a percentile of the samples that came last, on the side of the threshold that was decided', () => {
    const watched = new Watched([{ ...CPU, agg: 'p90', op: '>=', threshold: 900 }])
    watched.takeNow(...Array.from({ length: 1_000 }, (_, index) => index + 1))
    expect(watched.told.splice(0).map(([, verdict, value]) => [verdict, value])).toEqual([['breach', 900]])
    watched.takeNow(...Array.from({ length: 11 }, () => -5), ...Array.from({ length: 500 }, () => 880))
    const [[, verdict, value] = []] = watched.told.splice(0)
    expect([verdict, value! < 900]).toEqual(['clear', true])
    // All of them are gone with the window.
    watched.after(60_000)
    watched.texts()
    watched.takeNow(950)
    expect(watched.texts()).toEqual(['Cpu breach 950'])
  })
})

const wave = (watched: Watched, hosts: readonly string[]): void =>
  watched.take(...hosts.map((host) => ({ tags: { host }, value: 90, timeMs: watched.nowMs })))

describe('the bound', () => {
  it('leaves series out, and counts them', () => {
    const watched = new Watched([CPU], 2)
    wave(watched, ['a', 'b', 'c', 'd'])
    expect(watched.texts()).toEqual(['Cpu host=a breach 90', 'Cpu host=b breach 90'])
    expect([...watched.evaluator.rules].map(({ all, overflow }) => [all.size, overflow.size])).toEqual([[2, 2]])
  })

  it('lets them in when others are gone', () => {
    const watched = new Watched([CPU], 2)
    wave(watched, ['a', 'b', 'c', 'd'])
    watched.after(30_000)
    wave(watched, ['b'])
    watched.after(30_000)
    watched.texts()
    wave(watched, ['a', 'c', 'd'])
    expect(watched.texts()).toEqual(['Cpu host=a breach 90'])
    watched.after(60_000)
    watched.texts()
    wave(watched, ['c', 'd'])
    expect(watched.texts()).toEqual(['Cpu host=c breach 90', 'Cpu host=d breach 90'])
  })
})

describe('new rules', () => {
  const memory = ruleOf({ name: 'Memory', metric: 'memory', windowMs: 60_000, threshold: 90 })

  it('leave those that are the same where they are', () => {
    const watched = new Watched([CPU, memory])
    watched.takeNow(100)
    watched.take({ name: 'memory', value: 95, timeMs: watched.nowMs })
    watched.texts()
    const gone = watched.evaluator.setRules([{ ...memory, threshold: 91 }, { ...CPU }])
    expect(gone.map(({ rule }) => [rule.name, rule.threshold])).toEqual([['Memory', 90]])
    watched.takeNow(80)
    expect(watched.texts()).toEqual([])
    expect(watched.evaluator.rules.map(({ all }) => [...all.values()].map(({ window }) => window.samples))).toEqual([
      [],
      [2],
    ])
    watched.take({ name: 'memory', value: 95, timeMs: watched.nowMs })
    expect(watched.texts()).toEqual(['Memory breach 95'])
  })

  it('are matched with series that are known', () => {
    const watched = new Watched([])
    watched.takeNow(90)
    watched.evaluator.setRules([CPU])
    watched.evaluator.take(batchOf(watched.table, [{ value: 95, timeMs: watched.nowMs }]), watched.table)
    expect(watched.texts()).toEqual(['Cpu breach 95'])
  })
})
