import { ManualClock } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Breakdown } from './index.ts'

const SLICES = 4
const SLICE_MS = 25

type Durations = Readonly<Record<string, number>>

interface Model {
  records: { readonly durations: Durations; readonly slice: number }[]
}

interface Real {
  readonly breakdown: Breakdown
  readonly clock: ManualClock
}

type Command = fc.Command<Model, Real>

const total = (durations: Durations): number => Object.values(durations).reduce((sum, ms) => sum + ms, 0)

/** Means are those of the window's records, and they and the shares add up. */
function assertSame({ records }: Model, { breakdown, clock }: Real): void {
  const slice = Math.floor(clock.now() / SLICE_MS)
  const kept = records.filter((record) => record.slice > slice - SLICES).map(({ durations }) => durations)
  const { count, mean, stages } = breakdown.snapshot()
  expect(count).toBe(kept.length)
  if (count === 0) return
  const sum = kept.reduce((all, durations) => all + total(durations), 0)
  expect(mean).toBeCloseTo(sum / count, 9)
  expect(stages.reduce((all, stage) => all + (stage.mean ?? 0), 0)).toBeCloseTo(sum / count, 9)
  if (sum > 0) expect(stages.reduce((all, stage) => all + (stage.share ?? 0), 0)).toBeCloseTo(1, 9)
  for (const { stage, mean: stageMean } of stages) {
    const inStage = kept.reduce(
      (all, durations) => all + (Object.hasOwn(durations, stage) ? (durations[stage] ?? 0) : 0),
      0,
    )
    expect(stageMean).toBeCloseTo(inStage / count, 9)
  }
}

class RecordOne implements Command {
  readonly durations: Durations

  constructor(durations: Durations) {
    this.durations = durations
  }

  check = (): boolean => true

  run(model: Model, real: Real): void {
    real.breakdown.record(this.durations)
    model.records.push({ durations: this.durations, slice: Math.floor(real.clock.now() / SLICE_MS) })
    assertSame(model, real)
  }

  toString(): string {
    return `Record(${JSON.stringify(this.durations)})`
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
  }

  toString(): string {
    return `Advance(${this.ms})`
  }
}

it('is the mean of the records of its window, at every step', () => {
  const durations = fc.dictionary(
    fc.constantFrom('wait', 'work', 'answer', 'toString'),
    fc.integer({ min: 0, max: 500 }),
  )
  const commands = [
    durations.map((given) => new RecordOne(given)),
    fc.integer({ min: 0, max: 60 }).map((ms) => new Advance(ms)),
    fc.integer({ min: 60, max: 500 }).map((ms) => new Advance(ms)),
  ]
  fc.assert(
    fc.property(fc.commands(commands, { maxCommands: 60 }), (run) => {
      const clock = new ManualClock()
      const breakdown = new Breakdown<string>({ stages: ['work'], windowMs: SLICES * SLICE_MS, slices: SLICES, clock })
      fc.modelRun(() => ({ model: { records: [] }, real: { breakdown, clock } }), run)
    }),
  )
})
