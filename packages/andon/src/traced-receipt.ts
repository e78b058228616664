import type { Context } from '@opentelemetry/api'
import type { CheckedTracing } from './queue-tracing-options.ts'
import { Origin, type WaitEnd, endWait } from './wait-span.ts'

/** What a queue in memory tells of one item to whoever put it in. */
export interface ReceiptLike {
  admitted?(place: { withdraw(): boolean }): void
  settled(how: string, reason?: unknown): void
}

const LOSSES: ReadonlySet<string> = new Set<WaitEnd>(['dropped', 'expired', 'cleared', 'withdrawn'])

/** An item's origin that travels as its receipt; what the queue tells is passed on to the receipt that it came with. */
export class TracedReceipt extends Origin implements ReceiptLike {
  /** What the item was put in with. */
  readonly own: ReceiptLike | undefined
  isWaiting = false
  readonly #tracing: CheckedTracing

  constructor(context: Context, tracing: CheckedTracing, own: ReceiptLike | undefined) {
    super(context, tracing.now())
    this.#tracing = tracing
    this.own = own
  }

  admitted(place: { withdraw(): boolean }): void {
    this.waits()
    this.own?.admitted?.(place)
  }

  /** What is settled while it waits was lost, or taken by someone who keeps no lease. */
  settled(how: string, reason?: unknown): void {
    if (this.isWaiting) endWait(this, this.#tracing, LOSSES.has(how) ? (how as WaitEnd) : 'taken')
    this.isWaiting = false
    this.own?.settled(how, reason)
  }

  /** It waits from now on. */
  waits(): void {
    this.isWaiting = true
    this.sinceMs = this.#tracing.now()
  }
}
