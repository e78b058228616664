import type { Lease } from '@tps/internal'
import type { Headers } from './trace-headers.ts'
import { type ReceiptLike, TracedReceipt } from './traced-receipt.ts'
import type { Origin } from './wait-span.ts'

/** What of a lease its spans are made of. */
export interface TraceableLease<T = unknown> {
  readonly item: T
  /** How many times the item has been handed out, this time included: from 1. */
  readonly attempt?: number | undefined
  /** What travelled with the item: a `SqliteQueue` and JetStream bring them. */
  readonly headers?: Headers | undefined
  /** When the item was put in, in ms since 1970. */
  readonly createdAt?: number | undefined
}

/** What a lease of an in-memory queue has beyond the contract. */
interface InnerLease<T> extends Lease<T>, TraceableLease<T> {
  readonly attempt: number
  readonly receipt?: ReceiptLike | undefined
}

/**
 * The leases whose handlers have not begun, by item: a handler is given the item alone. Items are compared as `Map` compares
 * keys; of equal ones the one leased first is meant, and since leases are begun in the order they come in, it is the right
 * one. As large as what is leased at the moment.
 */
export class Arrivals {
  readonly #byItem = new Map<unknown, TracedLease<unknown>[]>()

  add(lease: TracedLease<unknown>): void {
    const leases = this.#byItem.get(lease.item)
    if (leases) leases.push(lease)
    else this.#byItem.set(lease.item, [lease])
  }

  /** The handler of `item` begins. */
  claim(item: unknown): Origin | undefined {
    const first = this.#byItem.get(item)?.[0]
    if (first) this.remove(first)
    return first?.origin
  }

  /** A lease has ended, whether its handler has begun or not. */
  remove(lease: TracedLease<unknown>): void {
    const leases = this.#byItem.get(lease.item)
    const index = leases?.indexOf(lease) ?? -1
    if (!leases || index < 0) return
    if (leases.length === 1) this.#byItem.delete(lease.item)
    else leases.splice(index, 1)
  }

  /** How many leases have not been begun. */
  get size(): number {
    return [...this.#byItem.values()].reduce((sum, leases) => sum + leases.length, 0)
  }
}

/** A lease whose item brought its origin. */
export class TracedLease<T> implements Lease<T>, TraceableLease<T> {
  readonly item: T
  readonly attempt: number
  readonly headers: Headers | undefined
  readonly createdAt: number | undefined
  /** What the item was put in with. */
  readonly receipt: ReceiptLike | undefined
  readonly origin: Origin
  readonly #inner: InnerLease<T>
  readonly #arrivals: Arrivals

  constructor(inner: InnerLease<T>, origin: Origin, arrivals: Arrivals) {
    this.item = inner.item
    this.attempt = inner.attempt
    this.headers = inner.headers
    this.createdAt = inner.createdAt
    this.receipt = origin instanceof TracedReceipt ? origin.own : inner.receipt
    this.origin = origin
    this.#inner = inner
    this.#arrivals = arrivals
    if (origin instanceof TracedReceipt) origin.isWaiting = false
    arrivals.add(this)
  }

  ack(): void | Promise<void> {
    this.#arrivals.remove(this)
    return this.#inner.ack()
  }

  retry(options?: { readonly delayMs?: number; readonly reason?: unknown }): void | Promise<void> {
    this.#comesBack()
    return this.#inner.retry(options)
  }

  deadLetter(reason: unknown): void | Promise<void> {
    this.#arrivals.remove(this)
    return this.#inner.deadLetter(reason)
  }

  extend(ms: number): void | Promise<void> {
    return this.#inner.extend(ms)
  }

  release(): void | Promise<void> {
    this.#comesBack()
    return this.#inner.release ? this.#inner.release() : this.#inner.retry()
  }

  /** Before the source is told: it may hand the item on at once. */
  #comesBack(): void {
    this.#arrivals.remove(this)
    if (this.origin instanceof TracedReceipt) this.origin.waits()
  }
}
