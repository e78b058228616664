import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import { percentilesOf } from './percentiles.ts'
import { round } from './round.ts'
import type { SignalRegister } from './register.ts'
import type { SettingsStore } from './settings.ts'
import { type Signal, type SignalRequest, createSignal } from './signal.ts'
import type { Stations } from './stations.ts'

/** Why a signal was refused, and when another try is worth it. */
export interface Rejection {
  readonly accepted: false
  readonly status: 429 | 503
  readonly reason: 'queue full' | 'circuit breaker open' | 'shutting down'
  readonly retryAfterMs: number
}

/** The line's answer to a request. */
export type Admission = { readonly accepted: true; readonly signal: Signal } | Rejection

/** When each part of a signal's way was over, in monotonic ms. */
interface Marks {
  readonly acceptedMs: number
  pulledMs: number
  workedMs: number
  checkedMs: number
}

const SHUTTING_DOWN_RETRY_MS = 5_000
/** What the two kinds of task of lab 6 cost beside `task_ms`. */
const TYPE_MS = { quick: 0, slow: 90 }

/** The way of a signal, from top to bottom in the order it takes. */
export class Line {
  readonly #stations: Stations
  readonly #register: SignalRegister
  readonly #settings: SettingsStore
  readonly #log: Logger
  #isOpen = true

  constructor(stations: Stations, register: SignalRegister, settings: SettingsStore, log: Logger) {
    this.#stations = stations
    this.#register = register
    this.#settings = settings
    this.#log = log
  }

  /** 1. A request has arrived: it is refused at once, or its signal waits for a worker. */
  accept(request: SignalRequest, traceId: string, receivedMs: number): Admission {
    const { breaker, leveler, pool, counters } = this.#stations
    counters.incoming.add()
    if (!this.#isOpen) return this.#refuse(503, 'shutting down', SHUTTING_DOWN_RETRY_MS)

    // Jidoka: behind a stopped line work would only pile up.
    if (request.signal_type === 'execute' && breaker.state === 'open') {
      return this.#refuse(503, 'circuit breaker open', breaker.snapshot().retryAfterMs ?? 0)
    }

    // Kanban: no more than there is room for. Heijunka: into the lane with the least to do.
    const signal = createSignal(request, traceId, receivedMs)
    this.#register.add(signal)
    if (!leveler.offer(signal)) {
      this.#register.drop(signal)
      return this.#refuse(429, 'queue full', pool.estimateWaitMs())
    }
    signal.enqueuedMs = performance.now()
    this.#log.debug(about(signal, 'queue'), 'enqueued')
    return { accepted: true, signal }
  }

  /** 2. A free worker has pulled the signal. What this throws makes it a dead letter. */
  async process(signal: Signal, abort: AbortSignal): Promise<void> {
    const marks: Marks = { acceptedMs: signal.acceptedMs, pulledMs: performance.now(), workedMs: 0, checkedMs: 0 }
    signal.status = 'processing'
    this.#log.debug(about(signal, 'worker'), 'dequeued')
    const limit = limitOf(signal, abort)
    try {
      limit?.throwIfAborted()
      const result = await this.#work(signal, marks, limit ?? abort)
      this.#finish(signal, marks, result)
    } catch (error) {
      // Its own time is up: nobody waits for it any more, so trying it again later makes no sense.
      if (limit?.aborted !== true || abort.aborted) throw error
      this.#fail(signal, `not finished within its timeout_ms of ${signal.request.timeout_ms}`)
    }
  }

  /** 3. What is to be done depends on the type of the signal. */
  async #work(signal: Signal, marks: Marks, limit: AbortSignal): Promise<object> {
    const { request } = signal
    if (request.signal_type === 'execute') {
      await this.#executeTask(request, limit)
      marks.workedMs = performance.now()
      await this.#callDownstream(signal, limit)
      marks.checkedMs = performance.now()
      return { task: request.payload.task ?? null }
    }
    const result = request.signal_type === 'validate' ? { valid: true } : percentilesOf(this.#stations.latency)
    marks.workedMs = marks.checkedMs = performance.now()
    return result
  }

  /** 4. The task takes as long as configuration and payload say. */
  async #executeTask({ payload }: SignalRequest, limit: AbortSignal): Promise<void> {
    const costMs = payload.latency_ms ?? this.#settings.current.task_ms + (payload.type ? TYPE_MS[payload.type] : 0)
    if (costMs > 0) await wait(costMs, undefined, { signal: limit })
  }

  /** 5. Jidoka: the breaker lets the call through, or stops it before it starts. */
  async #callDownstream(signal: Signal, limit: AbortSignal): Promise<void> {
    const { breaker, downstream } = this.#stations
    await breaker.execute((context) => downstream.work(context.signal), { signal: limit })
    this.#log.debug(about(signal, 'jidoka'), 'downstream called')
  }

  /** 6. Kaizen: where the time went. Then whoever waits for the result gets it. */
  #finish(signal: Signal, { acceptedMs, pulledMs, workedMs, checkedMs }: Marks, result: object): void {
    const { latency, breakdown, counters } = this.#stations
    const durationMs = checkedMs - signal.receivedMs
    latency.record(durationMs, checkedMs)
    counters.count('completed')
    breakdown.record({
      api_receive: acceptedMs - signal.receivedMs,
      enqueue: signal.enqueuedMs - acceptedMs,
      dequeue_wait: Math.max(0, pulledMs - signal.enqueuedMs),
      process_work: workedMs - pulledMs,
      jidoka_check: checkedMs - workedMs,
      metrics_record: performance.now() - checkedMs,
    })
    this.#register.finish(signal, { status: 'completed', durationMs, result })
    this.#log.info({ ...about(signal, 'worker'), duration_ms: round(durationMs) }, 'completed')
  }

  /** 6b. Its own time was up. */
  #fail(signal: Signal, error: string): void {
    this.#stations.counters.count('failed')
    this.#register.finish(signal, { status: 'failed', durationMs: performance.now() - signal.receivedMs, error })
    this.#log.warn({ ...about(signal, 'worker'), error }, 'failed')
  }

  /** 6c. The pool has given it up: it is kept as a dead letter. */
  bury(signal: Signal, reason: unknown): void {
    const error = reason instanceof Error ? reason.message : String(reason)
    this.#stations.counters.count('dead-lettered')
    this.#register.finish(signal, { status: 'dead-lettered', durationMs: performance.now() - signal.receivedMs, error })
    this.#log.warn({ ...about(signal, 'worker'), error }, 'dead-lettered')
  }

  /** Takes no more signals. Those accepted still go their way. */
  close(): void {
    this.#isOpen = false
  }

  /** Whether it takes signals. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  #refuse(status: Rejection['status'], reason: Rejection['reason'], retryAfterMs: number): Rejection {
    this.#stations.counters.count('rejected')
    return { accepted: false, status, reason, retryAfterMs }
  }
}

/** What every log line about a signal bears. */
function about(signal: Signal, component: string): { trace_id: string; signal_id: string; component: string } {
  return { trace_id: signal.traceId, signal_id: signal.id, component }
}

/** Aborts when the signal's own `timeout_ms`, counted from its arrival, is over. */
function limitOf({ request: { timeout_ms }, receivedMs }: Signal, abort: AbortSignal): AbortSignal | undefined {
  if (timeout_ms === undefined) return undefined
  const restMs = Math.max(0, Math.ceil(receivedMs + timeout_ms - performance.now()))
  return AbortSignal.any([abort, restMs > 0 ? AbortSignal.timeout(restMs) : AbortSignal.abort()])
}
