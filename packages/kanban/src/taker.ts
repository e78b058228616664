import type { Entry, EntryHome } from './entry.ts'
import type { TurnClock } from './turn-clock.ts'
import { Waiter } from './waiting-line.ts'

/** Where a taker holds one item. Only the taker looks into it. */
export type Hand = object

/**
 * A consumer that stands in line with several hands and is given items where it stands: without a promise, and a bare item
 * without an entry. It stays in line as long as it has a free hand. Each hand ends what it holds: a bare item by
 * `Counter.finished`, or after `Counter.lend` as the lease it then is.
 */
export abstract class Taker<T> extends Waiter {
  readonly kind = 'taker'
  abstract readonly hasFreeHand: boolean
  /** How many items it holds, bare or leased, that have not ended. O(hands). */
  abstract readonly holding: number
  /** Takes a bare item into a free hand, which there must be; `order` numbers it as leases are. Calls no code of the user. */
  abstract takeBare(item: T, lane: number, order: number): Hand
  /** The same for an entry, which is leased. */
  abstract takeLeased(entry: Entry<T>): Hand
  /** Begins to work on what `hand` holds. May call code of the user, but throws nothing. */
  abstract begin(hand: Hand): void
  /** Nothing will come any more, or it may not wait. It has left the line. */
  abstract fail(reason: unknown): void
}

/** Where takers are served. */
export interface Counter<T> {
  /** Read whenever an item comes or goes. */
  readonly clock: TurnClock
  /** From now on what the taker holds counts as leased. */
  attach(taker: Taker<T>): void
  /** It holds nothing and comes no more. */
  detach(taker: Taker<T>): void
  /** Gives it the first item that is ready. `false` when none is. */
  serve(taker: Taker<T>): boolean
  /** Puts it in line when nothing is ready; returns why it may not stand there, where that is so. */
  queueUp(taker: Taker<T>): Error | undefined
  /** Takes it out of the line. Does nothing when it does not stand there. */
  leave(taker: Taker<T>): void
  /** Whether items may come in as entries made elsewhere, with nothing else to them; with what `home`, and to which class. */
  readonly takesEntries: boolean
  readonly home: EntryHome<T>
  readonly lastLane: number
  /** Lets such an entry in, or refuses it. */
  admit(entry: Entry<T>): boolean
  /** A bare item is done, and the hand that held it is empty already. */
  finished(): void
  /** Makes a lease of a bare item, which the hand holds from now on instead. */
  lend(item: T, lane: number, order: number): Entry<T>
}

const counters = new WeakMap<object, Counter<never>>()

/** Lets pools be served at `counter` instead of by the leases of `source`. */
export function openCounter<T>(source: object, counter: Counter<T>): void {
  counters.set(source, counter as Counter<never>)
}

/** Where a pool is served when it pulls from `source`; `undefined` for a source that has leases only. */
export function counterOf<T>(source: object): Counter<T> | undefined {
  return counters.get(source)
}
