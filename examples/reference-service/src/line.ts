import { setTimeout as wait } from 'node:timers/promises'
import type { Cord } from '@tps/andon'
import type { Logger } from 'pino'
import type { Experiments } from './experiments.ts'
import type { Ingress } from './ingress.ts'
import { percentilesOf } from './percentiles.ts'
import type { SignalRegister } from './register.ts'
import { round } from './round.ts'
import type { SettingsStore } from './settings.ts'
import { type Signal, type SignalRequest, createSignal } from './signal.ts'
import type { Slos } from './slos.ts'
import type { Stations } from './stations.ts'

/** Why a signal was refused, and when another try is worth it. */
export interface Rejection {
  readonly accepted: false
  readonly status: 429 | 503
  readonly reason:
    | 'queue full'
    | 'rate limit'
    | 'circuit breaker open'
    | 'queue unavailable'
    | 'cord pulled'
    | 'shutting down'
  readonly retryAfterMs: number
}

/** The line's answer to a request. */
export type Admission = { readonly accepted: true; readonly signal: Signal } | Rejection

/** What a worker gives with a signal that it has pulled. */
export interface WorkContext {
  readonly signal: AbortSignal
  /** The worker's number, from 0. */
  readonly worker: number
}

/** What the line is made of. */
export interface LineParts {
  readonly stations: Stations
  readonly register: SignalRegister
  readonly settings: SettingsStore
  readonly slos: Slos
  readonly ingress: Ingress
  readonly experiments: Experiments
  readonly cord: Cord
  readonly log: Logger
}

/** When each part of a signal's way was over, in monotonic ms. */
interface Marks {
  readonly acceptedMs: number
  pulledMs: number
  workedMs: number
  checkedMs: number
}

/** After how long another try is worth it where nobody knows. */
const TRY_LATER_MS = 5_000
/** What the two kinds of task of lab 6 cost beside `task_ms`. */
const TYPE_MS = { quick: 0, slow: 90 }

/** The worker has died in the middle of its work. */
class WorkerCrashError extends Error {
  override readonly name = 'WorkerCrashError'
}

/** The way of a signal, from top to bottom in the order it takes. */
export class Line {
  readonly #parts: LineParts
  readonly #crashes = new Map<number, AbortController>()
  #isOpen = true
  #isQueueUp = true

  constructor(parts: LineParts) {
    this.#parts = parts
  }

  /** 1. A request has arrived: it is refused at once, or its signal waits for a worker. */
  accept(request: SignalRequest, traceId: string, receivedMs: number): Admission {
    const { stations, ingress, cord, register, experiments, log } = this.#parts
    const { breaker, queueBreaker, leveler, pool, counters } = stations
    counters.arrived()
    if (!this.#isOpen) return this.#refuse(503, 'shutting down', TRY_LATER_MS)
    if (cord.isPulled) return this.#refuse(503, 'cord pulled', TRY_LATER_MS)

    // Jidoka: behind a stopped line work would only pile up.
    if (request.signal_type === 'execute' && breaker.state === 'open') {
      return this.#refuse(503, 'circuit breaker open', breaker.snapshot().retryAfterMs ?? 0)
    }
    if (!this.#isQueueUp) {
      queueBreaker.tryAcquire()?.failure(new Error('the queue can not be reached'))
      return this.#refuse(503, 'queue unavailable', TRY_LATER_MS)
    }

    // Heijunka: no burst beyond the rate.
    if (!ingress.tryTake()) return this.#refuse(429, 'rate limit', ingress.retryAfterMs)

    // Kanban: no more than there is room for. Heijunka: into the lane with the least to do.
    const signal = createSignal(request, traceId, receivedMs)
    signal.variant = experiments.variant
    register.add(signal)
    if (!leveler.offer(signal)) {
      register.drop(signal)
      return this.#refuse(429, 'queue full', pool.estimateWaitMs())
    }
    signal.enqueuedMs = performance.now()
    log.debug(about(signal, 'queue'), 'enqueued')
    return { accepted: true, signal }
  }

  /** 2. A free worker has pulled the signal. What this throws makes it a dead letter. */
  async process(signal: Signal, { signal: abort, worker }: WorkContext): Promise<void> {
    const marks: Marks = { acceptedMs: signal.acceptedMs, pulledMs: performance.now(), workedMs: 0, checkedMs: 0 }
    signal.status = 'processing'
    this.#parts.log.debug(about(signal, 'worker'), 'dequeued')
    const crash = new AbortController()
    this.#crashes.set(worker, crash)
    const limit = AbortSignal.any([abort, crash.signal, ...limitOf(signal)])
    try {
      limit.throwIfAborted()
      const result = await this.#work(signal, marks, limit)
      this.#finish(signal, marks, result)
    } catch (error) {
      if (crash.signal.aborted) return await this.#giveBack(signal)
      // Its own time is up: nobody waits for it any more, so trying it again later makes no sense.
      if (!isOver(signal) || abort.aborted) throw error
      this.#fail(signal, `not finished within its timeout_ms of ${signal.request.timeout_ms}`)
    } finally {
      if (this.#crashes.get(worker) === crash) this.#crashes.delete(worker)
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
    const { latency } = this.#parts.stations
    const result = request.signal_type === 'validate' ? { valid: true } : percentilesOf(latency.snapshot())
    marks.workedMs = marks.checkedMs = performance.now()
    return result
  }

  /** 4. The task takes as long as configuration and payload say. */
  async #executeTask({ payload }: SignalRequest, limit: AbortSignal): Promise<void> {
    const { task_ms } = this.#parts.settings.current
    const costMs = payload.latency_ms ?? task_ms + (payload.type ? TYPE_MS[payload.type] : 0)
    if (costMs > 0) await wait(costMs, undefined, { signal: limit })
  }

  /** 5. Jidoka: the breaker lets the call through, or stops it before it starts. */
  async #callDownstream(signal: Signal, limit: AbortSignal): Promise<void> {
    const { breaker, downstream } = this.#parts.stations
    await breaker.execute((context) => downstream.work(context.signal), { signal: limit })
    this.#parts.log.debug(about(signal, 'jidoka'), 'downstream called')
  }

  /** 6. Kaizen: where the time went. Then whoever waits for the result gets it. */
  #finish(signal: Signal, { acceptedMs, pulledMs, workedMs, checkedMs }: Marks, result: object): void {
    const { stations, slos, experiments, register, log } = this.#parts
    const { latency, breakdown, counters, durations } = stations
    const durationMs = checkedMs - signal.receivedMs
    latency.record(durationMs, checkedMs)
    slos.completed(durationMs, checkedMs)
    if (signal.variant) experiments.record(signal.variant, durationMs)
    durations.record(kindOf(signal), checkedMs - pulledMs)
    counters.count('completed')
    breakdown.record({
      api_receive: acceptedMs - signal.receivedMs,
      enqueue: signal.enqueuedMs - acceptedMs,
      dequeue_wait: Math.max(0, pulledMs - signal.enqueuedMs),
      process_work: workedMs - pulledMs,
      jidoka_check: checkedMs - workedMs,
      metrics_record: performance.now() - checkedMs,
    })
    register.finish(signal, { status: 'completed', durationMs, result })
    log.info({ ...about(signal, 'worker'), duration_ms: round(durationMs) }, 'completed')
  }

