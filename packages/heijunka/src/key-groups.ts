import type { Entry } from './entry.ts'
import type { Lane } from './lane.ts'
import type { Line } from './line-heap.ts'
import type { Lineup } from './lineup.ts'

/**
 * The items of one key, as long as any of them waits or is in progress. It is in the heap of a lineup while one of them
 * may be handed out: when none is in progress, or when the one that was waits for its retry.
 */
export class KeyGroup<T> implements Line<T> {
  readonly key: unknown
  /** Where they wait. `undefined` when there are no lanes to choose from. */
  lane: Lane<T> | undefined
  /**
   * The item that has been handed out and isn't settled: in progress, or to be retried. The others wait for it.
   */
  holder: Entry<T> | undefined
  order = 0
  place = -1
  /** Those never handed out, from the oldest on by `nextOfKey`. A list of their own would cost more than they do. */
  #first: Entry<T> | undefined
  #last: Entry<T> | undefined
  #items = 0
  #weight = 0

  constructor(key: unknown, lane: Lane<T> | undefined) {
    this.key = key
    this.lane = lane
  }

  /** The one whose turn it is. There must be one. */
  get front(): Entry<T> {
    return (this.holder ?? this.#first) as Entry<T>
  }

  /** The oldest of those never handed out. */
  get first(): Entry<T> | undefined {
    return this.#first
  }

  /** How many wait: those never handed out, and the holder when it is back in line for its retry. */
  get waiting(): number {
    return this.#items + (this.holder !== undefined && this.place >= 0 ? 1 : 0)
  }

  get waitingWeight(): number {
    return this.#weight + (this.holder !== undefined && this.place >= 0 ? this.holder.weight : 0)
  }

  push(entry: Entry<T>): void {
    if (this.#last) this.#last.nextOfKey = entry
    else this.#first = entry
    this.#last = entry
    this.#items++
    this.#weight += entry.weight
  }

  /** Its front is handed out: it is out of line until that is settled. */
  advance(): boolean {
    const { front } = this
    if (front !== this.holder) this.shift()
    this.holder = front
    return false
  }

  /** Its turn has come: it stands in line at the age of its front. */
  enter(lineup: Lineup<T>): void {
    this.order = this.front.order
    lineup.enter(this)
  }

  /** Takes the oldest of those never handed out. */
  shift(): void {
    const first = this.#first
    if (!first) return
    this.#first = first.nextOfKey
    first.nextOfKey = undefined
    if (!this.#first) this.#last = undefined
    this.#items--
    this.#weight = this.#items === 0 ? 0 : this.#weight - first.weight
  }
}

/** The keys that are live. Bounded by the items that wait and are in progress. */
export class KeyGroups<T> {
  readonly #groups = new Map<unknown, KeyGroup<T>>()
  readonly #held = new Set<KeyGroup<T>>()

  get(key: unknown): KeyGroup<T> | undefined {
    return this.#groups.get(key)
  }

  /** Whether anything that is live has a key. */
  get any(): boolean {
    return this.#groups.size > 0
  }

  /** All of them. */
  all(): IterableIterator<KeyGroup<T>> {
    return this.#groups.values()
  }

  /** Those of which an item is in progress or to be retried. */
  held(): IterableIterator<KeyGroup<T>> {
    return this.#held.values()
  }

  /** Adds a new entry to its key's group, which is made, for `lane`, where the key is new. */
  join(entry: Entry<T>, key: unknown, lane: Lane<T> | undefined): KeyGroup<T> {
    let group = this.#groups.get(key)
    if (!group) this.#groups.set(key, (group = new KeyGroup(key, lane)))
    entry.group = group
    group.push(entry)
    return group
  }

  /** Takes back what `join` did for a new key. */
  unjoin(entry: Entry<T>, group: KeyGroup<T>): void {
    group.shift()
    entry.group = undefined
    this.#forgetEmpty(group)
  }

  /** `entry` is handed out, and its group has advanced. */
  hold(group: KeyGroup<T>): void {
    this.#held.add(group)
  }

  /** The next attempt stands for the one before: the key stays held. */
  succeed(next: Entry<T>, group: KeyGroup<T>): void {
    next.group = group
    group.holder = next
  }

  /** The holder is settled. Returns whether another one's turn has come. */
  free(group: KeyGroup<T>): boolean {
    group.holder = undefined
    this.#held.delete(group)
    this.#forgetEmpty(group)
    return group.first !== undefined
  }

  /** When the oldest of those that wait for their key began to wait. O(keys that are held). */
  oldestSinceMs(): number {
    let oldest = Number.POSITIVE_INFINITY
    for (const group of this.#held) oldest = Math.min(oldest, group.first?.sinceMs ?? oldest)
    return oldest
  }

  #forgetEmpty(group: KeyGroup<T>): void {
    if (group.holder === undefined && group.first === undefined) this.#groups.delete(group.key)
  }
}
