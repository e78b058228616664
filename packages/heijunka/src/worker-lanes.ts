import type { Chooser } from './assign.ts'
import { Block } from './block.ts'
import type { Entry } from './entry.ts'
import { KeyGroups } from './key-groups.ts'
import { Lane } from './lane.ts'
import { type LevelingTask, leastBusy } from './leveling-task.ts'
import type { Placement } from './placement.ts'
import { waterLevel } from './water-level.ts'

/** A lane for each worker. */
export class WorkerLanes<T> implements Placement<T> {
  readonly #lanes: Lane<T>[] = []
  readonly #groups = new KeyGroups<T>()
  readonly #choose: Chooser
  readonly #isUniform: boolean
  #size = 0
  #stolen = 0
  #lastAdded: Lane<T> | undefined

  /** `isUniform` says that every item weighs 1. */
  constructor(workers: number, choose: Chooser, isUniform: boolean) {
    this.#choose = choose
    this.#isUniform = isUniform
    this.resize(workers)
  }

  get size(): number {
    return this.#size
  }

  /** How many items went to a worker because it had nothing left of its own. */
  get stolen(): number {
    return this.#stolen
  }

  add(entry: Entry<T>, key: unknown): void {
    const known = entry.group ?? (key === undefined ? undefined : this.#groups.get(key))
    const lane = known?.lane ?? this.#choose(this.#lanes)
    lane.gain(1, entry.weight)
    this.#size++
    this.#lastAdded = lane
    if (entry.group) return entry.group.enter(lane.lineup)
    if (key === undefined) return lane.lineup.push(entry)
    const group = this.#groups.join(entry, key, lane)
    if (group.front === entry) group.enter(lane.lineup)
  }

  has(key: unknown): boolean {
    return this.#groups.get(key) !== undefined
  }

  withdraw(entry: Entry<T>): void {
    const lane = this.#lastAdded as Lane<T>
    this.#size--
    lane.lose(1, entry.weight)
    if (!entry.group) return void lane.lineup.remove(entry)
    lane.lineup.leave(entry.group)
    this.#groups.unjoin(entry, entry.group)
  }

  take(worker: number | undefined, maySteal: boolean): Entry<T> | undefined {
    if (this.#size === 0) return undefined
    const lane = worker === undefined ? this.#longestWaiting() : this.#lanes[worker]
    if (lane === undefined) return undefined
    const entry = lane.shift() ?? (maySteal ? this.#steal(lane) : undefined)
    if (entry === undefined) return undefined
    if (entry.group) this.#groups.hold(entry.group)
    lane.start(entry)
    this.#size--
    return entry
  }

  finish(entry: Entry<T>): void {
    entry.station?.finish(entry)
    const { group } = entry
    if (group && this.#groups.free(group) && group.lane) group.enter(group.lane.lineup)
  }

  succeed(entry: Entry<T>, next: Entry<T>): void {
    entry.station?.finish(entry)
    if (entry.group) this.#groups.succeed(next, entry.group)
  }

  // Lanes don't tell fast from slow.
  demote(): void {}

  loads(): number[] {
    return this.#lanes.map(({ load }) => load)
  }

  oldestSinceMs(): number {
    let oldest = this.#groups.oldestSinceMs()
    for (const { lineup } of this.#lanes) oldest = Math.min(oldest, lineup.oldestSinceMs())
    return oldest
  }

  resize(workers: number): void {
    while (this.#lanes.length < workers) this.#lanes.push(new Lane(this.#lanes.length))
    if (this.#lanes.length > workers) this.#remove(this.#lanes.splice(workers))
  }

  /** What there is to level now. O(lanes + keys of which an item is in progress). */
  task(threshold: number): LevelingTask<T> {
    const fixed = this.#lanes.map(({ runningWeight }) => runningWeight)
    for (const { lane, waitingWeight } of this.#groups.held())
      if (lane) fixed[lane.index] = (fixed[lane.index] ?? 0) + waitingWeight
    const isUniform = this.#isUniform && !this.#groups.any
    return { lanes: [...this.#lanes], fixed, isUniform, threshold }
  }

  #longestWaiting(): Lane<T> | undefined {
    let best: Lane<T> | undefined
    let oldest = Number.POSITIVE_INFINITY
    for (const lane of this.#lanes) {
      const order = lane.lineup.front()?.order ?? Number.POSITIVE_INFINITY
      if (order < oldest) [best, oldest] = [lane, order]
    }
    return best
  }

  #steal(thief: Lane<T>): Entry<T> | undefined {
    let victim: Lane<T> | undefined
    for (const lane of this.#lanes)
      if (!lane.lineup.isEmpty && (victim === undefined || lane.load > victim.load)) victim = lane
    const group = victim?.lineup.front()?.group
    if (victim === undefined) return undefined
    this.#stolen += group?.waiting ?? 1
    if (group === undefined) return victim.shift()
    // What waits of a key goes with its first.
    thief.adopt(group, victim)
    return thief.shift()
  }

  /** Brings what waits in lanes that go to those that stay: each time to the least busy, up to the common level. */
  #remove(gone: Lane<T>[]): void {
    const isGone = new Set(gone)
    for (const group of this.#groups.all())
      if (group.lane && isGone.has(group.lane)) leastBusy(this.#lanes).adopt(group, group.lane)
    const poured = gone.reduce((sum, lane) => sum + lane.load - lane.runningWeight, 0)
    const basins = this.#lanes.map(({ load }) => ({ load, fixed: load }))
    const { level } = waterLevel([...basins, { load: poured, fixed: 0 }])
    for (const { lineup } of gone)
      for (let entries = lineup.popMany(lineup.ring.size || 1); entries.length > 0;) {
        this.#pour(entries, level)
        entries = lineup.popMany(lineup.ring.size || 1)
      }
  }

  #pour(entries: readonly Entry<T>[], level: number): void {
    for (let next = 0; next < entries.length;) {
      const lane = leastBusy(this.#lanes)
      const first = next
      do {
        lane.gain(1, (entries[next] as Entry<T>).weight)
        next++
      } while (next < entries.length && lane.load < level)
      lane.lineup.enter(new Block(entries.slice(first, next)))
    }
  }
}
