import type { Cord } from '@tps/andon'
import type { CircuitBreaker } from '@tps/jidoka'
import type { Logger } from 'pino'
import type { Experiments } from '../experiments.ts'
import type { Ingress } from '../ingress.ts'
import type { SignalQueue } from '../queue/signal-queue.ts'
import type { SignalRegister } from '../register.ts'
import type { RejectionReason } from '../counters.ts'
import { type Signal, type SignalRequest, createSignal, describeSignal } from '../signal.ts'
import type { SignalTrace } from '../tracing/signal-trace.ts'
import { noteStation } from '../tracing/station-log.ts'
import type { Ledger } from './ledger.ts'

/** Why a signal was refused, and when another try is worth it. */
export interface Rejection {
  readonly accepted: false
  readonly status: 429 | 503
  readonly reason: RejectionReason
  readonly retryAfterMs: number
}

/** The line's answer to a request. */
export type Admission = { readonly accepted: true; readonly signal: Signal } | Rejection

/** A circuit, as a signal meets it that asks to come in. */
export interface Gate {
  readonly isOpen: boolean
  readonly retryAfterMs: number
}

/** Whether the way to the queue is cut, on purpose. */
export interface QueueCut {
  isCut: boolean
}

/** What the way in leads past. */
export interface IntakeParts {
  readonly queue: SignalQueue
  readonly queueBreaker: CircuitBreaker
  readonly cut: QueueCut
  /** The circuit in front of the downstream, wherever that is called from. */
  readonly gate: Gate
  readonly ledger: Ledger
  readonly register: SignalRegister
  readonly ingress: Ingress
  readonly experiments: Experiments
  readonly cord: Cord
  /** How long a signal that came in now would wait, in ms. */
  readonly estimateWaitMs: () => number
  readonly log: Logger
}

/** A permit that nobody has to settle. */
const FREE = { success: (): void => {}, failure: (): void => {} }

/** What the span of a queue tells of it. */
const QUEUES = {
  memory: { 'queue.mode': 'memory' },
  sqlite: { 'queue.mode': 'sqlite' },
  nats: { 'queue.mode': 'nats' },
} as const

/** After how long another try is worth it where nobody knows. */
const TRY_LATER_MS = 5_000

/** The way in: a signal is refused at once, or it waits for a worker. From top to bottom in the order it takes. */
export class Intake {
  readonly #parts: IntakeParts
  readonly #isLogging: boolean
  #isOpen = true

  constructor(parts: IntakeParts) {
    this.#parts = parts
    this.#isLogging = parts.log.isLevelEnabled('debug')
  }

  /** `receivedMs` is when the request arrived, in monotonic ms. */
  accept(request: SignalRequest, trace: SignalTrace, receivedMs: number): Admission | Promise<Admission> {
    const { ledger, cord, gate, queueBreaker, ingress, experiments, register, queue, cut } = this.#parts
    const nowMs = performance.now()
    trace.parsed()
    ledger.counters.arrived(nowMs)
    if (!this.#isOpen) return this.#refuse(trace, 503, 'shutting down', TRY_LATER_MS)
    if (cord.isPulled) return this.#refuse(trace, 503, 'cord pulled', TRY_LATER_MS)

    // Jidoka: behind a stopped line work would only pile up.
    if (request.signal_type === 'execute' && gate.isOpen) {
      trace.stopped('open', gate.retryAfterMs)
      return this.#refuse(trace, 503, 'circuit breaker open', gate.retryAfterMs)
    }

    // Heijunka: no burst beyond the rate.
    if (!ingress.tryTake()) return this.#refuse(trace, 429, 'rate limit', ingress.retryAfterMs)

    // Kanban: no more than there is room for. Memory is always within reach.
    const permit =
      queue.mode === 'memory' && !cut.isCut && queueBreaker.state === 'closed' ? FREE : queueBreaker.tryAcquire()
    if (!permit) {
      const retryAfterMs = queueBreaker.snapshot().retryAfterMs ?? TRY_LATER_MS
      return this.#refuse(trace, 503, 'queue unavailable', retryAfterMs)
    }
    const signal = createSignal(request, trace, receivedMs, nowMs)
    signal.variant = experiments.variant
    register.add(signal)
    try {
      if (cut.isCut) throw new QueueCutError()
      const offered = trace.isRecorded ? this.#enqueue(signal, trace) : queue.offer(signal)
      if (typeof offered !== 'boolean') return this.#await(offered, signal, trace, permit)
      permit.success()
      return this.#admitted(signal, trace, offered)
    } catch (error) {
      return this.#unreachable(signal, trace, permit, error)
    }
  }

  #enqueue(signal: Signal, trace: SignalTrace): boolean | Promise<boolean> {
    const { queue } = this.#parts
    trace.about(() => describeSignal(signal))
    return trace.enqueue(signal, QUEUES[queue.mode], () => queue.offer(signal))
  }

  async #await(
    offered: Promise<boolean>,
    signal: Signal,
    trace: SignalTrace,
    permit: { success(): void; failure(error: unknown): void },
  ): Promise<Admission> {
    try {
      const isIn = await offered
      permit.success()
      return this.#admitted(signal, trace, isIn)
    } catch (error) {
      return this.#unreachable(signal, trace, permit, error)
    }
  }

  #admitted(signal: Signal, trace: SignalTrace, isIn: boolean): Admission {
    const { register, log, estimateWaitMs } = this.#parts
    if (!isIn) {
      register.drop(signal.id)
      return this.#refuse(trace, 429, 'queue full', estimateWaitMs())
    }
    signal.enqueuedMs = performance.now()
    if (this.#isLogging || trace.isLogged)
      noteStation(log, this.#isLogging, trace, { signal_id: signal.id, component: 'queue' }, 'Enqueued')
    return { accepted: true, signal }
  }

  #unreachable(
    signal: Signal,
    trace: SignalTrace,
    permit: { failure(error: unknown): void },
    error: unknown,
  ): Rejection {
    const { register, log } = this.#parts
    permit.failure(error)
    register.drop(signal.id)
    if (!(error instanceof QueueCutError))
      log.error({ err: error, trace_id: signal.traceId, component: 'queue' }, 'the queue can not be reached')
    return this.#refuse(trace, 503, 'queue unavailable', TRY_LATER_MS)
  }

  #refuse(
    trace: SignalTrace,
    status: Rejection['status'],
    reason: Rejection['reason'],
    retryAfterMs: number,
  ): Rejection {
    trace.refused(reason)
    this.#parts.ledger.refused(reason, performance.now())
    return { accepted: false, status, reason, retryAfterMs }
  }

  /** Takes no more signals. Those accepted still go their way. */
  close(): void {
    this.#isOpen = false
  }

  /** Whether it takes signals. */
  get isOpen(): boolean {
    return this.#isOpen
  }
}

/** The way to the queue was cut on purpose. */
class QueueCutError extends Error {
  override readonly name = 'QueueCutError'
}
