import { spreadOf } from './imbalance.ts'

/** What moves as one: an item, or all that waits of a key. */
export interface Unit {
  readonly weight: number
  /** Where it is planned to go; -1 when it hasn't been moved. */
  to: number
}

/** One lane, as the plan sees it. */
export interface Bin<U extends Unit> {
  /** Its load, that which can't be moved included. */
  readonly load: number
  /** The part of the load that its units make. */
  readonly movable: number
  /** What may be moved, best first. Asked at most once, and only when something should leave. */
  units(): readonly U[]
}

/**
 * Plans moves from the busiest to the least busy until the imbalance is at most `threshold`, or no unit is left whose
 * move would help: one that is lighter than the difference between its lane and the least busy. The plan is written
 * into the units; returned are the units of the lanes that were asked.
 *
 * First in bulk towards the level that the movable load reaches when poured over what can't move; no unit overshoots
 * it, so each moves once and is looked at once. Then one by one, each time the unit nearest to half the difference.
 * Every move leaves both lanes strictly between where they were, so that it never makes the imbalance worse and comes
 * to an end.
 */
export function planLeveling<U extends Unit>(
  bins: readonly Bin<U>[],
  threshold: number,
): ReadonlyMap<number, readonly U[]> {
  const plan = new Plan(bins)
  plan.pour(threshold)
  while (spreadOf(plan.loads).imbalance > threshold && plan.moveBest());
  return plan.own
}

/**
 * Whether moving `weight` between lanes that differ by `gap` brings them closer. `grain` is what counts as nothing: far
 * above what rounding does to the loads, so that no two moves can undo each other for ever.
 */
export function helps(weight: number, gap: number, grain: number): boolean {
  return weight > grain && weight < gap - grain
}

/** A billionth of the average load. */
export function grainOf(loads: readonly number[]): number {
  return spreadOf(loads).avg * 1e-9
}

class Plan<U extends Unit> {
  readonly loads: number[]
  readonly own = new Map<number, readonly U[]>()
  readonly #bins: readonly Bin<U>[]
  readonly #arrived: U[][]
  readonly #grain: number

  constructor(bins: readonly Bin<U>[]) {
    this.#bins = bins
    this.loads = bins.map(({ load }) => load)
    this.#grain = grainOf(this.loads)
    this.#arrived = bins.map(() => [])
  }

  pour(threshold: number): void {
    const { level, floor } = waterLevel(this.#bins)
    const half = (threshold * spreadOf(this.loads).avg) / 2
    // Where something that can't move stands out, the threshold is out of reach, and the rest is levelled fully.
    const band = floor > level + half ? 0 : half
    const spent = new Set<number>()
    for (let from = this.#busiest(spent); this.#load(from) > level; from = this.#busiest(spent)) {
      const least = this.#load(this.#leastBusy())
      if (least >= level || (this.#load(from) <= level + band && least >= level - band)) return
      this.#pourOut(from, level, band)
      // What it keeps is too heavy for every other lane, and they only get fuller.
      spent.add(from)
    }
  }

  /** Moves the one unit that helps most, from the busiest lane that has one. Returns whether there was one. */
  moveBest(): boolean {
    const to = this.#leastBusy()
    const donors = this.loads.map((_, index) => index).toSorted((a, b) => this.#load(b) - this.#load(a))
    for (const from of donors) {
      const gap = this.#load(from) - this.#load(to)
      if (gap <= 0) return false
      const unit = this.#nearest(from, gap)
      if (!unit) continue
      this.#move(unit, from, to)
      return true
    }
    return false
  }

  /** Moves units out of a lane for as long as they fit above the level here and below it elsewhere. */
  #pourOut(from: number, level: number, band: number): void {
    let to = this.#leastBusy()
    let isLeast = true
    for (const unit of this.#units(from)) {
      const above = this.#load(from) - level
      if (above <= 0) return
      // One lane is filled before the next, so the least busy is looked for only when a unit doesn't fit.
      if (!isLeast && (unit.weight > level - this.#load(to) || this.#load(to) >= level - band)) {
        to = this.#leastBusy()
        isLeast = true
      }
      if (above <= band && this.#load(to) >= level - band) return
      if (unit.weight <= this.#grain || unit.weight > Math.min(above, level - this.#load(to))) continue
      this.#move(unit, from, to)
      isLeast = false
    }
  }

  #nearest(from: number, gap: number): U | undefined {
    let best: U | undefined
    let bestDistance = Number.POSITIVE_INFINITY
    const look = (unit: U): void => {
      const distance = Math.abs(unit.weight - gap / 2)
      if (distance >= bestDistance || !helps(unit.weight, gap, this.#grain)) return
      best = unit
      bestDistance = distance
    }
    for (const unit of this.#units(from)) if (unit.to < 0 || unit.to === from) look(unit)
    for (const unit of this.#arrived[from] ?? []) if (unit.to === from) look(unit)
    return best
  }

  #move(unit: U, from: number, to: number): void {
    unit.to = to
    this.loads[from] = this.#load(from) - unit.weight
    this.loads[to] = this.#load(to) + unit.weight
    this.#arrived[to]?.push(unit)
  }

  #units(index: number): readonly U[] {
    let units = this.own.get(index)
    if (!units) this.own.set(index, (units = this.#bins[index]?.units() ?? []))
    return units
  }

  #load(index: number): number {
    return this.loads[index] as number
  }

  #busiest(except: ReadonlySet<number>): number {
    let best = -1
    for (let index = 0; index < this.loads.length; index++)
      if (!except.has(index) && (best < 0 || this.#load(index) > this.#load(best))) best = index
    return best
  }

  #leastBusy(): number {
    let best = 0
    for (let index = 1; index < this.loads.length; index++) if (this.#load(index) < this.#load(best)) best = index
    return best
  }
}

/** The level that all movable load reaches when it is poured over what can't move, and the highest of the latter. */
function waterLevel(bins: readonly Bin<Unit>[]): { level: number; floor: number } {
  const floors = bins.map(({ load, movable }) => load - movable).toSorted((a, b) => a - b)
  let poured = bins.reduce((sum, { movable }) => sum + movable, 0)
  let level = 0
  for (let index = 0; index < floors.length; index++) {
    poured += floors[index] as number
    level = poured / (index + 1)
    if (level <= (floors[index + 1] ?? Number.POSITIVE_INFINITY)) break
  }
  return { level, floor: floors.at(-1) as number }
}
