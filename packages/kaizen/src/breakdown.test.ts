import { ManualClock } from '@tps/internal/manual-clock'
import { describe, expect, it, vi } from 'vitest'
import { Breakdown, type BreakdownOptions, type BreakdownSnapshot } from './index.ts'

const means = ({ stages }: BreakdownSnapshot): unknown => Object.fromEntries(stages.map((s) => [s.stage, s.mean]))

describe('Breakdown', () => {
  it('gives the mean and the share of each stage, which add up to the total', () => {
    const breakdown = new Breakdown({ name: 'signals', stages: ['wait', 'work'] })
    breakdown.record({ wait: 10, work: 20 })
    breakdown.record({ wait: 0, work: 50 })
    expect(breakdown.snapshot()).toEqual({
      name: 'signals',
      windowMs: null,
      count: 2,
      invalid: 0,
      mean: 40,
      slowestCount: 2,
      slowestMean: 40,
      stages: [
        { stage: 'wait', mean: 5, share: 0.125, saves: 5, slowestMean: 5, slowestShare: 0.125, slowestSaves: 5 },
        { stage: 'work', mean: 35, share: 0.875, saves: 35, slowestMean: 35, slowestShare: 0.875, slowestSaves: 35 },
      ],
    })
  })

  it('says where the time of the slowest records went', () => {
    const breakdown = new Breakdown({ stages: ['wait', 'work'], slowest: 2 })
    for (let i = 0; i < 98; i++) breakdown.record({ wait: 1, work: 9 })
    breakdown.record({ wait: 90, work: 10 })
    breakdown.record({ wait: 70, work: 30 })
    const { slowestCount, slowestMean, stages } = breakdown.snapshot()
    expect([slowestCount, slowestMean]).toEqual([2, 100])
    expect(stages.map((stage) => [stage.stage, stage.slowestMean, stage.slowestShare])).toEqual([
      ['wait', 80, 0.8],
      ['work', 20, 0.2],
    ])
  })

  it('finds the slowest records of all slices of the window', () => {
    const clock = new ManualClock()
    const breakdown = new Breakdown({ slowest: 2, windowMs: 100, slices: 4, clock })
    for (const a of [50, 3, 40, 2]) {
      breakdown.record({ a })
      clock.advance(25)
    }
    expect(breakdown.snapshot()).toMatchObject({ count: 3, slowestCount: 2, slowestMean: 21.5 })
  })

  it('takes a stage that is absent from a record for one that took no time', () => {
    const breakdown = new Breakdown({ stages: ['cache', 'database'] })
    breakdown.record({ cache: 1, database: 9 })
    breakdown.record({ cache: 1, database: undefined })
    breakdown.record({ cache: 1 })
    expect(means(breakdown.snapshot())).toEqual({ cache: 1, database: 3 })
  })

  it('shows the named stages first, then the others in the order of first use', () => {
    const breakdown = new Breakdown<string>({ stages: ['receive', '2'] })
    breakdown.record({ work: 1, receive: 1 })
    breakdown.record({ answer: 1, '1': 1 })
    expect(breakdown.snapshot().stages.map(({ stage }) => stage)).toEqual(['receive', '2', 'work', '1', 'answer'])
  })

  it('adds further stages up as "other" once there are as many as there may be', () => {
    const breakdown = new Breakdown<string>({ stages: ['a'], maxStages: 2 })
    for (const stage of ['a', 'b', 'c', 'd']) breakdown.record({ [stage]: 4 })
    expect(means(breakdown.snapshot())).toEqual({ a: 1, b: 1, other: 2 })
    expect(breakdown.snapshot().mean).toBe(4)
  })

  it('adds them to a stage that is already called "other"', () => {
    const breakdown = new Breakdown<string>({ stages: ['other', 'a'], maxStages: 2 })
    breakdown.record({ a: 1, b: 2, other: 3 })
    expect(breakdown.snapshot().stages.map(({ stage, mean }) => [stage, mean])).toEqual([
      ['other', 5],
      ['a', 1],
    ])
  })

  it('has null for what has no value', () => {
    const breakdown = new Breakdown({ stages: ['a'] })
    expect(breakdown.snapshot()).toMatchObject({ count: 0, mean: null, stages: [{ mean: null, share: null }] })
    breakdown.record({ a: 0 })
    expect(breakdown.snapshot()).toMatchObject({ count: 1, mean: 0, stages: [{ mean: 0, share: null }] })
  })

  it('counts a record with a duration that is none as invalid, whole, and tells it', () => {
    const breakdown = new Breakdown({ stages: ['a', 'b'] })
    const told = vi.fn<(event: object) => void>()
    breakdown.on('invalid', told)
    for (const b of [Number.NaN, -1, Infinity, '5', null]) breakdown.record({ a: 1, b: b as number })
    expect(breakdown.snapshot()).toMatchObject({ count: 0, invalid: 5, mean: null })
    expect(told).toHaveBeenCalledTimes(5)
    expect(told).toHaveBeenCalledWith({ stage: 'b', value: -1 })
  })

  it('forgets what has left the window, and the stages that were nowhere else', () => {
    const clock = new ManualClock()
    const breakdown = new Breakdown<string>({ stages: ['named'], windowMs: 1000, slices: 10, clock })
    breakdown.record({ a: 10 })
    clock.advance(500)
    breakdown.record({ b: 20 })
    expect(means(breakdown.snapshot())).toEqual({ named: 0, a: 5, b: 10 })
    clock.advance(500)
    expect(means(breakdown.snapshot())).toEqual({ named: 0, b: 20 })
    clock.advance(1e6)
    expect(breakdown.snapshot()).toMatchObject({ count: 0, windowMs: 1000, stages: [{ stage: 'named', mean: null }] })
  })

  it('has room again for other stages once some have left the window', () => {
    const clock = new ManualClock()
    const breakdown = new Breakdown<string>({ maxStages: 2, windowMs: 100, slices: 2, clock })
    for (const stage of ['a', 'b', 'c']) breakdown.record({ [stage]: 3 })
    expect(means(breakdown.snapshot())).toEqual({ a: 1, b: 1, other: 1 })
    clock.advance(100)
    for (const stage of ['c', 'd', 'e']) breakdown.record({ [stage]: 6 })
    expect(means(breakdown.snapshot())).toEqual({ c: 2, d: 2, other: 2 })
  })

  it('reads no clock when the moment is given', () => {
    const now = vi.fn<() => number>(() => 0)
    const breakdown = new Breakdown({ stages: ['a'], windowMs: 1000, clock: { now } })
    now.mockClear()
    breakdown.record({ a: 1 }, 10)
    expect(now).not.toHaveBeenCalled()
  })

  it('forgets everything but the named stages when it is reset', () => {
    const breakdown = new Breakdown<string>({ stages: ['a'] })
    breakdown.record({ a: 1, b: 1 })
    breakdown.record({ a: -1 })
    breakdown.reset()
    expect(breakdown.snapshot()).toEqual(new Breakdown({ stages: ['a'] }).snapshot())
  })

  it('keeps neither the list of stages nor a record', () => {
    const stages = ['a']
    const breakdown = new Breakdown<string>({ stages })
    const record = { a: 1 }
    breakdown.record(record)
    record.a = 100
    stages.push('b')
    breakdown.reset()
    breakdown.record({ a: 1 })
    expect(means(breakdown.snapshot())).toEqual({ a: 1 })
  })

  it.each<[BreakdownOptions, ErrorConstructor, string]>([
    [{ stages: 'a' as never }, TypeError, 'stages must be an array of strings'],
    [{ stages: [''] }, RangeError, 'stages must not be empty'],
    [{ stages: [1 as never] }, TypeError, 'stages must be a string, got 1'],
    [{ maxStages: 0 }, RangeError, 'maxStages must be an integer in [1, 10000], got 0'],
    [{ stages: ['a', 'b'], maxStages: 1 }, RangeError, 'maxStages must be an integer in [2, 10000], got 1'],
    [{ slowest: 0 }, RangeError, 'slowest must be an integer in [1, 1000], got 0'],
    [{ windowMs: -5 }, RangeError, 'windowMs must be a finite number in (0, ∞), got -5'],
  ])('refuses %o', (options, error, message) => {
    expect(() => new Breakdown(options)).toThrow(error)
    expect(() => new Breakdown(options)).toThrow(message)
  })
})
