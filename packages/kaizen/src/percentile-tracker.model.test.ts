import { ManualClock } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PercentileTracker } from './index.ts'

const WINDOW_MS = 1000

interface Recorded {
  readonly value: number
  readonly slice: number
}

/** Remembers every value with its slice. */
interface Model {
  recorded: Recorded[]
  slice: number
  /** The totals as last seen. */
  totalCount: number
  totalSum: number
}

interface Real {
  readonly tracker: PercentileTracker
  readonly clock: ManualClock
  readonly slices: number
}

type Command = fc.Command<Model, Real>

const sliceNow = ({ clock, slices }: Real): number => Math.floor(clock.now() / (WINDOW_MS / slices))

const BOUNDS = [0, 1e-300, 0.5, 1, 1.005, 7, 8, 1000, 1e5, 3.6e6, 1e300, Infinity]

/** By the tracker's buckets, one after another: those that a bound lies in count as at most. */
function countUpTo(tracker: PercentileTracker, bound: number): number {
  if (!(bound >= tracker.min)) return 0
  let sum = 0
  for (const { lower, upper, count } of tracker.buckets()) if (upper === 0 || lower < bound) sum += count
  return sum
}

/** The window equals a tracker of just the window's values. */
function assertSame(model: Model, real: Real): void {
  const slice = Math.max(model.slice, sliceNow(real))
  const expected = new PercentileTracker()
  for (const { value, slice: of } of model.recorded) if (of > slice - real.slices) expected.record(value)
  const { count, zeros, invalid, min, max } = real.tracker
  expect({ count, zeros, invalid, min, max }).toEqual({
    count: expected.count,
    zeros: expected.zeros,
    invalid: expected.invalid,
    min: expected.min,
    max: expected.max,
  })
  expect([...real.tracker.buckets()]).toEqual([...expected.buckets()])
  expect(real.tracker.quantiles([0, 0.5, 0.9, 0.99, 1])).toEqual(expected.quantiles([0, 0.5, 0.9, 0.99, 1]))
  expect([...real.tracker.countsUpTo(BOUNDS)]).toEqual(BOUNDS.map((bound) => countUpTo(expected, bound)))
  const { totalCount, totalSum } = real.tracker
  expect(totalCount).toBeGreaterThanOrEqual(Math.max(model.totalCount, count))
  expect(totalSum).toBeGreaterThanOrEqual(Math.max(model.totalSum, real.tracker.sum * (1 - 1e-9)))
  Object.assign(model, { totalCount, totalSum })
  expect(Math.abs(real.tracker.sum - expected.sum)).toBeLessThanOrEqual(1e-9 * expected.sum)
}

class Record implements Command {
  readonly values: readonly number[]
  /** How far from the clock's reading the moment given is; `undefined` when none is given. */
  readonly offsetMs: number | undefined

  constructor(values: readonly number[], offsetMs: number | undefined) {
    this.values = values
    this.offsetMs = offsetMs
  }

  check = (): boolean => true

  run(model: Model, real: Real): void {
    const now = this.offsetMs === undefined ? undefined : real.clock.now() + this.offsetMs
    for (const value of this.values) {
      real.tracker.record(value, now)
      const slice = Math.floor((now ?? real.clock.now()) / (WINDOW_MS / real.slices))
      model.slice = Math.max(model.slice, slice)
      model.recorded.push({ value, slice: model.slice })
    }
    assertSame(model, real)
  }

  toString(): string {
    return `Record(${this.values.join(', ')}; ${this.offsetMs ?? 'now'})`
  }
}

class Advance implements Command {
  readonly ms: number

  constructor(ms: number) {
    this.ms = ms
  }

  check = (): boolean => true

  run(model: Model, real: Real): void {
    real.clock.advance(this.ms)
    assertSame(model, real)
    model.slice = Math.max(model.slice, sliceNow(real))
  }

  toString(): string {
    return `Advance(${this.ms})`
  }
}

class Merge implements Command {
  readonly values: readonly number[]

  constructor(values: readonly number[]) {
    this.values = values
  }

  check = (): boolean => true

  run(model: Model, real: Real): void {
    const other = new PercentileTracker()
    for (const value of this.values) other.record(value)
    real.tracker.merge(other)
    model.slice = Math.max(model.slice, sliceNow(real))
    for (const value of this.values) model.recorded.push({ value, slice: model.slice })
    assertSame(model, real)
  }

  toString(): string {
    return `Merge(${this.values.join(', ')})`
  }
}

class Reset implements Command {
  check = (): boolean => true

  run(model: Model, real: Real): void {
    real.tracker.reset()
    model.recorded = []
    assertSame(model, real)
  }

  toString = (): string => 'Reset'
}

const value = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: 0.001, max: 3.6e6, noNaN: true }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 8 }) },
  { weight: 1, arbitrary: fc.oneof(fc.double({ min: -1e300, max: 1e300 }), fc.constantFrom(Infinity, -Infinity, NaN)) },
)
const values = fc.array(value, { maxLength: 8 })
const offset = fc.option(fc.integer({ min: -300, max: 300 }), { nil: undefined })

it('holds exactly the values of its window, at every step', { timeout: 30_000 }, () => {
  const commands = [
    fc.tuple(values, offset).map(([given, offsetMs]) => new Record(given, offsetMs)),
    fc.integer({ min: 0, max: 250 }).map((ms) => new Advance(ms)),
    fc.integer({ min: 250, max: 5000 }).map((ms) => new Advance(ms)),
    values.map((given) => new Merge(given)),
    fc.constant(new Reset()),
  ]
  const slices = fc.constantFrom(1, 2, 5, 10)
  fc.assert(
    fc.property(fc.commands(commands, { maxCommands: 60 }), slices, (run, count) => {
      const clock = new ManualClock()
      const tracker = new PercentileTracker({ windowMs: WINDOW_MS, slices: count, clock })
      fc.modelRun(
        () => ({
          model: { recorded: [], slice: 0, totalCount: 0, totalSum: 0 },
          real: { tracker, clock, slices: count },
        }),
        run,
      )
    }),
    { numRuns: 100 },
  )
})
