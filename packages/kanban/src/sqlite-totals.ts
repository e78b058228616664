import { type Clock, Rate, type SafeEmitter } from '@tps/internal'
import type { SqliteQueueEvents, SqliteQueueSnapshot } from './sqlite-events.ts'
import type { LeaseEnd, SqliteLease } from './sqlite-lease.ts'
import type { PutAnswer, Standing } from './sqlite-protocol.ts'

type Counts = Pick<
  SqliteQueueSnapshot,
  | 'admitted'
  | 'duplicates'
  | 'rejected'
  | 'acked'
  | 'retried'
  | 'deadLettered'
  | 'expired'
  | 'leasesExpired'
  | 'poisoned'
>

/** What this process has done with the queue, and found in it: counted, and told. */
export class SqliteTotals<T> {
  readonly #emitter: SafeEmitter<SqliteQueueEvents<T>>
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
  }

  constructor(emitter: SafeEmitter<SqliteQueueEvents<T>>, clock: Clock) {
    this.#emitter = emitter
    this.#clock = clock
    this.#startedMs = clock.now()
  }

  put({ how }: PutAnswer): void {
    if (how === 'duplicate') this.#counts.duplicates++
    if (how !== 'in') return
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

  ended({ item, attempt }: SqliteLease<T>, end: LeaseEnd): void {
    if (end.kind === 'ack') this.#counts.acked++
    else if (end.kind === 'retry') this.#counts.retried++
    else if (end.kind === 'dead-letter') {
      this.#counts.deadLettered++
      if (this.#emitter.has('deadLettered')) this.#emitter.emit('deadLettered', { item, attempt, reason: end.reason })
    }
  }

  /** What a transaction came upon by the way. */
  found({ expired, leasesLost, poisoned, deadDropped }: Standing): void {
    this.#counts.expired += expired
    this.#counts.leasesExpired += leasesLost
    this.#counts.poisoned += poisoned
    if (expired > 0) this.#emitter.emit('expired', { count: expired })
    if (leasesLost > 0) this.#emitter.emit('leasesExpired', { count: leasesLost })
    if (poisoned > 0) this.#emitter.emit('poisoned', { count: poisoned })
    if (deadDropped > 0) this.#emitter.emit('deadLettersDropped', { count: deadDropped })
  }

  readings(): Counts & Pick<SqliteQueueSnapshot, 'enqueueRate' | 'dequeueRate'> {
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
