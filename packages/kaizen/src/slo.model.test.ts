import { ManualClock } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Slo } from './slo.ts'

// A period of two days: slots of 1 s, 20 s and 4 min.
const PERIOD_MS = 172_800_000
const SLOTS = [
  { slotMs: 1000, size: 240 },
  { slotMs: 20_000, size: 288 },
  { slotMs: 240_000, size: 720 },
] as const
const START_MS = Date.UTC(2026, 0, 1, 0, 0, 7)

interface Model {
  /** Every event there was. */
  events: { readonly atMs: number; readonly total: number; readonly bad: number }[]
}

interface Real {
  slo: Slo
  readonly clock: ManualClock
}

type Command = fc.Command<Model, Real>

/** Counts of the present slot and whole ones before it, of the finest slots of which there are enough. */
function expected({ events }: Model, nowMs: number, windowMs: number): { total: number; bad: number } {
  const tier = SLOTS.find(({ slotMs, size }) => Math.round(windowMs / slotMs) <= size)
  const { slotMs } = tier as (typeof SLOTS)[number]
  const slots = Math.max(1, Math.round(windowMs / slotMs))
  const inside = events.filter(({ atMs }) => Math.floor(atMs / slotMs) > Math.floor(nowMs / slotMs) - slots)
  return inside.reduce((sum, event) => ({ total: sum.total + event.total, bad: sum.bad + event.bad }), {
    total: 0,
    bad: 0,
  })
}

function assertSame(model: Model, { slo, clock }: Real): void {
  const nowMs = START_MS + clock.now()
  for (const windowMs of [5000, 60_000, 240_000, 1_000_000, 5_760_000, 20_000_000]) {
    const { total, bad } = expected(model, nowMs, windowMs)
    const rate = slo.burnRate(windowMs)
    if (total === 0) expect(rate).toBeNaN()
    else expect(rate).toBeCloseTo(bad / total / 0.05, 9)
  }
  const { total, bad, budgetRemaining } = slo.snapshot()
  expect({ total, bad }).toEqual(expected(model, nowMs, PERIOD_MS))
  expect(budgetRemaining).toBeCloseTo(total === 0 ? 1 : 1 - bad / total / 0.05, 9)
}

class Add implements Command {
  readonly good: number
  readonly bad: number

  constructor(good: number, bad: number) {
    this.good = good
    this.bad = bad
  }

  check = (): boolean => true

  run(model: Model, real: Real): void {
    const total = this.good + this.bad
    real.slo.add(this.good, total)
    model.events.push({ atMs: START_MS + real.clock.now(), total, bad: this.bad })
    assertSame(model, real)
  }

  toString(): string {
    return `Add(${this.good}, ${this.bad})`
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

class Restart implements Command {
  check = (): boolean => true

  run(model: Model, real: Real): void {
    const saved = real.slo.save()
    real.slo = make(real.clock)
    real.slo.restore(JSON.parse(JSON.stringify(saved)))
    assertSame(model, real)
  }

  toString(): string {
    return 'Restart'
  }
}

function make(clock: ManualClock): Slo {
  return new Slo({
    target: 0.95,
    period: { kind: 'rolling', ms: PERIOD_MS },
    wallNow: () => START_MS + clock.now(),
    clock,
  })
}

it('counts what happened in each window, at every step and over restarts', () => {
  const count = fc.integer({ min: 0, max: 50 })
  const commands = [
    fc.tuple(count, count).map(([good, bad]) => new Add(good, bad)),
    fc.integer({ min: 0, max: 5000 }).map((ms) => new Advance(ms)),
    fc.integer({ min: 0, max: 600_000 }).map((ms) => new Advance(ms)),
    fc.integer({ min: 0, max: PERIOD_MS }).map((ms) => new Advance(ms)),
    fc.constant(new Restart()),
  ]
  fc.assert(
    fc.property(fc.commands(commands, { maxCommands: 40 }), (run) => {
      const clock = new ManualClock()
      fc.modelRun(() => ({ model: { events: [] }, real: { slo: make(clock), clock } }), run)
    }),
  )
})
