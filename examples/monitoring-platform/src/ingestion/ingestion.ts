import type { RateLimiter } from '@tps/heijunka'
import type { CircuitBreaker } from '@tps/jidoka'
import type { Logger } from 'pino'
import type { Admission, SampleQueue } from '../queue/queue.ts'
import { Rate } from '../rate.ts'
import type { SampleBatch } from '../sample.ts'
import { type SeriesTable, TooManySeriesError } from '../series.ts'
import { StoreError } from '../storage/errors.ts'
import { type Answer, ONE_ACCEPTED, accepted, answer, rejected } from './answer.ts'
import { BatchBuilder } from './batch-builder.ts'
import { BodyError, BodyReader } from './body.ts'
import { ColumnsError } from './columns.ts'
import { type Gathered, Gathering } from './gathering.ts'
import { SampleRefusedError, type TimeBounds } from './rules.ts'

/** Gets the answer to a request, once. */
export type Reply = (answer: Answer) => void

export interface IngestionOptions {
  readonly series: SeriesTable
  readonly queue: SampleQueue
  /** Samples a second of one client; `undefined` for no limit. */
  readonly limiter: RateLimiter | undefined
  /** Open while nothing can be stored. */
  readonly breaker: CircuitBreaker
  readonly log: Logger
  /** Told of what was accepted. */
  readonly tell: (batch: SampleBatch) => void
  readonly retentionMs: number
  readonly futureMs: number
  /** Whether samples of small requests are gathered. Default true. */
  readonly gather?: boolean
  /** ms since 1970. */
  readonly now?: () => number
}

export interface IngestionSnapshot {
  /** Totals of samples. */
  readonly accepted: number
  /** They said nothing: their value was NaN, or their time could not be accepted from Prometheus. */
  readonly ignored: number
  readonly acceptedRate: number
  /** Totals of requests. */
  readonly requests: number
  readonly badRequests: number
  readonly limited: number
  readonly full: number
  readonly unavailable: number
}

type Outcome = Admission | 'unavailable'

/** The samples of bodies up to this size are gathered with those of others. */
const SMALL_BYTES = 4_096
/** A sample takes about so much room in the densest form. */
const SAMPLE_BYTES = 24

/** Accepts samples from anybody: all that came together, or none of it. */
export class Ingestion {
  readonly #options: IngestionOptions
  readonly #reader: BodyReader
  readonly #gathering: Gathering
  readonly #accepted = new Rate()
  readonly #totals = { ignored: 0, requests: 0, badRequests: 0, limited: 0, full: 0, unavailable: 0 }

  constructor(options: IngestionOptions) {
    this.#options = options
    this.#reader = new BodyReader(options.series)
    this.#gathering = new Gathering(options.series, (batch, requests) => this.#offer(batch, requests))
  }

  /** Which times are accepted now. */
  get bounds(): TimeBounds {
    const { now = Date.now, retentionMs, futureMs } = this.#options
    const nowMs = now()
    return { fromMs: Math.max(0, nowMs - retentionMs), toMs: nowMs + futureMs, nowMs }
  }

