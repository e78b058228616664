import { type ListenerErrorHandler, printListenerError } from '@tps/internal'
import { Entry, type Settlement, type Slot, exposure, itemOf } from './entry.ts'
import type { Keys } from './keys.ts'
import type { Victim } from './line.ts'
import type { ClearedEvent, ClosedEvent, DropReason, QueueEmitter } from './queue-events.ts'

/**
 * Counts what became of items and tells it: to their receipts, then to listeners. It is called when everything else is
 * committed, because both are user code and may call the queue.
 */
export class Ledger<T> {
  readonly totals = {
    acked: 0,
    retried: 0,
    deadLettered: 0,
    dropped: 0,
    expired: 0,
    withdrawn: 0,
    cleared: 0,
    rejected: 0,
    duplicates: 0,
    shed: 0,
  }
  readonly #emitter: QueueEmitter<T>
  readonly #keys: Keys | undefined
  readonly #onListenerError: ListenerErrorHandler

  constructor(emitter: QueueEmitter<T>, onListenerError: ListenerErrorHandler, keys: Keys | undefined) {
    this.#emitter = emitter
    this.#onListenerError = onListenerError
    this.#keys = keys
  }

  admitted(slot: Slot<T>): void {
    if (!(slot instanceof Entry) || !slot.receipt?.admitted) return
    exposure.hasBegun = true
    try {
      slot.receipt.admitted(slot)
    } catch (error) {
      this.#report(error)
    }
  }

  /** The item has left for good. */
  settled(slot: Slot<T>, how: Settlement, reason?: unknown): void {
    if (!(slot instanceof Entry)) return
    const { receipt } = slot
    const key = slot.extras?.key
    if (key !== undefined) this.#keys?.release(key, how)
    if (!receipt) return
    try {
      receipt.settled(how, reason)
    } catch (error) {
      this.#report(error)
    }
  }

  deadLettered(entry: Entry<T>, reason: unknown): void {
    this.settled(entry, 'dead-lettered', reason)
    if (!this.#emitter.has('deadLettered')) return
    this.#emitter.emit('deadLettered', { item: entry.item, attempt: entry.attempt, reason })
  }

  dropped({ slot, which }: Victim<T>, reason: DropReason): void {
    this.settled(slot, 'dropped', reason)
    if (this.#emitter.has('dropped')) this.#emitter.emit('dropped', { item: itemOf(slot), which, reason })
  }

  expired(entry: Entry<T>): void {
    this.settled(entry, 'expired')
    if (this.#emitter.has('expired')) this.#emitter.emit('expired', { item: entry.item })
  }

  rejected(item: T, why: 'closed' | 'full'): void {
    this.totals.rejected++
    if (this.#emitter.has('rejected')) this.#emitter.emit('rejected', { item, why })
  }

  duplicate(item: T, key: string): void {
    this.totals.duplicates++
    if (this.#emitter.has('duplicate')) this.#emitter.emit('duplicate', { item, key })
  }

  cleared(event: ClearedEvent): void {
    if (this.#emitter.has('cleared')) this.#emitter.emit('cleared', event)
  }

  closed(event: ClosedEvent): void {
    if (this.#emitter.has('closed')) this.#emitter.emit('closed', event)
  }

  #report(error: unknown): void {
    try {
      this.#onListenerError(error, 'receipt')
    } catch (second) {
      printListenerError(second, 'receipt')
    }
  }
}