  /** 6b. Its own time was up. */
  #fail(signal: Signal, error: string): void {
    this.#lose(signal, 'failed', error)
    this.#parts.log.warn({ ...about(signal, 'worker'), error }, 'failed')
  }

  /** 6c. The pool has given it up: it is kept as a dead letter. */
  bury(signal: Signal, reason: unknown): void {
    const error = reason instanceof Error ? reason.message : String(reason)
    this.#lose(signal, 'dead-lettered', error)
    this.#parts.log.warn({ ...about(signal, 'worker'), error }, 'dead-lettered')
  }

  #lose(signal: Signal, status: 'failed' | 'dead-lettered', error: string): void {
    const { stations, slos, register } = this.#parts
    const nowMs = performance.now()
    stations.counters.count(status)
    slos.lost(nowMs)
    register.finish(signal, { status, durationMs: nowMs - signal.receivedMs, error })
  }

  /** A dead letter is sent back: it waits for a worker again. `false` when there is no room. */
  revive(signal: Signal): boolean {
    const { register, stations } = this.#parts
    register.revive(signal)
    signal.enqueuedMs = performance.now()
    if (stations.leveler.offer(signal)) return true
    register.drop(signal)
    return false
  }

  /** The worker with this number dies in the middle of its work. `false` when it has none. */
  crash(worker: number): boolean {
    const crash = this.#crashes.get(worker)
    crash?.abort(new WorkerCrashError(`worker ${worker} crashed`))
    return crash !== undefined
  }

  /** Another worker takes the signal up again: it had its room before, so it waits for nothing but a place. */
  async #giveBack(signal: Signal): Promise<void> {
    signal.status = 'queued'
    signal.enqueuedMs = performance.now()
    while (!this.#parts.stations.leveler.offer(signal)) await wait(5)
  }

  /** Takes no more signals. Those accepted still go their way. */
  close(): void {
    this.#isOpen = false
  }

  /** Whether it takes signals. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Whether the queue can be reached. */
  get isQueueUp(): boolean {
    return this.#isQueueUp
  }

  set isQueueUp(isUp: boolean) {
    this.#isQueueUp = isUp
  }

  #refuse(status: Rejection['status'], reason: Rejection['reason'], retryAfterMs: number): Rejection {
    this.#parts.stations.counters.count('rejected')
    this.#parts.slos.lost(performance.now())
    return { accepted: false, status, reason, retryAfterMs }
  }
}

/** What every log line about a signal bears. */
function about(signal: Signal, component: string): { trace_id: string; signal_id: string; component: string } {
  return { trace_id: signal.traceId, signal_id: signal.id, component }
}

/** By what the durations of signals are learned. */
function kindOf({ request: { signal_type, payload } }: Signal): string {
  return `${signal_type}:${payload.type ?? ''}`
}

/** Whether the signal's own `timeout_ms`, counted from its arrival, is over. */
function isOver({ request: { timeout_ms }, receivedMs }: Signal): boolean {
  return timeout_ms !== undefined && performance.now() >= receivedMs + timeout_ms
}

/** Aborts when the signal's own `timeout_ms` is over. */
function limitOf({ request: { timeout_ms }, receivedMs }: Signal): AbortSignal[] {
  if (timeout_ms === undefined) return []
  const restMs = Math.max(0, Math.ceil(receivedMs + timeout_ms - performance.now()))
  return [restMs > 0 ? AbortSignal.timeout(restMs) : AbortSignal.abort()]
}
