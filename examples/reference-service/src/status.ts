import type { CircuitState } from '@tps/jidoka'
import { STAGES } from './counters.ts'
import { percentilesOf } from './percentiles.ts'
import { lampOf } from './lamp.ts'
import { round, roundOrNull } from './round.ts'
import type { LineSnapshots } from './snapshots.ts'

const CIRCUIT = {
  closed: 'Closed',
  open: 'Open',
  'half-open': 'HalfOpen',
  'forced-open': 'ForcedOpen',
  disabled: 'Disabled',
} as const satisfies Record<CircuitState, string>

/** The body of `GET /status`: the keys of the seeds, to the letter, and a few more. */
export function statusOf(line: LineSnapshots): object {
  return {
    role: line.role,
    jidoka: jidoka(line),
    kanban: kanban(line),
    heijunka: heijunka(line),
    kaizen: kaizen(line),
    andon: andon(line),
  }
}

/** The state of the worst circuit that a signal needs: that of the queue, else that of the downstream. */
function gate({ breaker, queueBreaker }: LineSnapshots): LineSnapshots['breaker'] {
  return queueBreaker.state === 'closed' ? breaker : queueBreaker
}

function jidoka(line: LineSnapshots): object {
  const { breaker, queueBreaker, chain, watch, counters } = line
  const { consecutiveFailures, totals, lastFailure } = breaker
  const { state, retryAfterMs } = gate(line)
  const { status, latencyMs, checkedAt, error } = watch
  return {
    circuit_breaker: CIRCUIT[state],
    circuit_breakers: Object.fromEntries(
      [...chain, queueBreaker].map((one) => [one.name, CIRCUIT[one.state]] as const),
    ),
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
    rejections: counters.rejectedBy['circuit breaker open'],
    signals_rejected: counters.byStatus.rejected,
    last_error: lastFailure?.message ?? null,
    last_failure_time: lastFailure ? new Date(line.at - lastFailure.agoMs).toISOString() : null,
    retry_after_ms: state === 'closed' ? 0 : retryAfterMs,
  }
}

function kanban({ queue, pool, counters, deadLetters, processes }: LineSnapshots): object {
  return {
    queue: queue.mode,
    queue_connected: queue.connected,
    queue_max_size: queue.capacity,
    queue_current_depth: queue.depth,
    queue_by_priority: queue.byPriority,
    depth: queue.depth,
    workers: pool.workers,
    workers_busy: pool.busy,
    worker_utilization: round(pool.utilization),
    worker_processes: processes.map(({ id, role, workers, busy, waiting }) => ({ id, role, workers, busy, waiting })),
    processing_rate: round(counters.processingRate),
    incoming_rate: round(counters.incomingRate),
    oldest_age_ms: round(queue.oldestAgeMs),
    dead_letters: deadLetters.size,
    duplicates: queue.duplicates,
  }
}

function heijunka({ leveler, durations, autoscaler, rateLimiter, rebalances }: LineSnapshots): object {
  return {
    strategy: leveler.strategy,
    worker_loads: leveler.workerLoads,
    imbalance_factor: round(leveler.imbalanceFactor),
    avg_per_worker: round(leveler.avgPerWorker),
    max_per_worker: leveler.maxPerWorker,
    min_per_worker: leveler.minPerWorker,
    rebalance_attempts: leveler.rebalanceAttempts,
    items_moved: leveler.itemsMoved,
    last_rebalance: rebalances.at(-1) ?? null,
    slow_kinds: durations.slowKeys,
    autoscaler: autoscaler && {
      min: autoscaler.min,
      max: autoscaler.max,
      recommended: autoscaler.recommended,
      explanation: autoscaler.explanation,
    },
    rate_limit: rateLimiter && { per_second: rateLimiter.limit, rejected: rateLimiter.totals.rejected },
  }
}

function kaizen({ latency, breakdown, slo }: LineSnapshots): object {
  const stages = new Map<string, number | null>(breakdown.stages.map(({ stage, mean }) => [stage, mean]))
  return {
    ...percentilesOf(latency),
    component_breakdown: Object.fromEntries(STAGES.map((stage) => [stage, roundOrNull(stages.get(stage) ?? null)])),
    slo: {
      latency_budget_remaining: round(slo.latency.budgetRemaining),
      availability_budget_remaining: round(slo.availability.budgetRemaining),
    },
  }
}

function andon(line: LineSnapshots): object {
  const { lamp, why } = lampOf(line)
  const { alerts, board, diagnosis } = line
  return {
    lamp,
    why,
    cord_pulled: board.cord.isPulled,
    severity: diagnosis.severity,
    findings: diagnosis.findings.length,
    alerts: alerts.map(({ rule, severity, state, summary, value, startsAt, activeSince }) => ({
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
