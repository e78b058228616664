import type { Entry } from './entry.ts'
import type { Lane } from './lane.ts'

/** The items of one key, as long as any of them waits or is in progress. */
export class KeyGroup<T> {
  readonly key: unknown
  /** Where they wait. `undefined` when there are no lanes to choose from. */
  lane: Lane<T> | undefined
  /**
   * The item that has been handed out and isn't settled: in progress, or to be retried. The others wait for it.
   */
  holder: Entry<T> | undefined
  /** Those not yet handed out, from the oldest on by `nextOfKey`. A list of their own would cost more than they do. */
  first: Entry<T> | undefined
  #last: Entry<T> | undefined
  #items = 0
  /** How many of them are out of their ring. */
  parked = 0
  /** The weight of those not yet handed out. */
  weight = 0
  /** The lane it is planned to move to; -1 for none. */
  to = -1

  constructor(key: unknown, lane: Lane<T> | undefined) {
    this.key = key
    this.lane = lane
  }

  /** How many are not yet handed out. */
  get items(): number {
    return this.#items
  }

  /** Whether `entry` is the one whose turn it is. */
  admits(entry: Entry<T>): boolean {
    return this.holder === undefined ? this.first === entry : this.holder === entry
  }

  push(entry: Entry<T>): void {
    if (this.#last) this.#last.nextOfKey = entry
    else this.first = entry
    this.#last = entry
    this.#items++
    this.weight += entry.weight
  }

  /** Takes the first. */
  shift(): void {
    const { first } = this
    if (!first) return
    this.first = first.nextOfKey
    first.nextOfKey = undefined
    if (!this.first) this.#last = undefined
    this.#items--
    this.weight = this.#items === 0 ? 0 : this.weight - first.weight
  }

  /** Takes the newest. O(items). */
  pop(): void {
    const last = this.#last
    if (!last || last === this.first) return this.shift()
    let before = this.first
    while (before && before.nextOfKey !== last) before = before.nextOfKey
    if (before) before.nextOfKey = undefined
    this.#last = before
    this.#items--
    this.weight -= last.weight
  }
}

/** The keys that are live. Bounded by the items that wait and are in progress. */
export class KeyGroups<T> {
  readonly #groups = new Map<unknown, KeyGroup<T>>()
  readonly #held = new Set<KeyGroup<T>>()

  get(key: unknown): KeyGroup<T> | undefined {
    return this.#groups.get(key)
  }

  /** Adds a new entry to its key's group, which is made where the key is new. */
  join(entry: Entry<T>, key: unknown, lane: Lane<T> | undefined): KeyGroup<T> {
    let group = this.#groups.get(key)
    if (!group) this.#groups.set(key, (group = new KeyGroup(key, lane)))
    entry.group = group
    group.push(entry)
    return group
  }

  /** Takes back what `join` did, for the newest entry of a group. */
  unjoin(entry: Entry<T>, group: KeyGroup<T>): void {
    group.pop()
    entry.group = undefined
    this.#forgetEmpty(group)
  }

  /** `entry` is handed out: the rest of its key waits for it. */
  hold(entry: Entry<T>, group: KeyGroup<T>): void {
    if (group.holder === entry) return
    group.holder = entry
    group.shift()
    this.#held.add(group)
  }

  /** The next attempt stands for the one before: the key stays held. */
  succeed(next: Entry<T>, group: KeyGroup<T>): void {
    next.group = group
    group.holder = next
  }

  /** The holder is settled. Returns the entry whose turn it now is, when that lies outside its ring. */
  free(group: KeyGroup<T>): Entry<T> | undefined {
    group.holder = undefined
    this.#held.delete(group)
    this.#forgetEmpty(group)
    const next = group.first
    return next?.isParked ? next : undefined
  }

  /** Whether anything that is live has a key. */
  get any(): boolean {
    return this.#groups.size > 0
  }

  /** The groups whose lane is one of `lanes`. O(keys). */
  *in(lanes: ReadonlySet<Lane<T>>): Generator<KeyGroup<T>, void, undefined> {
    for (const group of this.#groups.values()) if (group.lane && lanes.has(group.lane)) yield group
  }

  /** When the oldest of those that wait for their key began to wait. O(keys that are held). */
  oldestSinceMs(): number {
    let oldest = Number.POSITIVE_INFINITY
    for (const group of this.#held) oldest = Math.min(oldest, group.first?.sinceMs ?? oldest)
    return oldest
  }

  #forgetEmpty(group: KeyGroup<T>): void {
    if (group.holder === undefined && group.items === 0) this.#groups.delete(group.key)
  }
}
