import { percentilesOf } from './percentiles.ts'
import { lampOf } from './reading.ts'
import { round, roundOrNull } from './round.ts'
import type { Service } from './service.ts'
import { STAGES } from './stations.ts'

const CIRCUIT = {
  closed: 'Closed',
  open: 'Open',
  'half-open': 'HalfOpen',
  'forced-open': 'ForcedOpen',
  disabled: 'Disabled',
} as const

/** The body of `GET /status`: the keys of the seeds, to the letter, and a few more. */
export function statusOf(service: Service): object {
  return {
    jidoka: jidoka(service),
    kanban: kanban(service),
    heijunka: heijunka(service),
    kaizen: kaizen(service),
    andon: andon(service),
  }
}

function jidoka({ stations: { breaker, counters }, watch }: Service): object {
  const { state, consecutiveFailures, totals, lastFailure, retryAfterMs } = breaker.snapshot()
  const { status, latencyMs, checkedAt, error } = watch.reading
  return {
    circuit_breaker: CIRCUIT[state],
    health_checks: {
      downstream: {
        status,
        latency_ms: roundOrNull(latencyMs),
        checked_at: checkedAt,
        ...(error !== undefined && { error }),
      },
    },
    failures: consecutiveFailures,
    failures_count: totals.failure,
    rejections: totals.rejected,
    signals_rejected: counters.byStatus.rejected,
    last_error: lastFailure?.message ?? null,
    last_failure_time: lastFailure ? new Date(Date.now() - lastFailure.agoMs).toISOString() : null,
    retry_after_ms: state === 'closed' ? 0 : retryAfterMs,
  }
}

function kanban({ stations: { leveler, pool, counters, deadLetters } }: Service): object {
  const { capacity, depth, oldestAgeMs } = leveler.snapshot()
  const { workers, busy, utilization } = pool.snapshot()
  return {
    queue_max_size: capacity,
    queue_current_depth: depth,
    depth,
    workers,
    workers_busy: busy,
    worker_utilization: round(utilization),
    processing_rate: round(counters.completedLately.perSecond),
    incoming_rate: round(counters.incoming.perSecond),
    oldest_age_ms: round(oldestAgeMs),
    dead_letters: deadLetters.size,
  }
}

function heijunka({ stations: { leveler } }: Service): object {
  const {
    strategy,
    workerLoads,
    imbalanceFactor,
    avgPerWorker,
    maxPerWorker,
    minPerWorker,
    rebalanceAttempts,
    itemsMoved,
  } = leveler.snapshot()
  return {
    strategy,
    worker_loads: workerLoads,
    imbalance_factor: round(imbalanceFactor),
    avg_per_worker: round(avgPerWorker),
    max_per_worker: maxPerWorker,
    min_per_worker: minPerWorker,
    rebalance_attempts: rebalanceAttempts,
    items_moved: itemsMoved,
  }
}

function kaizen({ stations: { latency, breakdown } }: Service): object {
  const stages = new Map<string, number | null>(breakdown.snapshot().stages.map(({ stage, mean }) => [stage, mean]))
  return {
    ...percentilesOf(latency),
    component_breakdown: Object.fromEntries(STAGES.map((stage) => [stage, roundOrNull(stages.get(stage) ?? null)])),
  }
}

function andon(service: Service): object {
  const { lamp, why } = lampOf(service)
  return {
    lamp,
    why,
    alerts: service.alerts.alerts().map(({ rule, severity, state, summary, value, startsAt, activeSince }) => ({
      name: rule,
      severity,
      state,
      summary,
      value,
      active_since: activeSince,
      starts_at: startsAt,
    })),
  }
}
