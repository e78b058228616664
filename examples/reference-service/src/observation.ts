import { type AlertEmitter, type Board, type Diagnosis, ReadingHistory, diagnose } from '@tps/andon'
import type { RateLimiterSnapshot } from '@tps/heijunka'
import type { ExperimentSnapshot } from '@tps/kaizen'
import type { Config } from './config.ts'
import type { Stage } from './counters.ts'
import type { Ledger } from './line/ledger.ts'
import type { Parts } from './parts.ts'
import type { SettingsStore } from './settings.ts'
import type { LineSnapshots } from './snapshots.ts'

/** Stages of the breakdown that are spent in the downstream. */
const DOWNSTREAM_STAGES: readonly Stage[] = ['jidoka_check']

/** What is looked at. */
export interface Observed {
  readonly role: Config['TPS_ROLE']
  readonly parts: Parts
  readonly ledger: Ledger
  readonly alerts: AlertEmitter
  readonly board: Board
  readonly settings: SettingsStore
  readonly rateLimiter: () => RateLimiterSnapshot | null
  readonly experiment: () => ExperimentSnapshot | null
  readonly tracesKept: () => number
}

type Undiagnosed = Omit<LineSnapshots, 'diagnosis'>

/** Looks at the whole line, and says what is wrong with it. */
export class Observation {
  readonly #observed: Observed
  readonly #earlier = new ReadingHistory()

  constructor(observed: Observed) {
    this.#observed = observed
  }

  observe(): LineSnapshots {
    const line = this.#look()
    return { ...line, diagnosis: this.#diagnose(line) }
  }

  /** Remembers the readings of now, by which later diagnoses tell what has changed. Call it now and then. */
  remember(): void {
    this.#earlier.add(diagnosable(this.#look()))
  }

  #look(): Undiagnosed {
    const { role, parts, ledger, alerts, board, settings, ...others } = this.#observed
    const { counters, latency, breakdown, slos } = ledger
    board.refresh()
    return {
      at: Date.now(),
      role,
      queue: parts.queue(),
      breaker: parts.breaker(),
      queueBreaker: parts.queueBreaker(),
      chain: parts.chain(),
      watch: parts.watch(),
      leveler: parts.leveler(),
      durations: parts.durations(),
      rebalances: parts.rebalances(),
      pool: parts.pool(),
      processes: parts.processes(),
      deadLetters: parts.deadLetters(),
      autoscaler: parts.autoscaler(),
      rateLimiter: others.rateLimiter(),
      latency: latency.snapshot(),
      breakdown: breakdown.snapshot(),
      counters: counters.snapshot(),
      slo: slos.snapshot(),
      experiment: others.experiment(),
      alerts: alerts.alerts(),
      alertHistory: alerts.history(),
      board: board.snapshot(),
      traces: { kept: others.tracesKept() },
      settings: settings.current,
    }
  }

  #diagnose(line: Undiagnosed): Diagnosis {
    return diagnose(diagnosable(line), { earlier: this.#earlier.earlier() })
  }
}

/** The line as the diagnosis reads it. */
function diagnosable(line: Undiagnosed): Parameters<typeof diagnose>[0] {
  const { breaker, queue, leveler, pool, deadLetters, autoscaler, latency, breakdown, counters, watch, alerts } = line
  return {
    breaker,
    queue: {
      depth: queue.depth,
      capacity: queue.capacity,
      oldestAgeMs: queue.oldestAgeMs,
      enqueueRate: leveler.enqueueRate,
      dequeueRate: leveler.dequeueRate,
      rejected: counters.byStatus.rejected,
    },
    leveler,
    pool,
    pools: line.processes,
    deadLetters,
    ...(autoscaler && { autoscaler: { ...autoscaler, plateau: autoscaler.plateau } }),
    latency,
    breakdown,
    signals: { errorRatio: counters.errorRatio },
    alerts: { firing: alerts.filter(({ state }) => state === 'firing').length },
    load: { perSecond: counters.incomingRate },
    downstream: {
      stages: DOWNSTREAM_STAGES,
      ...(watch.status !== 'unknown' && { isHealthy: watch.status === 'healthy' }),
    },
  }
}
