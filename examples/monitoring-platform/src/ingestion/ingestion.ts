import type { RateLimiter } from '@tps/heijunka'
import type { CircuitBreaker } from '@tps/jidoka'
import type { Logger } from 'pino'
import type { Admission, SampleQueue } from '../queue/queue.ts'
import { Rate } from '../rate.ts'
import type { SampleBatch } from '../sample.ts'
import { type SeriesTable, TooManySeriesError } from '../series.ts'
import { StoreError } from '../storage/errors.ts'
import { BodyError, BodyReader, type Read } from './body.ts'
import { ColumnsError } from './columns.ts'
import { SampleRefusedError, type TimeBounds } from './rules.ts'

/** What is sent back. */
export interface Answer {
  readonly status: number
  /** JSON. */
  readonly body: string
  /** For `Retry-After`. */
  readonly retryAfterMs?: number
}

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
  /** ms since 1970. */
  readonly now?: () => number
}

export interface IngestionSnapshot {
  /** Totals of samples. */
  readonly accepted: number
  /** They said nothing: their value was NaN. */
  readonly ignored: number
  readonly acceptedRate: number
  /** Totals of requests. */
  readonly requests: number
  readonly badRequests: number
  readonly limited: number
  readonly full: number
  readonly unavailable: number
}

const ONE = answer(202, { status: 'accepted', accepted: 1 })

/** Accepts samples from anybody: all that came together, or none of it. */
export class Ingestion {
  readonly #options: IngestionOptions
  readonly #reader: BodyReader
  readonly #accepted = new Rate()
  readonly #totals = { ignored: 0, requests: 0, badRequests: 0, limited: 0, full: 0, unavailable: 0 }

  constructor(options: IngestionOptions) {
    this.#options = options
    this.#reader = new BodyReader(options.series)
  }

  /** Which times are accepted now. */
  get bounds(): TimeBounds {
    const { now = Date.now, retentionMs, futureMs } = this.#options
    const nowMs = now()
    return { fromMs: Math.max(0, nowMs - retentionMs), toMs: nowMs + futureMs, nowMs }
  }

  /** The answer to `POST /metrics` with this body. Never throws. */
  receive(body: Uint8Array, client: string): Answer | Promise<Answer> {
    return this.submit(() => this.#reader.read(body, this.bounds), client)
  }

  /** The answer for what `read` reads, which may throw. */
  submit(read: () => Read, client: string): Answer | Promise<Answer> {
    this.#totals.requests++
    const { limiter } = this.#options
    // A client that has nothing left is refused before its samples are looked at.
    if (limiter && limiter.peek({ key: client }).remaining < 1)
      return this.#limit(limiter.peek({ key: client }).retryAfterMs)
    let batch: SampleBatch
    let ignored: number
    try {
      ;({ batch, ignored } = read())
    } catch (error) {
      return this.#refuse(error)
    }
    if (limiter && batch.length > 0 && !limiter.tryTakeFor(client, batch.length))
      return this.#limit(limiter.retryAfterMs)
    this.#totals.ignored += ignored
    const admission = this.accept(batch)
    return typeof admission === 'string'
      ? this.#answerTo(admission, batch.length, ignored)
      : admission.then(
          (settled) => this.#answerTo(settled, batch.length, ignored),
          (error: unknown) => this.#unavailable(error),
        )
  }

  /**
   * Puts samples that are known to be well into the queue, and tells the listeners once they are in. `unavailable` while
   * nothing can be stored. @throws {StoreError} when a durable queue could not keep them.
   */
  accept(batch: SampleBatch): Admission | 'unavailable' | Promise<Admission> {
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

  #answerTo(admission: Admission | 'unavailable', accepted: number, ignored: number): Answer {
    if (admission === 'accepted') {
      if (accepted === 1 && ignored === 0) return ONE
      return answer(202, { status: 'accepted', accepted, ...(ignored > 0 && { ignored }) })
    }
    if (admission === 'full') {
      this.#totals.full++
      const retryAfterMs = this.#options.queue.retryAfterMs()
      return answer(429, rejected('The queue is full. Nothing of this was accepted.', retryAfterMs), retryAfterMs)
    }
    return this.#unavailable(new StoreError('ERR_STORE_FAILED', 'nothing can be stored at the moment'))
  }

  #limit(wait: number): Answer {
    this.#totals.limited++
    if (!Number.isFinite(wait)) {
      const message =
        'There are more samples in this than RATE_BURST allows at once: send fewer. Nothing of it was accepted.'
      return answer(429, { status: 'rejected', message })
    }
    const retryAfterMs = Math.ceil(wait)
    return answer(
      429,
      rejected('This client sends more than it may. Nothing of this was accepted.', retryAfterMs),
      retryAfterMs,
    )
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

  #unavailable(error: unknown): Answer {
    this.#totals.unavailable++
    if (!(error instanceof StoreError)) this.#options.log.error({ err: error }, 'samples could not be accepted')
    const why = error instanceof Error ? error.message : String(error)
    const message = `Nothing of this was accepted: ${why}.`
    return answer(503, rejected(message, 1_000), 1_000)
  }
}

function rejected(message: string, retryAfterMs: number): object {
  return { status: 'rejected', message, retry_after_ms: Math.ceil(retryAfterMs) }
}

function answer(status: number, body: object, retryAfterMs?: number): Answer {
  return { status, body: JSON.stringify(body), ...(retryAfterMs !== undefined && { retryAfterMs }) }
}
