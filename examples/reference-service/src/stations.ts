import { CircuitBreaker } from '@tps/jidoka'
import { Breakdown, PercentileTracker } from '@tps/kaizen'
import { DeadLetterQueue, WorkerPool } from '@tps/kanban'
import { DurationClassifier, LoadLeveler } from '@tps/heijunka'
import type { Config } from './config.ts'
import { Counters, STAGES, type Stage } from './counters.ts'
import type { DownstreamClient } from './downstream/client.ts'
import type { Settings } from './settings.ts'
import type { Signal } from './signal.ts'

/** How far back latencies are looked at. */
const LATENCY_WINDOW_MS = 60_000

/** What happens to signals when a worker has pulled them. */
export type Work = (signal: Signal, context: { readonly signal: AbortSignal; readonly worker: number }) => Promise<void>

/** The stations of the line: one of each primitive, and the counters that the boards need. */
export interface Stations {
  readonly downstream: DownstreamClient
  readonly breaker: CircuitBreaker
  /** In front of the queue. */
  readonly queueBreaker: CircuitBreaker
  readonly leveler: LoadLeveler<Signal>
  readonly pool: WorkerPool<Signal, void>
  readonly deadLetters: DeadLetterQueue<Signal>
  /** Latency of the last minute, from arrival to end, in ms. */
  readonly latency: PercentileTracker
  readonly breakdown: Breakdown<Stage>
  readonly durations: DurationClassifier<string>
  readonly counters: Counters
}

/** Builds the stations. `work` is called by the workers. */
export function createStations(config: Config, settings: Settings, downstream: DownstreamClient, work: Work): Stations {
  const perWorker = config.HEIJUNKA_STRATEGY === 'per-worker'
  const leveler = new LoadLeveler<Signal>({
    name: 'signals',
    workers: settings.workers,
    capacity: config.MAX_QUEUE_DEPTH,
    strategy: config.HEIJUNKA_STRATEGY,
    everyMs: config.HEIJUNKA_REBALANCE_MS,
    // The labs watch the lanes being levelled; stealing would do it before they can look.
    steal: false,
  })
  const deadLetters = new DeadLetterQueue<Signal>({ name: 'signals', capacity: config.DEAD_LETTERS_KEPT })
  return {
    downstream,
    leveler,
    deadLetters,
    queueBreaker: new CircuitBreaker({
      name: 'queue',
      trip: { consecutiveFailures: config.CIRCUIT_BREAKER_THRESHOLD },
    }),
    durations: new DurationClassifier<string>({ name: 'signals', slowMs: 50 }),
    breaker: new CircuitBreaker({
      name: 'downstream',
      trip: { consecutiveFailures: config.CIRCUIT_BREAKER_THRESHOLD },
      break: { ms: config.CIRCUIT_BREAKER_RESET_MS },
      probe: { maxWaitMs: config.DOWNSTREAM_TIMEOUT_MS + 1_000 },
    }),
    pool: new WorkerPool<Signal, void>(
      {
        name: 'workers',
        source: perWorker ? (worker) => leveler.lane(worker) : leveler,
        intake: leveler,
        workers: settings.workers,
        attempts: 1,
        deadLetters,
      },
      work,
    ),
    latency: new PercentileTracker({ name: 'signals', windowMs: LATENCY_WINDOW_MS }),
    breakdown: new Breakdown({ name: 'signals', stages: STAGES, windowMs: LATENCY_WINDOW_MS }),
    counters: new Counters(),
  }
}
