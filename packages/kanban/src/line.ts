import type { Entry, Slot } from './entry.ts'

/** Nothing to take. Items may be anything, `undefined` included, so this says it. */
export const NOTHING: unique symbol = Symbol('nothing')

/** Which end of a line. */
export type End = 'oldest' | 'newest'

/** One that was thrown out, and from which end. */
export interface Victim<T> {
  readonly slot: Slot<T>
  readonly which: End
}

/** Items in the order they came in, as overload control sees them. */
export interface Stock<T> {
  readonly size: number
  /** Since when the oldest waits. There must be one. */
  readonly oldestAt: number
  /** Since when the newest waits. There must be one. */
  readonly newestAt: number
  /** Takes the oldest. There must be one. */
  shift(): Slot<T>
  /** Takes the newest. There must be one. */
  pop(): Slot<T>
}

/**
 * The ready items of one class. What it hands out is chosen in two steps, so that an item can be looked at first:
 * `choose`, then `take` or `discard`, with no other call between.
 */
export interface Line<T> {
  readonly size: number
  /** Since when the oldest waits. There must be one. */
  readonly oldestAt: number
  /** How many tenants have something waiting; 0 where they don't matter. */
  readonly tenants: number
  /** At the back. */
  push(entry: Entry<T>, at: number): void
  /** The same for a bare item. A line that takes none never gets any. */
  pushBare(item: T, at: number): void
  /** To the front, behind those that were leased before it and are back already; counted as old as the one it precedes. */
  giveBack(entry: Entry<T>, at: number): void
  /** The next to be handed out, which stays. What overload control throws out on the way goes into `shed`. */
  choose(nowMs: number, shed: Victim<T>[]): Slot<T> | typeof NOTHING
  /** Takes the chosen one. */
  take(): Slot<T>
  /** Takes the chosen one out without counting it as handed out. */
  discard(): Slot<T>
  /** Takes one out to make room. There must be one. */
  sacrifice(end: End): Slot<T>
  /** This entry of it, which has just become `gone`, is no longer in it. */
  forget(entry: Entry<T>): void
  /** Takes all out, oldest first. O(size). */
  clear(): Slot<T>[]
  [Symbol.iterator](): Iterator<Slot<T>, void, undefined>
}
