import type { Lease } from '@tps/internal'

/** What can become of an admitted item. */
export type Settlement = 'acked' | 'cleared' | 'dead-lettered' | 'dropped' | 'expired' | 'withdrawn'

/**
 * Told what becomes of one item: pass it to `offer` or `put`. Its methods are called synchronously, must be quick, and
 * what they throw goes to `onListenerError`.
 */
export interface Receipt {
  /** The item was admitted. `place.withdraw()` takes it out again while it waits. */
  admitted?(place: Place): void
  /**
   * The item left the queue for good. Called exactly once for each admitted item. `reason` is what `deadLetter` or `clear`
   * was given, or the `DropReason` of a dropped item.
   */
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

/** What an item brings with it. */
export interface Extras {
  readonly receipt: Receipt | undefined
  /** When it is no longer worth handing out. */
  readonly expiresAt: number | undefined
  /** Whose it is, where tenants take turns. */
  readonly tenant: string
  /** How much of its tenant's turn it takes. */
  readonly cost: number
  /** What it is told apart from others by, where duplicates are refused. */
  readonly key: string | undefined
}

/**
 * What the queue knows of an item beyond the item: made when the item is leased, or at once when something came with it.
 * It is the lease.
 */
export class Entry<T> implements QueueLease<T>, Place {
  readonly item: T
  readonly home: EntryHome<T>
  readonly lane: number
  readonly extras: Extras | undefined
  phase: Phase = 'gone'
  attempt = 0
  /** Leases are numbered: released entries go back to the front in the order they came from it. 0 for others. */
  order = 0
  /** Its place among the leased. */
  index = 0
  /** Its place among those of its class, where that is kept by entry. */
  node: object | undefined

  constructor(home: EntryHome<T>, item: T, lane: number, extras?: Extras) {
    this.item = item
    this.home = home
    this.lane = lane
    this.extras = extras
    this.node = undefined
  }

  get receipt(): Receipt | undefined {
    return this.extras?.receipt
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

/**
 * Whether any entry ever came into a user's hands. As long as none did no item can be one, which need not be looked at
 * then: looking takes a fifth of the time of an `offer`.
 */
export const exposure = { hasBegun: false }

/** Whether a user's item is an entry: a lease, of this queue or another. */
export function isEntry(item: unknown): boolean {
  return exposure.hasBegun && item instanceof Entry
}

/** What stands in a lane: the bare item, or its entry where there is one. Items that are entries always have one. */
export type Slot<T> = T | Entry<T>

/** The item in a slot. */
export function itemOf<T>(slot: Slot<T>): T {
  return slot instanceof Entry ? slot.item : slot
}

/** When the item in a slot is no longer worth handing out; `Infinity` for never. */
export function expiryOf<T>(slot: Slot<T>): number {
  return (slot instanceof Entry ? slot.extras?.expiresAt : undefined) ?? Number.POSITIVE_INFINITY
}
