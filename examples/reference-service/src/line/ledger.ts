import { type Clock, DurationClassifier, type RateLimiter, rateLimiter } from '@tps/heijunka'
import { Breakdown, PercentileTracker } from '@tps/kaizen'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { Counters, type RejectionReason, STAGES, type Stage } from '../counters.ts'
import type { Experiments } from '../experiments.ts'
import type { SignalRegister } from '../register.ts'
import { round } from '../round.ts'
import { Slos } from '../slos.ts'
import type { SignalTrace } from '../tracing/signal-trace.ts'
import { withSpan } from '../tracing/spans.ts'
import { noteStation } from '../tracing/station-log.ts'
import type { Outcome } from './outcome.ts'

/** How slow work must have become quick again, against what makes it slow. */
const FAST_RATIO = 0.5

/** What is measured of signals, by whoever hears how they ended. */
export class Ledger {
  readonly counters = new Counters()
  /** From arrival to end, in ms. */
  readonly latency: PercentileTracker
  readonly breakdown: Breakdown<Stage>
  readonly durations: DurationClassifier<string>
  readonly slos: Slos
  readonly #register: SignalRegister
  readonly #experiments: Experiments
  readonly #log: Logger
  readonly #isLogging: boolean
  readonly #clock: Clock
  /** A line for each of very many completed signals would cost more than their work, and nobody reads it. */
  readonly #lines: RateLimiter
  /** How many have completed without a line since the last that had one. */
  #unlogged = 0

  /** `clock`: monotonic ms. */
  constructor(
    config: Config,
    register: SignalRegister,
    experiments: Experiments,
    log: Logger,
    clock: Clock = performance,
  ) {
    const windowMs = config.LATENCY_WINDOW_MS
    this.latency = new PercentileTracker({ name: 'signals', windowMs })
    this.breakdown = new Breakdown({ name: 'signals', stages: STAGES, windowMs })
    this.durations = new DurationClassifier<string>({
      name: 'signals',
      slowMs: config.SLOW_TASK_MS,
      fastMs: config.SLOW_TASK_MS * FAST_RATIO,
    })
    this.slos = new Slos({ targetRatio: config.SLO_TARGET, latencyMs: config.SLO_LATENCY_MS })
    this.#register = register
    this.#experiments = experiments
    this.#log = log
    this.#isLogging = log.isLevelEnabled('debug')
    this.#clock = clock
    this.#lines = rateLimiter({ name: 'log', limit: config.LOG_PER_SECOND, clock })
  }

  /** A signal has ended. Whoever waits for its result gets it. Only the first end of a signal counts. */
  settle(outcome: Outcome): void {
    const { id, status, error } = outcome
    const trace = this.#register.traceOf(id)
    const beginMs = this.#clock.now()
    if (!this.#register.finish(outcome)) return
    if (trace?.isRecorded) {
      trace.within(() => {
        withSpan('Kaizen.RecordMetric', () => this.#measure(outcome, beginMs))
        withSpan('Heijunka.UpdateLoad', () => this.#learn(outcome))
      })
    } else {
      this.#measure(outcome, beginMs)
      this.#learn(outcome)
    }
    this.#tell(outcome, trace, beginMs)
    trace?.finished(status, error)
  }

  #learn({ kind, workMs }: Outcome): void {
    if (workMs !== undefined) this.durations.record(kind, workMs)
  }

  #measure({ status, durationMs, variant, stages }: Outcome, beginMs: number): void {
    this.counters.count(status, beginMs)
    if (status !== 'completed') {
      this.slos.lost(beginMs)
      return
    }
    this.latency.record(durationMs, beginMs)
    this.slos.completed(durationMs, beginMs)
    if (variant) this.#experiments.record(variant, durationMs)
    if (stages) this.breakdown.record({ ...stages, metrics_record: this.#clock.now() - beginMs })
  }

  #tell({ id, traceId, status, durationMs, error }: Outcome, trace: SignalTrace | undefined, nowMs: number): void {
    const isWell = status === 'completed'
    if (isWell && !this.#isLogging && !trace?.isLogged && !this.#lines.tryTake(1, nowMs)) {
      this.#unlogged++
      return
    }
    noteStation(this.#log, this.#isLogging, trace, { signal_id: id, component: 'metrics' }, 'Recorded')
    const line = { trace_id: traceId, signal_id: id, component: 'worker', duration_ms: round(durationMs) }
    if (!isWell) return this.#log.warn({ ...line, error }, status)
    this.#log.info(this.#unlogged > 0 ? { ...line, unlogged: this.#unlogged } : line, status)
    this.#unlogged = 0
  }

  /** A signal was refused. */
  refused(reason: RejectionReason, nowMs: number): void {
    this.counters.refuse(reason, nowMs)
    this.slos.lost(nowMs)
  }
}
