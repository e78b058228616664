import type { Chooser } from './assign.ts'
import { Backlog } from './backlog.ts'
import type { Entry } from './entry.ts'
import type { RebalanceMove } from './events.ts'
import { type KeyGroup, KeyGroups } from './key-groups.ts'
import { Lane } from './lane.ts'
import { type Bin, planLeveling } from './leveling-plan.ts'
import type { Placement } from './placement.ts'

/** What moves as one: an item without a key, or all that waits of a key. */
type Movable<T> = Entry<T> | KeyGroup<T>

/** A lane for each worker. */
export class WorkerLanes<T> implements Placement<T> {
  readonly #lanes: Lane<T>[] = []
  readonly #groups = new KeyGroups<T>()
  readonly #choose: Chooser
  readonly #isUniform: boolean
  #size = 0
  #stolen = 0

  /** `isUniform` says that every item weighs the same. */
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
    if (entry.group === undefined && key !== undefined) this.#groups.join(entry, key, lane)
    entry.lane = lane
    lane.backlog.push(entry)
    this.#size++
  }

  withdraw(entry: Entry<T>): void {
    entry.lane?.backlog.withdraw(entry)
    if (entry.group) this.#groups.unjoin(entry, entry.group)
    this.#size--
  }

  take(worker: number | undefined, maySteal: boolean): Entry<T> | undefined {
    if (this.#size === 0) return undefined
    const lane = worker === undefined ? this.#longestWaiting() : this.#lanes[worker]
    if (lane === undefined) return undefined
    const entry = lane.backlog.take(true) ?? (maySteal ? this.#steal(lane) : undefined)
    if (entry === undefined) return undefined
    if (entry.group) this.#groups.hold(entry, entry.group)
    lane.start(entry)
    this.#size--
    return entry
  }

  finish(entry: Entry<T>): void {
    entry.lane?.finish(entry)
    if (!entry.group) return
    const { lane } = entry.group
    const restored = this.#groups.free(entry.group)
    if (restored) lane?.backlog.restore(restored)
  }

  succeed(entry: Entry<T>, next: Entry<T>): void {
    entry.lane?.finish(entry)
    if (entry.group) this.#groups.succeed(next, entry.group)
  }

  loads(): number[] {
    return this.#lanes.map(({ load }) => load)
  }

  oldestSinceMs(): number {
    let oldest = this.#groups.oldestSinceMs()
    for (const { backlog } of this.#lanes) oldest = Math.min(oldest, backlog.oldestSinceMs())
    return oldest
  }

  resize(workers: number): void {
    while (this.#lanes.length < workers) this.#lanes.push(new Lane(this.#lanes.length, new Backlog()))
    if (this.#lanes.length > workers) this.#remove(this.#lanes.splice(workers))
  }

  /** Moves what waits until the imbalance is at most `threshold` or no move helps. O(items waiting + lanes²). */
  level(threshold: number): RebalanceMove[] {
    const plan = planLeveling(
      this.#lanes.map((lane) => this.#bin(lane)),
      threshold,
    )
    const tally = new Tally(this.#lanes)
    const arrivals = new Arrivals<T>()
    for (const [from, units] of plan.entries()) {
      if (units.length === 0) continue
      const lane = this.#lanes[from] as Lane<T>
      const leaving = tally.carryOut(from, units)
      arrivals.add(lane.backlog.extract(leaving, (entry) => homeOf(entry) !== lane))
    }
    arrivals.settle()
    return tally.moves()
  }

  #bin(lane: Lane<T>): Bin<Movable<T>> {
    const { load, backlog } = lane
    if (this.#groups.any) {
      const units = movables(lane)
      const movable = units.reduce((sum, { weight }) => sum + weight, 0)
      return { load, movable, size: units.length, isUniform: false, at: (index) => units[index] as Movable<T> }
    }
    // Where nothing has a key, all that waits can move, and the ring is read only as far as needed.
    const { weight: movable, size } = backlog
    return { load, movable, size, isUniform: this.#isUniform, at: (index) => backlog.newest(index) }
  }

  #longestWaiting(): Lane<T> | undefined {
    let best: Lane<T> | undefined
    let oldest = Number.POSITIVE_INFINITY
    for (const lane of this.#lanes) {
      const order = lane.backlog.next(true)?.order ?? Number.POSITIVE_INFINITY
      if (order < oldest) [best, oldest] = [lane, order]
    }
    return best
  }

  #steal(thief: Lane<T>): Entry<T> | undefined {
    let victim: Lane<T> | undefined
    for (const lane of this.#lanes)
      if ((victim === undefined || lane.load > victim.load) && lane.backlog.next(true)) victim = lane
    const first = victim?.backlog.next(true)
    if (victim === undefined || first === undefined) return undefined
    const { group } = first
    this.#stolen += 1
    if (group === undefined) return victim.backlog.take(true)
    if (group.items + (group.holder ? 1 : 0) === 1) {
      group.lane = thief
      return victim.backlog.take(true)
    }
    this.#stolen += this.#bringAll(group, victim, thief) - 1
    return thief.backlog.take(true)
  }

  /** Brings what waits of a key to another lane. Returns how many items that were. */
  #bringAll(group: KeyGroup<T>, from: Lane<T>, to: Lane<T>): number {
    // A holder that waits is to be retried; it lies in the ring beside those of the group.
    const holder = group.holder
    if (holder) {
      from.backlog.gain(-holder.weight, 0)
      to.backlog.gain(holder.weight, 0)
    }
    moveUnit(group, from, to)
    const inRing = group.items - group.parked + (holder ? 1 : 0)
    to.backlog.merge(from.backlog.extract(inRing, (entry) => entry.group === group))
    return group.items + (holder ? 1 : 0)
  }

  #remove(lanes: Lane<T>[]): void {
    for (const group of this.#groups.in(new Set(lanes))) {
      const from = group.lane as Lane<T>
      moveUnit(group, from, this.#leastLoaded())
    }
    const arrivals = new Arrivals<T>()
    for (const lane of lanes) {
      const entries = lane.backlog.extract(lane.backlog.size, () => true)
      for (const entry of entries) {
        const isCounted = entry.group !== undefined && entry.group.holder !== entry
        if (isCounted) continue
        const to = entry.group?.lane ?? this.#leastLoaded()
        entry.lane = to
        to.backlog.gain(entry.weight, 0)
      }
      arrivals.add(entries)
    }
    arrivals.settle()
  }

  #leastLoaded(): Lane<T> {
    return this.#lanes.reduce((least, lane) => (lane.load < least.load ? lane : least))
  }
}

/** Carries a plan out, but for the entries' way from ring to ring, and counts what it moves. */
class Tally<T> {
  readonly #lanes: readonly Lane<T>[]
  readonly #moves: { from: number; to: number; count: number }[] = []

  constructor(lanes: readonly Lane<T>[]) {
    this.#lanes = lanes
  }

  /** Takes the plan out of the units of a lane. Returns how many of its ring's entries leave. */
  carryOut(from: number, units: readonly Movable<T>[]): number {
    const lane = this.#lanes[from] as Lane<T>
    const byLane = new Map<number, { from: number; to: number; count: number }>()
    let move = { from, to: -1, count: 0 }
    let leaving = 0
    for (const unit of units) {
      const { to } = unit
      if (to < 0) continue
      unit.to = -1
      if (to === from) continue
      // Units for the same lane mostly follow one another.
      if (to !== move.to) {
        move = byLane.get(to) ?? { from, to, count: 0 }
        byLane.set(to, move)
      }
      move.count += unit.items
      leaving += unit.items - unit.parked
      moveUnit(unit, lane, this.#lanes[to] as Lane<T>)
    }
    this.#moves.push(...byLane.values())
    return leaving
  }

  /** What was moved, by lane. */
  moves(): RebalanceMove[] {
    return this.#moves.toSorted((a, b) => a.from - b.from || a.to - b.to)
  }
}

/** Entries on their way, by the lane they go to. */
class Arrivals<T> {
  readonly #byLane = new Map<Lane<T>, Entry<T>[]>()

  add(entries: readonly Entry<T>[]): void {
    let last: Lane<T> | undefined
    let arrivals: Entry<T>[] = []
    for (const entry of entries) {
      const lane = homeOf(entry)
      // Entries for the same lane mostly follow one another.
      if (lane !== last) {
        arrivals = this.#byLane.get(lane) ?? []
        this.#byLane.set(lane, arrivals)
        last = lane
      }
      arrivals.push(entry)
    }
  }

  settle(): void {
    for (const [lane, entries] of this.#byLane) lane.backlog.merge(entries)
  }
}

/** Where a waiting entry belongs: the entries of a key go with it. */
function homeOf<T>({ group, lane }: Entry<T>): Lane<T> {
  return (group === undefined ? lane : group.lane) as Lane<T>
}

function moveUnit<T>(unit: Movable<T>, from: Lane<T>, to: Lane<T>): void {
  from.backlog.gain(-unit.weight, -unit.parked)
  to.backlog.gain(unit.weight, unit.parked)
  unit.lane = to
}

/** What can be moved out of a lane, newest first: items without a key, and keys of which none is started. */
function movables<T>(lane: Lane<T>): Movable<T>[] {
  const units: Movable<T>[] = []
  const seen = new Set<KeyGroup<T>>()
  const { backlog } = lane
  for (let index = 0; index < backlog.ringSize; index++) {
    const entry = backlog.newest(index)
    const { group } = entry
    if (group === undefined) units.push(entry)
    else if (group.holder === undefined && !seen.has(group)) {
      seen.add(group)
      units.push(group)
    }
  }
  return units
}
