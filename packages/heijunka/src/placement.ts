import type { Entry } from './entry.ts'

/** Where work waits and who gets it: the part in which the strategies differ. */
export interface Placement<T> {
  /** How many items wait. O(1). */
  readonly size: number
  /** Puts a new entry, or the next attempt of one, behind those that wait. `key` is only read of a new one. */
  add(entry: Entry<T>, key: unknown): void
  /** Whether an item of `key` waits or is in progress. */
  has(key: unknown): boolean
  /** Takes back the entry added last, whose key was new. */
  withdraw(entry: Entry<T>): void
  /**
   * The entry that `worker`, or anyone when it is `undefined`, should do now; it counts as in progress from here on.
   * `maySteal` says whether another worker's lane will do.
   */
  take(worker: number | undefined, maySteal: boolean): Entry<T> | undefined
  /** The work on `entry` has ended: what it held back may go. */
  finish(entry: Entry<T>): void
  /** The work on `entry` has ended, and `next` will be added in its place, now or later: its key stays held. */
  succeed(entry: Entry<T>, next: Entry<T>): void
  /** An item in progress as fast work has turned out to be slow. */
  demote(): void
  /** The load of each worker. */
  loads(): number[]
  /** When the oldest item began to wait; `Infinity` when none waits. */
  oldestSinceMs(): number
  resize(workers: number): void
}
