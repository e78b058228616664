import type { CircuitBreaker } from '@tps/jidoka'
import type { Logger } from 'pino'
import type { DownstreamAnswer } from '../downstream/client.ts'
import type { Percentiles } from '../percentiles.ts'
import type { Settings, SettingsStore } from '../settings.ts'
import { type Signal, kindOf } from '../signal.ts'
import type { Final, Outcome } from './outcome.ts'
import { type Run, type RunContext, Runs } from './runs.ts'

/** Does a task. Rejects when it fails, and as soon as `signal` aborts. */
export type ExecuteTask = (
  task: string | undefined,
  context: {
    readonly payload: Signal['request']['payload']
    readonly signal: AbortSignal
    readonly settings: Settings
  },
) => Promise<unknown>

/** What signals depend on. */
export interface Callable {
  work(signal: AbortSignal): Promise<DownstreamAnswer>
}

/** What a worker works with. */
export interface WorkParts {
  readonly settings: SettingsStore
  readonly executeTask: ExecuteTask
  readonly breaker: CircuitBreaker
  readonly downstream: Callable
  /** For signals that ask for a report. */
  readonly report: () => Percentiles
  /** A worker begins with a signal. */
  readonly begun: (signal: Signal) => void
  /** Tells how a signal ended. When it resolves that is safely known. */
  readonly deliver: (outcome: Outcome, signal: Signal) => void | Promise<void>
  /** Its worker has died: the signal is to be given to another one. */
  readonly giveBack: (signal: Signal) => void
  readonly log: Logger
}

/** When each part of the work was over, in monotonic ms. */
interface Marks {
  readonly pulledMs: number
  workedMs: number
  checkedMs: number
}

/** What a worker does with a signal that it has pulled. From top to bottom in the order it goes. */
export class Work {
  readonly #parts: WorkParts
  readonly #runs = new Runs()
  readonly #isLogging: boolean

  constructor(parts: WorkParts) {
    this.#parts = parts
    this.#isLogging = parts.log.isLevelEnabled('debug')
  }

  /** What this throws makes the signal a dead letter, or brings it back for another attempt. */
  async process(signal: Signal, context: RunContext): Promise<void> {
    signal.status = 'processing'
    this.#parts.begun(signal)
    const pulledMs = performance.now()
    const marks: Marks = { pulledMs, workedMs: pulledMs, checkedMs: pulledMs }
    this.#note(signal, 'worker', 'dequeued')
    const run = this.#runs.begin(signal, context)
    try {
      const result = await this.#work(signal, marks, run)
      if (run.hasCrashed) return this.#parts.giveBack(signal)
      await this.#parts.deliver(completed(signal, marks, result), signal)
    } catch (error) {
      if (run.hasCrashed) return this.#parts.giveBack(signal)
      // Its own time is up: nobody waits for it any more, so trying it again later makes no sense.
      if (!run.isOverdue) throw error
      const reason = `not finished within its timeout_ms of ${signal.request.timeout_ms}`
      await this.#parts.deliver(lost(signal, 'failed', reason), signal)
    } finally {
      run.end()
    }
  }

  /** What is to be done depends on the type of the signal. */
  async #work(signal: Signal, marks: Marks, run: Run): Promise<unknown> {
    const { request } = signal
    run.throwIfOver()
    if (request.signal_type !== 'execute') {
      const result = request.signal_type === 'validate' ? { valid: true } : this.#parts.report()
      marks.workedMs = marks.checkedMs = performance.now()
      return result
    }
    const { executeTask, settings } = this.#parts
    const { payload } = request
    const result = await executeTask(payload.task, { payload, signal: run.signal, settings: settings.current })
    marks.workedMs = performance.now()
    const { without } = await this.#callDownstream(signal, run)
    marks.checkedMs = performance.now()
    return without && typeof result === 'object' ? { ...result, without } : result
  }

  /** Jidoka: the breaker lets the call through, or stops it before it starts. */
  async #callDownstream(signal: Signal, run: Run): Promise<DownstreamAnswer> {
    const { breaker, downstream } = this.#parts
    const answer = await breaker.execute(() => downstream.work(run.signal), { signal: run.signal })
    this.#note(signal, 'jidoka', 'downstream called')
    return answer
  }

  /** The pool has given the signal up: it is a dead letter now. */
  bury(signal: Signal, reason: unknown): void | Promise<void> {
    const error = reason instanceof Error ? reason.message : String(reason)
    return this.#parts.deliver(lost(signal, 'dead-lettered', error), signal)
  }

  /** The worker with this number dies in the middle of its work. `false` when it has none. */
  crash(worker: number): boolean {
    return this.#runs.crash(worker)
  }

  #note(signal: Signal, component: string, message: string): void {
    if (this.#isLogging) this.#parts.log.debug({ trace_id: signal.traceId, signal_id: signal.id, component }, message)
  }
}

function completed(signal: Signal, { pulledMs, workedMs, checkedMs }: Marks, result: unknown): Outcome {
  return {
    ...ended(signal, 'completed', checkedMs),
    result,
    workMs: checkedMs - pulledMs,
    stages: {
      api_receive: signal.acceptedMs - signal.receivedMs,
      enqueue: signal.enqueuedMs - signal.acceptedMs,
      dequeue_wait: Math.max(0, pulledMs - signal.enqueuedMs),
      process_work: workedMs - pulledMs,
      jidoka_check: checkedMs - workedMs,
    },
  }
}

function lost(signal: Signal, status: Final, error: string): Outcome {
  return { ...ended(signal, status, performance.now()), error }
}

function ended(signal: Signal, status: Final, nowMs: number) {
  const { id, traceId, acceptedAt, request, variant } = signal
  return {
    id,
    traceId,
    signalType: request.signal_type,
    acceptedAt,
    status,
    durationMs: nowMs - signal.receivedMs,
    kind: kindOf(signal),
    variant,
  }
}
