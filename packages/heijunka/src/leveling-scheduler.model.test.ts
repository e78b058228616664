import fc from 'fast-check'
import { ManualClock } from '@tps/internal/manual-clock'
import { expect, it } from 'vitest'
import { LevelingScheduler } from './leveling-scheduler.ts'

// Every item comes out once and in order, whatever happens; and what is caught up is no burst.

const PRODUCTS = ['a', 'b', 'c', 'd', 'e'] as const
type Product = (typeof PRODUCTS)[number]

const TAKT_MS = 10
const CATCH_UP_TAKTS = 3
const MAX_LATE = 4

interface Item {
  readonly product: Product
  readonly number: number
}

interface Real {
  readonly clock: ManualClock
  readonly scheduler: LevelingScheduler<Product, Item>
  /** Whether the consumer takes what it is given. */
  isOpen: boolean
  readonly releases: { readonly atMs: number; readonly item: Item; readonly reason: string }[]
}

interface Model {
  /** What waits, first in first out. */
  readonly waiting: Map<Product, number[]>
  demand: Partial<Record<Product, number>>
  given: number
  seen: number
}

type Command = fc.Command<Model, Real>

/** What came out since the last look came in order, and is what waited. */
function checkReleases(model: Model, real: Real): void {
  for (; model.seen < real.releases.length; model.seen++) {
    const { item } = real.releases[model.seen] as Real['releases'][number]
    expect(model.waiting.get(item.product)?.shift()).toBe(item.number)
  }
  const { products, behind, waiting } = real.scheduler.snapshot()
  expect(behind).toBeLessThanOrEqual(MAX_LATE)
  expect(waiting).toBe([...model.waiting.values()].reduce((sum, line) => sum + line.length, 0))
  for (const [name, { deviation, late, demand }] of Object.entries(products)) {
    expect(Math.abs(late)).toBeLessThanOrEqual(MAX_LATE)
    // Late turns apart it keeps the bound of the sequence: with changing demand, 1 + 1/2 + … + 1/5.
    if (demand > 0) expect(Math.abs(deviation + late), name).toBeLessThan(137 / 60)
  }
}

const hasWork = (model: Model): boolean =>
  PRODUCTS.some((product) => (model.demand[product] ?? 0) > 0 && (model.waiting.get(product)?.length ?? 0) > 0)

class Offer implements Command {
  readonly product: Product
  constructor(product: Product) {
    this.product = product
  }
  check = (): boolean => true
  run(model: Model, real: Real): void {
    const number = model.given++
    const line = model.waiting.get(this.product) ?? []
    const isIn = (model.demand[this.product] ?? 0) > 0 && line.length < 5
    expect(real.scheduler.offer(this.product, { product: this.product, number })).toBe(isIn)
    if (isIn) model.waiting.set(this.product, [...line, number])
    checkReleases(model, real)
  }
  toString = (): string => `offer(${this.product})`
}

class Next implements Command {
  check = (): boolean => true
  run(model: Model, real: Real): void {
    const release = real.scheduler.next()
    expect(release !== undefined).toBe(hasWork(model))
    if (release) real.releases.push({ atMs: real.clock.now(), item: release.item, reason: 'pulled' })
    checkReleases(model, real)
  }
  toString = (): string => 'next()'
}

class Advance implements Command {
  readonly ms: number
  constructor(ms: number) {
    this.ms = ms
  }
  check = (): boolean => true
  run(model: Model, real: Real): void {
    const from = real.releases.length
    const start = real.clock.now()
    const had = PRODUCTS.reduce(
      (sum, product) => sum + ((model.demand[product] ?? 0) > 0 ? (model.waiting.get(product)?.length ?? 0) : 0),
      0,
    )
    real.clock.advance(this.ms)
    const count = real.releases.length - from
    const takts = Math.floor(real.clock.now() / TAKT_MS) - Math.floor(start / TAKT_MS)
    if (real.isOpen) expect(count).toBeGreaterThanOrEqual(Math.min(had, takts))
    expect(count).toBeLessThanOrEqual(takts + Math.ceil((takts + 1) / CATCH_UP_TAKTS))
    checkReleases(model, real)
  }
  toString = (): string => `advance(${this.ms})`
}

class SetDemand implements Command {
  readonly demand: Partial<Record<Product, number>>
  constructor(demand: Partial<Record<Product, number>>) {
    this.demand = demand
  }
  check = (): boolean => true
  run(model: Model, real: Real): void {
    model.demand = this.demand
    real.scheduler.setDemand(this.demand)
    checkReleases(model, real)
  }
  toString = (): string => `setDemand(${JSON.stringify(this.demand)})`
}

class Withdraw implements Command {
  readonly product: Product
  constructor(product: Product) {
    this.product = product
  }
  check = (): boolean => true
  run(model: Model, real: Real): void {
    const numbers = real.scheduler.withdraw(this.product).map(({ number }) => number)
    expect(numbers).toEqual(model.waiting.get(this.product) ?? [])
    model.waiting.delete(this.product)
    checkReleases(model, real)
  }
  toString = (): string => `withdraw(${this.product})`
}

class Open implements Command {
  readonly isOpen: boolean
  constructor(isOpen: boolean) {
    this.isOpen = isOpen
  }
  check = (): boolean => true
  run(_model: Model, real: Real): void {
    real.isOpen = this.isOpen
  }
  toString = (): string => `open(${this.isOpen})`
}

const product = fc.constantFrom(...PRODUCTS)
const commands = fc.commands<Model, Real>(
  [
    product.map((name) => new Offer(name)),
    product.map((name) => new Offer(name)),
    fc.constant(new Next()),
    fc.integer({ min: 0, max: 65 }).map((ms) => new Advance(ms)),
    fc.dictionary(product, fc.integer({ min: 0, max: 9 })).map((demand) => new SetDemand(demand as Model['demand'])),
    product.map((name) => new Withdraw(name)),
    fc.boolean().map((isOpen) => new Open(isOpen)),
  ],
  { maxCommands: 80 },
)

it('hands out every item once and in order, and never two at once', () => {
  fc.assert(
    fc.property(commands, (all) => {
      const clock = new ManualClock()
      const demand = { a: 3, b: 2, c: 1 }
      const scheduler = new LevelingScheduler<Product, Item>({
        demand,
        queued: true,
        capacity: 5,
        taktMs: TAKT_MS,
        catchUpTakts: CATCH_UP_TAKTS,
        maxLate: MAX_LATE,
        clock,
        timers: clock,
      })
      const real: Real = { clock, scheduler, isOpen: true, releases: [] }
      scheduler.start(({ item, reason }) => {
        if (!real.isOpen) return false
        real.releases.push({ atMs: clock.now(), item, reason })
        return true
      })
      fc.modelRun(() => ({ model: { waiting: new Map(), demand, given: 0, seen: 0 }, real }), all)
      scheduler.stop()
      expect(clock.pendingTimers).toBe(0)
      const paced = real.releases.filter(({ reason }) => reason !== 'pulled').map(({ atMs }) => atMs)
      for (const [index, atMs] of paced.entries())
        if (index > 0) expect(atMs - (paced[index - 1] as number)).toBeGreaterThanOrEqual(TAKT_MS / 2)
    }),
  )
})
