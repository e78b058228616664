import { Block } from './block.ts'
import type { Entry } from './entry.ts'
import type { KeyGroup } from './key-groups.ts'
import type { Lane } from './lane.ts'
import { STEP, type Target, isLevel, leastBusy } from './leveling-task.ts'
import type { Mover } from './mover.ts'

/** What it costs to bring a key from heap to heap, where looking at an item is 1. */
const MOVING_A_KEY = 4

/** Moves items and keys out of a lane, each for as long as it fits above the level here and below it elsewhere. */
export class Pouring<T> {
  readonly #from: Lane<T>
  readonly #lanes: readonly Lane<T>[]
  readonly #target: Target
  readonly #mover: Mover<T>
  #to: Lane<T>
  /** Whether `#to` has got nothing since it was found to be the least busy. */
  #isLeast = true
  #cost = 0

  constructor(from: Lane<T>, lanes: readonly Lane<T>[], target: Target, mover: Mover<T>) {
    this.#from = from
    this.#lanes = lanes
    this.#target = target
    this.#mover = mover
    this.#to = leastBusy(lanes)
  }

  /** Looks at each of its units once: the newest items first, then the blocks, then the keys. */
  *steps(): Generator<number, void, undefined> {
    const { lineup } = this.#from
    const [blocks, groups] = [lineup.blocks(), lineup.groups()]
    for (let left = lineup.ring.size; left > 0 && !this.#isDone(); left -= STEP) {
      this.#pourEntries(lineup.ring.popMany(Math.min(left, STEP)), true)
      yield this.#spent()
    }
    // Workers may empty a block meanwhile: then it is in no heap any more.
    for (const block of blocks)
      for (let left = block.size; left > 0 && block.place >= 0 && !this.#isDone(); left -= STEP) {
        const entries = block.popMany(Math.min(left, STEP))
        if (block.size === 0) lineup.leave(block)
        this.#pourEntries(entries, false)
        yield this.#spent()
      }
    const step = STEP / MOVING_A_KEY
    for (let next = 0; next < groups.length && !this.#isDone(); next += step) {
      for (const group of groups.slice(next, next + step)) this.#pourGroup(group)
      yield this.#spent()
    }
  }

  #spent(): number {
    const cost = this.#cost
    this.#cost = 0
    // Loads may change before the next step.
    this.#isLeast = false
    return cost
  }

  #isDone(): boolean {
    const { level, band } = this.#target
    if (!this.#isLeast && this.#to.load >= level - band) this.#findLeast()
    return this.#from.load <= this.#target.level || isLevel(this.#from, this.#to, this.#target)
  }

  /** Entries that were taken out of the lane, oldest first: sends those away that may go, and puts the others back. */
  #pourEntries(entries: Entry<T>[], areOfRing: boolean): void {
    const from = this.#from
    const stay: Entry<T>[] = []
    const leave = new Map<Lane<T>, Entry<T>[]>()
    let entry = entries.pop()
    for (; entry !== undefined && !this.#isDone(); entry = entries.pop()) {
      const to = this.#placeFor(entry.weight)
      if (to === undefined) {
        stay.push(entry)
        continue
      }
      from.lose(1, entry.weight)
      to.gain(1, entry.weight)
      const leaving = leave.get(to)
      if (leaving) leaving.push(entry)
      else leave.set(to, [entry])
    }
    const isThrough = entry === undefined
    if (entry !== undefined) entries.push(entry)
    const kept = entries.concat(stay.toReversed())
    // What has been looked at must be out of the way of the rest of the ring. Otherwise its place is the end of that.
    if (areOfRing && (!isThrough || from.lineup.ring.size === 0)) for (const each of kept) from.lineup.push(each)
    else if (kept.length > 0) from.lineup.enter(new Block(kept))
    for (const [to, leaving] of leave) this.#mover.arrive(leaving.toReversed(), from, to)
  }

  #pourGroup(group: KeyGroup<T>): void {
    if (this.#isDone()) return
    const to = this.#placeFor(group.waitingWeight)
    if (to && this.#mover.moveGroup(group, this.#from, to)) this.#cost += MOVING_A_KEY
  }

  /** Where a unit of this weight fits. One lane is filled before the next, so the least busy is rarely looked for. */
  #placeFor(weight: number): Lane<T> | undefined {
    const { level } = this.#target
    this.#cost++
    if (!this.#isLeast && weight > level - this.#to.load) this.#findLeast()
    // What weighs nothing levels nothing.
    if (weight <= 0 || weight > this.#from.load - level || weight > level - this.#to.load) return undefined
    this.#isLeast = false
    return this.#to
  }

  #findLeast(): void {
    this.#to = leastBusy(this.#lanes)
    this.#isLeast = true
    this.#cost += this.#lanes.length
  }
}