  /** Answers `POST /metrics` with this body. Never throws. */
  receive(body: Uint8Array, client: string, reply: Reply): void {
    this.submit((builder) => this.#reader.read(body, builder, this.bounds), body.length, client, reply)
  }

  /** Answers for what `read` adds to a builder, which may throw. `bytes` is about how large it was. */
  submit(read: (builder: BatchBuilder) => void, bytes: number, client: string, reply: Reply): void {
    this.#totals.requests++
    const { limiter, gather = true, series } = this.#options
    if (limiter) {
      // A client that has nothing left is refused before its samples are looked at.
      const { remaining, retryAfterMs } = limiter.peek({ key: client })
      if (remaining < 1) return reply(this.#limit(retryAfterMs))
    }
    try {
      if (gather && bytes <= SMALL_BYTES && !limiter) return this.#gathering.add(read, reply)
      const builder = new BatchBuilder(Math.ceil(bytes / SAMPLE_BYTES))
      read(builder)
      const batch = builder.build(series)
      if (limiter && batch.length > 0 && !limiter.tryTakeFor(client, batch.length))
        return reply(this.#limit(limiter.retryAfterMs))
      return this.#offer(batch, [{ accepted: batch.length, ignored: builder.ignored, reply }])
    } catch (error) {
      return reply(this.#refuse(error))
    }
  }

  /**
   * Puts samples that are known to be well into the queue, and tells the listeners once they are in. `unavailable` while
   * nothing can be stored. @throws {StoreError} when a durable queue could not keep them.
   */
  accept(batch: SampleBatch): Outcome | Promise<Outcome> {
    if (batch.length === 0) return 'accepted'
    if (this.#options.breaker.state === 'open') return 'unavailable'
    const admission = this.#options.queue.offer(batch)
    if (typeof admission !== 'string') return admission.then((settled) => this.#settle(settled, batch))
    return this.#settle(admission, batch)
  }

  snapshot(): IngestionSnapshot {
    return { accepted: this.#accepted.total, acceptedRate: this.#accepted.perSecond, ...this.#totals }
  }

  #settle(admission: Admission, batch: SampleBatch): Admission {
    if (admission === 'accepted') {
      this.#accepted.add(batch.length)
      this.#options.tell(batch)
    }
    return admission
  }

  #offer(batch: SampleBatch, requests: readonly Gathered[]): void {
    let outcome: Outcome | Promise<Outcome>
    try {
      outcome = this.accept(batch)
    } catch (error) {
      return this.#fail(error, requests)
    }
    if (typeof outcome === 'string') return this.#answerAll(outcome, requests)
    outcome.then(
      (settled) => this.#answerAll(settled, requests),
      (error: unknown) => this.#fail(error, requests),
    )
  }

  #answerAll(outcome: Outcome, requests: readonly Gathered[]): void {
    if (outcome === 'accepted') {
      for (const { accepted: count, ignored, reply } of requests) {
        this.#totals.ignored += ignored
        reply(count === 1 && ignored === 0 ? ONE_ACCEPTED : accepted(count, ignored))
      }
    } else if (outcome === 'full') {
      const retryAfterMs = this.#options.queue.retryAfterMs()
      const full = rejected(429, 'The queue is full. Nothing of this was accepted.', retryAfterMs)
      this.#totals.full += requests.length
      for (const { reply } of requests) reply(full)
    } else this.#fail(new StoreError('ERR_STORE_FAILED', 'nothing can be stored at the moment'), requests)
  }

  #fail(error: unknown, requests: readonly Gathered[]): void {
    this.#totals.unavailable += requests.length
    if (!(error instanceof StoreError)) this.#options.log.error({ err: error }, 'samples could not be accepted')
    const why = error instanceof Error ? error.message : String(error)
    const unavailable = rejected(503, `Nothing of this was accepted: ${why}.`, 1_000)
    for (const { reply } of requests) reply(unavailable)
  }

  #limit(retryAfterMs: number): Answer {
    this.#totals.limited++
    if (Number.isFinite(retryAfterMs))
      return rejected(429, 'This client sends more than it may. Nothing of this was accepted.', retryAfterMs)
    return rejected(429, 'There are more samples in this than a client may send at once. Nothing of it was accepted.')
  }

  #refuse(error: unknown): Answer {
    if (error instanceof SampleRefusedError) {
      const { index, reason } = error
      return this.#bad(`Nothing was accepted: ${error.message}.`, { index, reason })
    }
    if (error instanceof TooManySeriesError || error instanceof ColumnsError)
      return this.#bad(`Nothing was accepted: ${error.message}.`)
    if (error instanceof BodyError) return this.#bad(error.message)
    this.#options.log.error({ err: error }, 'samples could not be read')
    return answer(500, { error: 'Internal Server Error', message: 'The service failed. Its log has the reason.' })
  }

  #bad(message: string, more: object = {}): Answer {
    this.#totals.badRequests++
    return answer(400, { error: 'Bad Request', message, ...more })
  }
}
