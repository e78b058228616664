import { DurationClassifier } from '@tps/heijunka'
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

  constructor(config: Config, register: SignalRegister, experiments: Experiments, log: Logger) {
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
  }

  /** A signal has ended. Whoever waits for its result gets it. Only the first end of a signal counts. */
  settle(outcome: Outcome): void {
    const { id, status, error } = outcome
    const trace = this.#register.traceOf(id)
    const beginMs = performance.now()
    if (!this.#register.finish(outcome)) return
    if (trace) trace.within(() => this.#record(outcome, beginMs))
    else this.#record(outcome, beginMs)
    this.#tell(outcome, trace)
    trace?.finished(status, error)
  }

  #record(outcome: Outcome, beginMs: number): void {
    const { kind, workMs } = outcome
    withSpan('Kaizen.RecordMetric', () => this.#measure(outcome, beginMs))
    withSpan('Heijunka.UpdateLoad', () => {
      if (workMs !== undefined) this.durations.record(kind, workMs)
    })
  }

  #measure({ status, durationMs, variant, stages }: Outcome, beginMs: number): void {
    this.counters.count(status)
    if (status !== 'completed') {
      this.slos.lost(beginMs)
      return
    }
    this.latency.record(durationMs, beginMs)
    this.slos.completed(durationMs, beginMs)
    if (variant) this.#experiments.record(variant, durationMs)
    if (stages) this.breakdown.record({ ...stages, metrics_record: performance.now() - beginMs })
  }

  #tell({ id, traceId, status, durationMs, error }: Outcome, trace: SignalTrace | undefined): void {
    const line = { trace_id: traceId, signal_id: id, component: 'worker', duration_ms: round(durationMs) }
    noteStation(this.#log, this.#isLogging, trace, { signal_id: id, component: 'metrics' }, 'Recorded')
    if (status === 'completed') this.#log.info(line, 'completed')
    else this.#log.warn({ ...line, error }, status)
  }

  /** A signal was refused. */
  refused(reason: RejectionReason, nowMs: number): void {
    this.counters.refuse(reason)
    this.slos.lost(nowMs)
  }
}
