import { DurationClassifier } from '@tps/heijunka'
import { Breakdown, PercentileTracker } from '@tps/kaizen'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { Counters, type RejectionReason, STAGES, type Stage } from '../counters.ts'
import type { Experiments } from '../experiments.ts'
import type { SignalRegister } from '../register.ts'
import { round } from '../round.ts'
import { Slos } from '../slos.ts'
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
  }

  /** Kaizen: a signal has ended. Whoever waits for its result gets it. Only the first end of a signal counts. */
  settle(outcome: Outcome): void {
    const beginMs = performance.now()
    if (!this.#register.finish(outcome)) return
    const { status, durationMs, variant, workMs, stages, error } = outcome
    this.counters.count(status)
    if (workMs !== undefined) this.durations.record(outcome.kind, workMs)
    const line = {
      trace_id: outcome.traceId,
      signal_id: outcome.id,
      component: 'worker',
      duration_ms: round(durationMs),
    }
    if (status !== 'completed') {
      this.slos.lost(beginMs)
      this.#log.warn({ ...line, error }, status)
      return
    }
    this.latency.record(durationMs, beginMs)
    this.slos.completed(durationMs, beginMs)
    if (variant) this.#experiments.record(variant, durationMs)
    if (stages) this.breakdown.record({ ...stages, metrics_record: performance.now() - beginMs })
    this.#log.info(line, 'completed')
  }

  /** A signal was refused. */
  refused(reason: RejectionReason, nowMs: number): void {
    this.counters.refuse(reason)
    this.slos.lost(nowMs)
  }
}
