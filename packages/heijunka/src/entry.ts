import { type Lease, checkNumber } from '@tps/internal'
import type { KeyGroup } from './key-groups.ts'
import type { Station } from './station.ts'

let example: Entry<unknown> | undefined

/** Hears how leases end. */
export interface Settlement<T> {
  done(entry: Entry<T>): void
  again(entry: Entry<T>, delayMs: number): void
  givenUp(entry: Entry<T>, reason: unknown): void
}

/**
 * One attempt at an item: what waits, and, once it is handed out, the lease itself. A retry is a new entry, so that
 * who still holds the old one can't touch the new attempt.
 */
export class Entry<T> implements Lease<T> {
  readonly item: T
  readonly attempt: number
  readonly weight: number
  isSlow: boolean
  /** Its place in time: lower waits longer. Given when it begins to wait. */
  order = 0
  /** Since when it waits, in whole ms; once it is handed out, and where that is measured, since when it is in progress. */
  sinceMs = 0
  group: KeyGroup<T> | undefined
  /** The next of its key that isn't handed out. */
  nextOfKey: Entry<T> | undefined
  /** Whose work it is, from when it is handed out to its end. */
  station: Station<T> | undefined
  readonly #settlement: Settlement<T>

  constructor(item: T, attempt: number, weight: number, isSlow: boolean, settlement: Settlement<T>) {
    this.item = item
    this.attempt = attempt
    this.weight = weight
    this.isSlow = isSlow
    this.#settlement = settlement
  }

  /**
   * Keeps one entry, and with it the engine's description of the shape of all. When a full collection finds none, V8
   * throws away the code it has compiled for them, and a leveler that was idle at that moment is ten times slower for
   * its next thousands of items.
   */
  static keepExample(): void {
    if (example) return
    const settlement: Settlement<unknown> = { done: () => {}, again: () => {}, givenUp: () => {} }
    // How general the fields are, as they become in use, is part of the shape: the last of these has the widest. Fields
    // that have only seen fractions keep each number in a box of its own; with nothing in them once, whole ones don't.
    const none = undefined as unknown as number
    for (const item of [0, 0.5, undefined]) {
      example = new Entry<unknown>(item, 1, none, false, settlement)
      example.order = none
      example.sinceMs = none
    }
  }

  /** The entry of the next attempt. */
  next(): Entry<T> {
    return new Entry(this.item, this.attempt + 1, this.weight, this.isSlow, this.#settlement)
  }

  get isLeased(): boolean {
    return this.station !== undefined
  }

  ack(): void {
    if (this.station !== undefined) this.#settlement.done(this)
  }

  retry({ delayMs = 0 }: { readonly delayMs?: number } = {}): void {
    checkNumber('delayMs', delayMs, { min: 0 })
    if (this.station !== undefined) this.#settlement.again(this, delayMs)
  }

  deadLetter(reason: unknown): void {
    if (this.station !== undefined) this.#settlement.givenUp(this, reason)
  }

  // Leases in memory end with their process, so there is nothing to extend.
  extend(): void {}
}
