import { AlertEmitter, Board, diagnose } from '@tps/andon'
import { DurationClassifier, LoadLeveler } from '@tps/heijunka'
import { CircuitBreaker } from '@tps/jidoka'
import { Breakdown, PercentileTracker, Slo } from '@tps/kaizen'
import { DeadLetterQueue, WorkerPool } from '@tps/kanban'
import { readConfig } from './config.ts'
import { Counters, STAGES } from './counters.ts'
import { initialSettings } from './settings.ts'
import type { LineSnapshots } from './snapshots.ts'

/** A line that is well and has nothing to do, made of the snapshots of real primitives; `changes` makes it another one. */
export function snapshotsOf(changes: Partial<LineSnapshots> = {}): LineSnapshots {
  const breaker = new CircuitBreaker({ name: 'downstream' }).snapshot()
  const leveler = new LoadLeveler<string>({ workers: 2, capacity: 100, strategy: 'per-worker' })
  const pool = new WorkerPool<string>({ source: (worker) => leveler.lane(worker), workers: 2 }, () => {})
  const line: LineSnapshots = {
    at: Date.UTC(2026, 0, 25, 14),
    role: 'all',
    queue: {
      mode: 'memory',
      connected: true,
      capacity: 100,
      depth: 0,
      byPriority: null,
      leased: 0,
      oldestAgeMs: 0,
      duplicates: 0,
    },
    breaker,
    queueBreaker: { ...breaker, name: 'queue' },
    chain: ['a', 'b', 'c'].map((name) => new CircuitBreaker({ name }).snapshot()),
    watch: { status: 'healthy', latencyMs: 2, checkedAt: '2026-01-25T14:00:00.000Z' },
    leveler: leveler.snapshot(),
    durations: new DurationClassifier<string>({ slowMs: 50 }).snapshot(),
    rebalances: [],
    pool: pool.snapshot(),
    processes: [],
    deadLetters: new DeadLetterQueue<string>({ capacity: 10 }).snapshot(),
    autoscaler: null,
    rateLimiter: null,
    latency: new PercentileTracker({}).snapshot(),
    breakdown: new Breakdown({ stages: STAGES }).snapshot(),
    counters: {
      incomingRate: 0,
      processingRate: 0,
      rejectionRate: 0,
      completedLately: 0,
      errorRatio: 0,
      byStatus: { completed: 0, failed: 0, 'dead-lettered': 0, rejected: 0 },
      rejectedBy: new Counters().rejectedBy,
    },
    slo: {
      latency: new Slo({ name: 'latency', target: 0.99, threshold: 100 }).snapshot(),
      availability: new Slo({ name: 'availability', target: 0.99 }).snapshot(),
    },
    experiment: null,
    alerts: [],
    alertHistory: [],
    board: new Board({}).snapshot(),
    diagnosis: diagnose({}),
    traces: { kept: 0 },
    settings: initialSettings(readConfig({})),
  }
  void pool.stop({ graceMs: 0 })
  leveler.stop()
  return { ...line, ...changes }
}

/** An alert in the given state. */
export function alertOf(state: 'pending' | 'firing', severity: 'red' | 'yellow'): LineSnapshots['alerts'][number] {
  const emitter = new AlertEmitter({
    rules: [
      {
        name: 'TooMuch',
        severity,
        summary: 'too much',
        threshold: { above: 1 },
        forMs: state === 'pending' ? 60_000 : 0,
        source: () => 2,
      },
    ],
    channels: [],
  })
  emitter.evaluate()
  const [alert] = emitter.alerts()
  if (!alert) throw new Error('no alert')
  return alert
}
