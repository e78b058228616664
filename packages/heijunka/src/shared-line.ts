import { Block } from './block.ts'
import type { Entry } from './entry.ts'
import { type KeyGroup, KeyGroups } from './key-groups.ts'
import type { Learner } from './learner.ts'
import { Lineup } from './lineup.ts'
import type { Placement } from './placement.ts'
import { Station } from './station.ts'

/** One line for all workers: first come, first served, but for slow items above their cap and keys out of turn. */
export class SharedLine<T> implements Placement<T> {
  readonly #fast = new Lineup<T>()
  readonly #slow = new Lineup<T>()
  readonly #groups = new KeyGroups<T>()
  readonly #stations: Station<T>[] = []
  /** Work of those who pull from the whole. */
  readonly #anyone = new Station<T>(-1)
  readonly #learner: Learner<T> | undefined
  readonly #fixedSlowLimit: number | undefined
  #slowLimit = 1
  #size = 0
  #slowInProgress = 0

  constructor(workers: number, slowLimit: number | undefined, learner: Learner<T> | undefined) {
    this.#fixedSlowLimit = slowLimit
    this.#learner = learner
    this.resize(workers)
  }

  get size(): number {
    return this.#size
  }

  get slowInProgress(): number {
    return this.#slowInProgress
  }

  get slowLimit(): number {
    return this.#slowLimit
  }

  add(entry: Entry<T>, key: unknown): void {
    this.#size++
    if (entry.group) return this.#enter(entry.group)
    if (key === undefined) return (entry.isSlow ? this.#slow : this.#fast).push(entry)
    const group = this.#groups.join(entry, key, undefined)
    if (group.front === entry) this.#enter(group)
  }

  has(key: unknown): boolean {
    return this.#groups.get(key) !== undefined
  }

  withdraw(entry: Entry<T>): void {
    this.#size--
    const lineup = entry.isSlow ? this.#slow : this.#fast
    if (!entry.group) return void lineup.remove(entry)
    lineup.leave(entry.group)
    this.#groups.unjoin(entry, entry.group)
  }

  take(worker: number | undefined): Entry<T> | undefined {
    const entry = this.#next().shift()
    if (entry === undefined) return undefined
    this.#size--
    if (entry.isSlow) this.#slowInProgress++
    if (entry.group) this.#groups.hold(entry.group)
    const station = worker === undefined ? this.#anyone : this.#stations[worker]
    ;(station ?? this.#anyone).start(entry)
    return entry
  }

  finish(entry: Entry<T>): void {
    this.#end(entry)
    if (entry.group && this.#groups.free(entry.group)) this.#enter(entry.group)
  }

  succeed(entry: Entry<T>, next: Entry<T>): void {
    this.#end(entry)
    if (entry.group) this.#groups.succeed(next, entry.group)
  }

  demote(): void {
    this.#slowInProgress++
  }

  /**
   * What each has in progress: what waits belongs to nobody yet. Work of those who pull from the whole is spread: as
   * many items to each, and of what is left over one to each of the least loaded.
   */
  loads(): number[] {
    const loads = this.#stations.map(({ runningWeight }) => runningWeight)
    const { running, runningWeight } = this.#anyone
    if (running === 0) return loads
    const each = runningWeight / running
    const whole = Math.floor(running / loads.length) * each
    const spread = loads.map((load) => load + whole)
    const least = spread.map((_, index) => index).toSorted((a, b) => (spread[a] as number) - (spread[b] as number))
    for (const index of least.slice(0, running % loads.length)) spread[index] = (spread[index] as number) + each
    return spread
  }

  oldestSinceMs(): number {
    return Math.min(this.#fast.oldestSinceMs(), this.#slow.oldestSinceMs(), this.#groups.oldestSinceMs())
  }

  resize(workers: number): void {
    while (this.#stations.length > workers) this.#stations.pop()
    while (this.#stations.length < workers) this.#stations.push(new Station(this.#stations.length))
    this.#slowLimit = this.#fixedSlowLimit ?? Math.max(1, Math.floor(workers * 0.75))
  }

  /** The lineup whose front is next. */
  #next(): Lineup<T> {
    if (this.#learner === undefined && this.#slow.isEmpty) return this.#fast
    for (;;) {
      const fast = this.#fast.front()
      const slow = this.#slow.isEmpty || this.#slowInProgress >= this.#slowLimit ? undefined : this.#slow.front()
      if (slow !== undefined && !(fast !== undefined && fast.order < slow.order)) return this.#slow
      if (fast === undefined || this.#learner === undefined || !this.#learner.isSlow(fast.item)) return this.#fast
      // The classifier may have taken it meanwhile, by this leveler.
      if (this.#fast.front() === fast) this.#defer(fast)
    }
  }

  /** What waits as fast work at the front is known to be slow by now: it keeps its place by age, among the slow. */
  #defer(entry: Entry<T>): void {
    entry.isSlow = true
    if (entry.group) {
      this.#fast.leave(entry.group)
      return this.#enter(entry.group)
    }
    this.#fast.shift()
    this.#slow.enter(new Block([entry]))
  }

  #enter(group: KeyGroup<T>): void {
    group.enter(group.front.isSlow ? this.#slow : this.#fast)
  }

  #end(entry: Entry<T>): void {
    if (entry.isSlow) this.#slowInProgress--
    entry.station?.finish(entry)
  }
}
