import type { CircuitBreaker } from '@tps/jidoka'
import type { Logger } from 'pino'
import type { DownstreamAnswer } from '../downstream/client.ts'
import type { Percentiles } from '../percentiles.ts'
import type { Settings, SettingsStore } from '../settings.ts'
import { type Signal, kindOf } from '../signal.ts'
import type { SignalTrace } from '../tracing/signal-trace.ts'
import { noteStation } from '../tracing/station-log.ts'
import { withSpan } from '../tracing/spans.ts'
import type { Tracing } from '../tracing/start.ts'
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
  work(signal: AbortSignal, headers: Readonly<Record<string, string>>): Promise<DownstreamAnswer>
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
  readonly tracing: Tracing
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
  /** The breaker with a span around each call. */
  readonly #traced: Pick<CircuitBreaker, 'execute'>

  constructor(parts: WorkParts) {
    this.#parts = parts
    const { breaker, tracing } = parts
    this.#traced = tracing.guard(breaker, 'Jidoka.Check', () => ({ circuit_breaker_state: breaker.state }))
    this.#isLogging = parts.log.isLevelEnabled('debug')
  }

  /** What this throws makes the signal a dead letter, or brings it back for another attempt. */
  process(signal: Signal, context: RunContext): void | Promise<void> {
    signal.status = 'processing'
    this.#parts.begun(signal)
    const trace = (signal.trace ??= this.#parts.tracing.resume(signal.traceparent))
    this.#note(signal, 'worker', 'Dequeued')
    const isQuick = signal.request.signal_type !== 'execute' && !trace.isRecorded
    return isQuick ? this.#processAtOnce(signal) : this.#process(signal, trace, context)
  }

  /** What asks nobody else is done without waiting: to wait would cost more than the work. */
  #processAtOnce(signal: Signal): void | Promise<void> {
    const pulledMs = performance.now()
    const { deliver } = this.#parts
    const { timeout_ms } = signal.request
    if (timeout_ms !== undefined && pulledMs >= signal.receivedMs + timeout_ms)
      return deliver(lost(signal, 'failed', overdue(signal)), signal)
    const result = this.#answer(signal.request)
    const workedMs = performance.now()
    return deliver(completed(signal, { pulledMs, workedMs, checkedMs: workedMs }, result), signal)
  }

  async #process(signal: Signal, trace: SignalTrace, context: RunContext): Promise<void> {
    const pulledMs = performance.now()
    const marks: Marks = { pulledMs, workedMs: pulledMs, checkedMs: pulledMs }
    const run = this.#runs.begin(signal, context)
    try {
      const result = await this.#work(signal, trace, marks, run, context.attempt)
      if (run.hasCrashed) return this.#giveBack(signal, trace, context.attempt)
      await this.#parts.deliver(completed(signal, marks, result), signal)
    } catch (error) {
      if (run.hasCrashed) return this.#giveBack(signal, trace, context.attempt)
      // Its own time is up: nobody waits for it any more, so trying it again later makes no sense.
      if (!run.isOverdue) throw error
      await this.#parts.deliver(lost(signal, 'failed', overdue(signal)), signal)
    } finally {
      run.end()
    }
  }

  /** First the work itself, then the downstream's part of it. */
  async #work(signal: Signal, trace: SignalTrace, marks: Marks, run: Run, attempt: number): Promise<unknown> {
    const result = await trace.process(signal, attempt, signal.enqueuedMs, async () => {
      withSpan('ValidateSignal', () => run.throwIfOver())
      const done = await this.#execute(signal.request, run)
      withSpan('RecordResult', () => (marks.workedMs = marks.checkedMs = performance.now()))
      return done
    })
    if (signal.request.signal_type !== 'execute') return result
    const { without } = await this.#callDownstream(signal, trace, run)
    marks.checkedMs = performance.now()
    return without && typeof result === 'object' ? { ...result, without } : result
  }

  /** What is to be done depends on the type of the signal. */
  async #execute(request: Signal['request'], run: Run): Promise<unknown> {
    if (request.signal_type !== 'execute') return this.#answer(request)
    const { payload } = request
    const { executeTask, settings } = this.#parts
    const context = { payload, signal: run.signal, settings: settings.current }
    return await withSpan('ExecuteTask', async () => await executeTask(payload.task, context))
  }

  #answer({ signal_type }: Signal['request']): object {
    return signal_type === 'report' ? this.#parts.report() : { valid: true }
  }

  /** Jidoka: the breaker lets the call through, or stops it before it starts. */
  async #callDownstream(signal: Signal, trace: SignalTrace, run: Run): Promise<DownstreamAnswer> {
    const { breaker, downstream } = this.#parts
    const call = async (): Promise<DownstreamAnswer> => await downstream.work(run.signal, trace.headers())
    const limit = { signal: run.signal }
    const answer = trace.isRecorded
      ? await trace.within(() => this.#traced.execute(() => withSpan('CallDownstream', call), limit))
      : await breaker.execute(call, limit)
    this.#note(signal, 'jidoka', 'Circuit check passed')
    return answer
  }

  /** Its worker has died. */
  #giveBack(signal: Signal, trace: SignalTrace, attempt: number): void {
    trace.requeued(signal, 'retry_attempt', () => ({ attempt: attempt + 1, reason: 'the worker crashed' }))
    this.#parts.giveBack(signal)
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
    if (!this.#isLogging && !signal.trace?.isLogged) return
    noteStation(this.#parts.log, this.#isLogging, signal.trace, { signal_id: signal.id, component }, message)
  }
}

function overdue({ request: { timeout_ms } }: Signal): string {
  return `not finished within its timeout_ms of ${timeout_ms}`
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
