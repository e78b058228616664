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
  /** How many units may be moved. */
  readonly size: number
  /** Whether they all weigh the same. */
  readonly isUniform: boolean
  /** The unit in place `index`, from 0, of those that may be moved; those before it are better moved. */
  at(index: number): U
}

/**
 * Plans moves from the busiest to the least busy until the imbalance is at most `threshold`, or no unit is left whose
 * move would help: one that is lighter than the difference between its lane and the least busy. The plan is written
 * into the units; returned are those that it moves, by the lane they are in.
 *
 * First in bulk towards the level that the movable load reaches when poured over what can't move; no unit overshoots
 * it, so each moves once and is looked at once. Then one by one, each time the unit nearest to half the difference.
 * Every move leaves both lanes strictly between where they were, so that it never makes the imbalance worse and comes
 * to an end.
 */
export function planLeveling<U extends Unit>(bins: readonly Bin<U>[], threshold: number): readonly (readonly U[])[] {
  const plan = new Plan(bins)
  plan.pour(threshold)
  while (spreadOf(plan.loads).imbalance > threshold && plan.moveBest());
  return plan.leaving
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
  /** The units that the plan moves, by the lane they are in. */
  readonly leaving: U[][]
  readonly #bins: readonly Bin<U>[]
  readonly #grain: number

  constructor(bins: readonly Bin<U>[]) {
    this.#bins = bins
    this.loads = bins.map(({ load }) => load)
    this.#grain = grainOf(this.loads)
    this.leaving = bins.map(() => [])
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
      if (this.#moveNearest(from, to, gap)) return true
    }
    return false
  }

  /** Moves units out of a lane for as long as they fit above the level here and below it elsewhere. */
  #pourOut(from: number, level: number, band: number): void {
    const bin = this.#bins[from] as Bin<U>
    let to = this.#leastBusy()
    let isLeast = true
    for (let index = 0; index < bin.size; index++) {
      const unit = bin.at(index)
      const above = this.#load(from) - level
      if (above <= 0) return
      // One lane is filled before the next, so the least busy is looked for only when a unit doesn't fit.
      if (!isLeast && (unit.weight > level - this.#load(to) || this.#load(to) >= level - band)) {
        to = this.#leastBusy()
        isLeast = true
      }
      if (above <= band && this.#load(to) >= level - band) return
      if (unit.weight <= this.#grain || unit.weight > Math.min(above, level - this.#load(to))) continue
      this.#move(unit, from, from, to)
      isLeast = false
    }
  }

  /** Moves the unit of lane `from` that comes nearest to closing `gap`. Returns whether any helps. O(units). */
  #moveNearest(from: number, to: number, gap: number): boolean {
    let best: U | undefined
    let bestHome = -1
    let bestDistance = Number.POSITIVE_INFINITY
    const look = (unit: U, home: number): void => {
      const distance = Math.abs(unit.weight - gap / 2)
      if (distance >= bestDistance || !helps(unit.weight, gap, this.#grain)) return
      best = unit
      bestHome = home
      bestDistance = distance
    }
    const bin = this.#bins[from] as Bin<U>
    for (let index = 0; index < bin.size; index++) {
      const unit = bin.at(index)
      if (unit.to < 0) look(unit, from)
      if (bin.isUniform && best) break
    }
    // Where all weigh the same, one that has arrived is no better than one that was there.
    if (!bin.isUniform || !best)
      for (const [home, units] of this.leaving.entries())
        for (const unit of units) if (unit.to === from) look(unit, home)
    if (best) this.#move(best, bestHome, from, to)
    return best !== undefined
  }

  #move(unit: U, home: number, from: number, to: number): void {
    if (unit.to < 0) this.leaving[home]?.push(unit)
    unit.to = to
    this.loads[from] = this.#load(from) - unit.weight
    this.loads[to] = this.#load(to) + unit.weight
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
