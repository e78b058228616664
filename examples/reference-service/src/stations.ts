import { CircuitBreaker } from '@tps/jidoka'
import { Breakdown, PercentileTracker } from '@tps/kaizen'
import { DeadLetterQueue, WorkerPool } from '@tps/kanban'
import { LoadLeveler } from '@tps/heijunka'
import type { Config } from './config.ts'
import type { DownstreamClient } from './downstream/client.ts'
import type { Settings } from './settings.ts'
import type { Signal } from './signal.ts'
import { WindowCounter } from './window-counter.ts'

/** The parts of a signal's way, in its order: the keys of `.kaizen.component_breakdown`. */
export const STAGES = [
  'api_receive',
  'enqueue',
  'dequeue_wait',
  'process_work',
  'jidoka_check',
  'metrics_record',
] as const

/** Rates are taken over this many seconds, error shares over the longer one. */
const RATE_SECONDS = 10
const ERROR_SECONDS = 60
const LATENCY_WINDOW_MS = 60_000

/** What happens to signals when a worker has pulled them. */
export type Work = (signal: Signal, context: { readonly signal: AbortSignal }) => Promise<void>

/** The stations of the line: one of each primitive, and the counters that the boards need. */
export interface Stations {
  readonly downstream: DownstreamClient
  readonly breaker: CircuitBreaker
  readonly leveler: LoadLeveler<Signal>
  readonly pool: WorkerPool<Signal, void>
  readonly deadLetters: DeadLetterQueue<Signal>
  /** Latency of the last minute, from arrival to end, in ms. */
  readonly latency: PercentileTracker
  readonly breakdown: Breakdown
  readonly counters: Counters
}

/** Plain counts of how signals fared. */
export class Counters {
  readonly #now = (): number => performance.now()
  /** Admitted and refused signals of the last seconds. */
  readonly incoming = new WindowCounter(RATE_SECONDS, this.#now)
  readonly completedLately = new WindowCounter(RATE_SECONDS, this.#now)
  readonly rejectedLately = new WindowCounter(RATE_SECONDS, this.#now)
  readonly good = new WindowCounter(ERROR_SECONDS, this.#now)
  readonly bad = new WindowCounter(ERROR_SECONDS, this.#now)
  readonly byStatus = { completed: 0, failed: 0, 'dead-lettered': 0, rejected: 0 }

  /** A signal ended, or was refused. A refused one is an error to its caller too. */
  count(status: keyof Counters['byStatus']): void {
    this.byStatus[status]++
    if (status === 'completed') {
      this.completedLately.add()
      this.good.add()
      return
    }
    if (status === 'rejected') this.rejectedLately.add()
    this.bad.add()
  }

  /** The share of the last minute's signals that failed or were refused; 0 when there were none. */
  get errorRatio(): number {
    const bad = this.bad.total
    return bad === 0 ? 0 : bad / (bad + this.good.total)
  }
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
