import { type Clock, Rate, type SafeEmitter } from '@tps/internal'
import type { JetStreamQueueEvents, JetStreamQueueSnapshot } from './nats-events.ts'
import type { JetStreamReceipt } from './nats-entrance.ts'
import type { JetStreamLease, JetStreamLeaseEnd } from './nats-lease.ts'

type Counts = Pick<
  JetStreamQueueSnapshot,
  | 'admitted'
  | 'duplicates'
  | 'rejected'
  | 'acked'
  | 'retried'
  | 'deadLettered'
  | 'expired'
  | 'leasesExpired'
  | 'poisoned'
  | 'orphansFound'
  | 'consumersRestored'
  | 'stalls'
  | 'reconnects'
>

/** What this process has done with the queue: counted, and told. */
export class Totals<T> {
  readonly #emitter: SafeEmitter<JetStreamQueueEvents<T>>
  readonly #clock: Clock
  readonly #startedMs: number
  readonly #enqueued = new Rate()
  readonly #dequeued = new Rate()
  readonly #counts: { -readonly [K in keyof Counts]: number } = {
    admitted: 0,
    duplicates: 0,
    rejected: 0,
    acked: 0,
    retried: 0,
    deadLettered: 0,
    expired: 0,
    leasesExpired: 0,
    poisoned: 0,
    orphansFound: 0,
    consumersRestored: 0,
    stalls: 0,
    reconnects: 0,
  }

  constructor(emitter: SafeEmitter<JetStreamQueueEvents<T>>, clock: Clock) {
    this.#emitter = emitter
    this.#clock = clock
    this.#startedMs = clock.now()
  }

  admitted({ isDuplicate }: JetStreamReceipt): void {
    if (isDuplicate) {
      this.#counts.duplicates++
      return
    }
    this.#counts.admitted++
    this.#enqueued.add(this.#nowMs())
  }

  handedOut(): void {
    this.#dequeued.add(this.#nowMs())
  }

  rejected(item: T): void {
    this.#counts.rejected++
    if (this.#emitter.has('rejected')) this.#emitter.emit('rejected', { item })
  }

  ended({ item, attempt }: JetStreamLease<T>, end: JetStreamLeaseEnd): void {
    if (end.kind === 'ack') this.#counts.acked++
    else if (end.kind === 'retry') this.#counts.retried++
    else if (end.kind === 'dead-letter') {
      this.#counts.deadLettered++
      if (this.#emitter.has('deadLettered')) this.#emitter.emit('deadLettered', { item, attempt, reason: end.reason })
    }
  }

  expired(): void {
    this.#counts.expired++
    this.#emitter.emit('expired', { count: 1 })
  }

  leaseExpired(): void {
    this.#counts.leasesExpired++
    this.#emitter.emit('leasesExpired', { count: 1 })
  }

  poisoned(): void {
    this.#counts.poisoned++
    this.#emitter.emit('poisoned', { count: 1 })
  }

  orphansFound(name: string, count: number): void {
    this.#counts.orphansFound += count
    this.#emitter.emit('orphansFound', { class: name, count })
  }

  consumerRestored(name: string, reason: string): void {
    this.#counts.consumersRestored++
    this.#emitter.emit('consumerRestored', { class: name, reason })
  }

  stalled(name: string): void {
    this.#counts.stalls++
    this.#emitter.emit('stalled', { class: name })
  }

  reconnected(): void {
    this.#counts.reconnects++
    this.#emitter.emit('reconnected')
  }

  readings(): Counts & Pick<JetStreamQueueSnapshot, 'enqueueRate' | 'dequeueRate'> {
    const nowMs = this.#nowMs()
    return {
      enqueueRate: this.#enqueued.perSecond(nowMs),
      dequeueRate: this.#dequeued.perSecond(nowMs),
      ...this.#counts,
    }
  }

  #nowMs(): number {
    return Math.floor(this.#clock.now() - this.#startedMs)
  }
}
