import type { Lease } from '@tps/internal'

/** What can become of an admitted item. */
export type Settlement = 'acked' | 'dead-lettered' | 'dropped' | 'expired' | 'withdrawn'

/**
 * Told what becomes of one item: pass it to `offer` or `put`. Its methods are called synchronously, must be quick, and
 * what they throw goes to `onListenerError`.
 */
export interface Receipt {
  /** The item was admitted. `place.withdraw()` takes it out again while it waits. */
  admitted?(place: Place): void
  /** The item left the queue for good. Called exactly once for each admitted item. */
  settled(how: Settlement, reason?: unknown): void
}

/** Where an admitted item stands. */
export interface Place {
  /** Takes the item out and frees its room. `false` when it no longer waits: it is leased, or already settled. */
  withdraw(): boolean
}

/** A lease of a `PullQueue`. It never expires: `extend` does nothing. */
export interface QueueLease<T> extends Lease<T> {
  /** What came with the item when it was offered. */
  readonly receipt: Receipt | undefined
  ack(): void
  retry(options?: { readonly delayMs?: number }): void
  deadLetter(reason: unknown): void
  extend(ms: number): void
  /** Not even begun: the item comes back to the front of its class, and this handing out does not count as an attempt. */
  release(): void
}

/** The queue as its entries see it. */
export interface EntryHome<T> {
  ack(entry: Entry<T>): void
  retry(entry: Entry<T>, delayMs: number): void
  deadLetter(entry: Entry<T>, reason: unknown): void
  release(entry: Entry<T>): void
  withdraw(entry: Entry<T>): void
}

/** Waiting for its turn, in a consumer's hands, waiting for the end of a retry delay, or in none of these places. */
export type Phase = 'waiting' | 'leased' | 'delayed' | 'gone'

/** How many classes a queue can have. */
export const MAX_LANES = 32

/**
 * What the queue knows of an item beyond the item: made when the item is leased, or at once when it came with a receipt or
 * a deadline. It is the lease.
 */
export class Entry<T> implements QueueLease<T>, Place {
  readonly item: T
  readonly home: EntryHome<T>
  readonly lane: number
  readonly receipt: Receipt | undefined
  /** When it is no longer worth handing out. */
  readonly expiresAt: number | undefined
  phase: Phase = 'gone'
  attempt = 0
  /** Leases are numbered: released entries go back to the front in the order they came from it. */
  order: number = Number.POSITIVE_INFINITY
  /** Its place among the leased. */
  index = 0

  constructor(home: EntryHome<T>, item: T, lane: number, receipt?: Receipt, expiresAt?: number) {
    this.item = item
    this.home = home
    this.lane = lane
    this.receipt = receipt
    this.expiresAt = expiresAt
  }

  ack(): void {
    if (this.phase === 'leased') this.home.ack(this)
  }

  retry(options?: { readonly delayMs?: number }): void {
    if (this.phase === 'leased') this.home.retry(this, options?.delayMs ?? 0)
  }

  deadLetter(reason: unknown): void {
    if (this.phase === 'leased') this.home.deadLetter(this, reason)
  }

  // oxlint-disable-next-line class-methods-use-this -- the contract has it; a lease in memory never expires.
  extend(_ms: number): void {}

  release(): void {
    if (this.phase === 'leased') this.home.release(this)
  }

  withdraw(): boolean {
    if (this.phase !== 'waiting' && this.phase !== 'delayed') return false
    this.home.withdraw(this)
    return true
  }
}

/** What stands in a lane: the bare item, or its entry where there is one. Items that are entries always have one. */
export type Slot<T> = T | Entry<T>

/** The item in a slot. */
export function itemOf<T>(slot: Slot<T>): T {
  return slot instanceof Entry ? slot.item : slot
}
