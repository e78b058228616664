import type { Entry } from './entry.ts'
import { spreadOf } from './imbalance.ts'
import { KeyGroup } from './key-groups.ts'
import type { Lane } from './lane.ts'
import { type LevelingTask, STEP, leastBusy } from './leveling-task.ts'
import type { Mover } from './mover.ts'

/**
 * The most rounds, as a number and as a multiple of the items: far more than it takes when nothing comes or goes
 * meanwhile, so that it ends also when much does.
 */
const ROUNDS = 1000
const ROUNDS_AN_ITEM = 16

/** Levels lanes one move at a time: each time the unit nearest to half the difference, from the busiest that has one. */
export class Finishing<T> {
  readonly #lanes: readonly Lane<T>[]
  readonly #mover: Mover<T>
  readonly #threshold: number
  readonly #grain: number
  /** Lanes of which no unit would have helped at this difference, so none does at a smaller one. */
  readonly #hopeless = new Map<Lane<T>, number>()

  constructor({ lanes, threshold }: LevelingTask<T>, mover: Mover<T>) {
    this.#lanes = lanes
    this.#threshold = threshold
    this.#mover = mover
    this.#grain = grainOf(lanes.map(({ load }) => load))
  }

  *steps(): Generator<number, void, undefined> {
    const lanes = this.#lanes
    const items = lanes.reduce((sum, { waiting }) => sum + waiting, 0)
    for (let left = ROUNDS + ROUNDS_AN_ITEM * items; left > 0; left--) {
      if (spreadOf(lanes.map(({ load }) => load)).imbalance <= this.#threshold) return
      yield 2 * lanes.length
      if (!(yield* this.#moveBest())) return
    }
  }

  /** Moves the one unit that helps most. Returns whether there was one. */
  *#moveBest(): Generator<number, boolean, undefined> {
    const to = leastBusy(this.#lanes)
    for (const from of this.#lanes.toSorted((a, b) => b.load - a.load)) {
      const gap = from.load - to.load
      if (gap <= this.#grain) return false
      if (gap <= (this.#hopeless.get(from) ?? 0)) continue
      const best = yield* this.#nearest(from, gap)
      if (best === undefined) this.#hopeless.set(from, gap)
      else {
        this.#move(best, from, to)
        return true
      }
    }
    return false
  }

  /** Moves it if it is still there and still helps: workers may have come in between. */
  #move(unit: Entry<T> | KeyGroup<T>, from: Lane<T>, to: Lane<T>): void {
    if (!helps(weightOf(unit), from.load - to.load, this.#grain)) return
    if (unit instanceof KeyGroup) this.#mover.moveGroup(unit, from, to)
    else this.#mover.moveEntry(unit, from, to)
    this.#hopeless.delete(to)
  }

  /** The unit of a lane that comes nearest to closing `gap`; `undefined` when none helps. O(units). */
  *#nearest(from: Lane<T>, gap: number): Generator<number, Entry<T> | KeyGroup<T> | undefined, undefined> {
    const { lineup } = from
    const [blocks, groups] = [lineup.blocks(), lineup.groups()]
    let best: Entry<T> | KeyGroup<T> | undefined
    let nearest = Number.POSITIVE_INFINITY
    let looked = 0
    for (const entries of [lineup.ring, ...blocks, { size: groups.length, at: (at: number) => groups[at] }])
      for (let index = entries.size - 1; index >= 0; index--) {
        const unit = entries.at(index)
        if (++looked % STEP === 0) yield STEP
        if (unit === undefined) continue
        const weight = weightOf(unit)
        const distance = Math.abs(weight - gap / 2)
        if (distance >= nearest || !helps(weight, gap, this.#grain)) continue
        best = unit
        nearest = distance
      }
    yield looked % STEP
    return best
  }
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

function weightOf<T>(unit: Entry<T> | KeyGroup<T>): number {
  return unit instanceof KeyGroup ? unit.waitingWeight : unit.weight
}
