import { Backlog } from './backlog.ts'
import type { Entry } from './entry.ts'
import { KeyGroups } from './key-groups.ts'
import { Lane } from './lane.ts'
import type { Placement } from './placement.ts'

/** One line for all workers: first come, first served, but for slow items above their cap and keys out of turn. */
export class SharedLine<T> implements Placement<T> {
  readonly #backlog = new Backlog<T>()
  readonly #groups = new KeyGroups<T>()
  readonly #lanes: Lane<T>[] = []
  /** Work of those who pull from the whole. */
  readonly #anyone = new Lane<T>(-1, this.#backlog)
  readonly #fixedSlowLimit: number | undefined
  #slowInProgress = 0

  constructor(workers: number, slowLimit: number | undefined) {
    this.#fixedSlowLimit = slowLimit
    this.resize(workers)
  }

  get size(): number {
    return this.#backlog.size
  }

  get slowInProgress(): number {
    return this.#slowInProgress
  }

  get slowLimit(): number {
    return this.#fixedSlowLimit ?? Math.max(1, Math.floor(this.#lanes.length * 0.75))
  }

  add(entry: Entry<T>, key: unknown): void {
    if (key !== undefined) this.#groups.join(entry, key, undefined)
    this.#backlog.push(entry)
  }

  withdraw(entry: Entry<T>): void {
    this.#backlog.withdraw(entry)
    if (entry.group) this.#groups.unjoin(entry, entry.group)
  }

  take(worker: number | undefined): Entry<T> | undefined {
    const entry = this.#backlog.take(this.#slowInProgress < this.slowLimit)
    if (entry === undefined) return undefined
    if (entry.isSlow) this.#slowInProgress++
    if (entry.group) this.#groups.hold(entry, entry.group)
    const lane = worker === undefined ? this.#anyone : this.#lanes[worker]
    ;(lane ?? this.#anyone).start(entry)
    return entry
  }

  finish(entry: Entry<T>): void {
    this.#end(entry)
    if (!entry.group) return
    const restored = this.#groups.free(entry.group)
    if (restored) this.#backlog.restore(restored)
  }

  succeed(entry: Entry<T>, next: Entry<T>): void {
    this.#end(entry)
    if (entry.group) this.#groups.succeed(next, entry.group)
  }

  /**
   * What each has in progress: what waits belongs to nobody yet. Work of those who pull from the whole is spread: as
   * many items to each, what is left over to the least loaded.
   */
  loads(): number[] {
    const loads = this.#lanes.map(({ runningWeight }) => runningWeight)
    const { running, runningWeight } = this.#anyone
    if (running === 0) return loads
    const each = runningWeight / running
    const whole = Math.floor(running / loads.length) * each
    const spread = loads.map((load) => load + whole)
    for (let left = running % loads.length; left > 0; left--) {
      const least = spread.indexOf(Math.min(...spread))
      spread[least] = (spread[least] ?? 0) + each
    }
    return spread
  }

  oldestSinceMs(): number {
    return Math.min(this.#backlog.oldestSinceMs(), this.#groups.oldestSinceMs())
  }

  resize(workers: number): void {
    while (this.#lanes.length > workers) this.#lanes.pop()
    while (this.#lanes.length < workers) this.#lanes.push(new Lane(this.#lanes.length, this.#backlog))
  }

  #end(entry: Entry<T>): void {
    if (entry.isSlow) this.#slowInProgress--
    entry.lane?.finish(entry)
  }
}
