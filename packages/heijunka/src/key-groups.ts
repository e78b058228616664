import { Ring } from '@tps/internal'
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
  /** Those not yet handed out, oldest first. */
  readonly waiting: Ring<Entry<T>> = new Ring()
  /** How many of `waiting` are out of their ring. */
  parked = 0
  /** The weight of `waiting`. */
  weight = 0
  /** The lane it is planned to move to; -1 for none. */
  to = -1

  constructor(key: unknown, lane: Lane<T> | undefined) {
    this.key = key
    this.lane = lane
  }

  get items(): number {
    return this.waiting.size
  }

  /** Whether `entry` is the one whose turn it is. */
  admits(entry: Entry<T>): boolean {
    return this.holder === undefined ? this.waiting.peek() === entry : this.holder === entry
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
    group.waiting.push(entry)
    group.weight += entry.weight
    return group
  }

  /** Takes back what `join` did, for the newest entry of a group. */
  unjoin(entry: Entry<T>, group: KeyGroup<T>): void {
    group.waiting.pop()
    group.weight -= entry.weight
    this.#forgetEmpty(group)
  }

  /** `entry` is handed out: the rest of its key waits for it. */
  hold(entry: Entry<T>, group: KeyGroup<T>): void {
    if (group.holder === entry) return
    group.holder = entry
    group.waiting.shift()
    group.weight = group.waiting.size === 0 ? 0 : group.weight - entry.weight
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
    const next = group.waiting.peek()
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
    for (const group of this.#held) oldest = Math.min(oldest, group.waiting.peek()?.sinceMs ?? oldest)
    return oldest
  }

  #forgetEmpty(group: KeyGroup<T>): void {
    if (group.holder === undefined && group.waiting.size === 0) this.#groups.delete(group.key)
  }
}
