import type { AutoscalerSnapshot } from '@tps/heijunka'
import { CircuitBreaker } from '@tps/jidoka'
import { WorkerPool } from '@tps/kanban'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { DownstreamEntry } from './downstream/entry.ts'
import type { Outcome } from './line/outcome.ts'
import { WorkerCrashError } from './line/runs.ts'
import { Work } from './line/work.ts'
import type { Percentiles } from './percentiles.ts'
import type { WorkQueue } from './queue/signal-queue.ts'
import { Scaler } from './scaler.ts'
import type { SettingsStore } from './settings.ts'
import type { Signal } from './signal.ts'
import type { Tools } from './tools.ts'
import { DownstreamWatch } from './watch.ts'

/** What a workshop is made of. */
export interface WorkshopParts {
  readonly config: Config
  readonly settings: SettingsStore
  readonly queue: WorkQueue
  readonly tools: Pick<Tools, 'tasks' | 'tracing'>
  readonly report: () => Percentiles
  /** Where the downstream is. */
  readonly downstreamUrl: string
  /** Whether that is the simulated one, which has a chain. */
  readonly isSimulated: boolean
  readonly begun: (signal: Signal) => void
  readonly deliver: (outcome: Outcome, signal: Signal) => void | Promise<void>
  readonly log: Logger
}

/** The workers of this process, and what they need: their pool, the circuit in front of the downstream, and its watch. */
export class Workshop {
  readonly breaker: CircuitBreaker
  readonly pool: WorkerPool<Signal, void>
  readonly watch: DownstreamWatch
  readonly work: Work
  readonly #parts: WorkshopParts
  readonly #downstream: DownstreamEntry
  readonly #scaler: Scaler
  readonly #log: Logger
  /** Why the workers stand still: each reason counts. */
  readonly #pauses = new Set<string>()
  #replacing: NodeJS.Timeout | undefined

  constructor(parts: WorkshopParts) {
    const { config, settings, queue, downstreamUrl: url, isSimulated, log } = parts
    this.#parts = parts
    this.#log = log.child({ component: 'worker' })
    this.breaker = new CircuitBreaker({
      name: 'downstream',
      trip: { consecutiveFailures: config.CIRCUIT_BREAKER_THRESHOLD },
      break: { ms: config.CIRCUIT_BREAKER_RESET_MS },
      probe: { maxWaitMs: config.DOWNSTREAM_TIMEOUT_MS + 1_000 },
    })
    const options = { url, timeoutMs: config.DOWNSTREAM_TIMEOUT_MS }
    this.#downstream = new DownstreamEntry(options, settings, this.breaker, isSimulated)
    this.watch = new DownstreamWatch(this.breaker, this.#downstream, config.HEALTH_CHECK_MS)
    const { tasks, tracing } = parts.tools
    if (!tasks) throw new Error('a workshop needs what does the tasks')
    this.work = new Work({
      settings,
      executeTask: tasks.executeTask,
      breaker: this.breaker,
      downstream: this.#downstream,
      report: parts.report,
      begun: parts.begun,
      deliver: parts.deliver,
      giveBack: (signal) => queue.giveBack(signal),
      tracing,
      log,
    })
    this.pool = new WorkerPool<Signal, void>(
      {
        name: 'workers',
        source: (worker) => queue.source(worker),
        workers: settings.current.workers,
        attempts: config.TASK_ATTEMPTS,
        deadLetters: { add: (dead) => queue.bury?.(dead) },
      },
      (signal, context) => this.work.process(signal, context),
    )
    this.pool.on('retried', ({ item, attempt, error }) => {
      const reason = error instanceof Error ? error.message : String(error)
      item.trace?.requeued(item, 'retry_attempt', () => ({ attempt: attempt + 1, reason }))
    })
    this.pool.on('deadLettered', ({ item, error }) => this.#bury(item, error))
    this.pool.on('sourceError', ({ error }) => this.#log.error({ err: error }, 'the queue gives nothing'))
    this.#scaler = new Scaler(
      config,
      settings,
      this.pool,
      () => queue.state().depth,
      (workers) => this.#resize(workers),
    )
  }

  /** Checks the downstream, then lets the watch and the scaler run. */
  async start(): Promise<void> {
    const jidoka = this.#parts.log.child({ component: 'jidoka' })
    this.breaker.on('open', ({ reason, breakMs }) => jidoka.warn({ reason, break_ms: breakMs }, 'circuit opened'))
    this.breaker.on('halfOpen', () => jidoka.info('circuit half-open'))
    this.breaker.on('close', ({ outageMs }) => jidoka.info({ outage_ms: outageMs }, 'circuit closed'))
    await this.watch.start()
    this.#scaler.start()
  }

  autoscaler(): AutoscalerSnapshot | null {
    return this.#scaler.snapshot()
  }

  /** One worker dies in the middle of its work, and is replaced after a while. Its signal is taken up again. */
  crashWorker(): { worker: number; was_busy: boolean; replaced_in_ms: number } {
    const replacedInMs = this.#parts.config.WORKER_REPLACE_MS
    const before = this.pool.workers
    const worker = before - 1
    const isBusy = this.work.crash(worker)
    this.#log.warn({ worker, was_busy: isBusy }, 'worker crashed')
    if (worker > 0) this.#resize(worker)
    else this.pause('crash')
    clearTimeout(this.#replacing)
    this.#replacing = setTimeout(() => this.replaceWorker(), replacedInMs).unref()
    return { worker, was_busy: isBusy, replaced_in_ms: replacedInMs }
  }

  /** The worker that crashed is replaced now. */
  replaceWorker(): void {
    if (!this.#replacing) return
    clearTimeout(this.#replacing)
    this.#replacing = undefined
    this.#scaler.restore()
    this.resume('crash')
    this.#log.info({ workers: this.pool.workers }, 'worker replaced')
  }

  /** The workers take nothing more, until every reason is gone. */
  pause(reason: string): void {
    this.#pauses.add(reason)
    this.pool.pause()
  }

  resume(reason: string): void {
    if (this.#pauses.delete(reason) && this.#pauses.size === 0) this.pool.resume()
  }

  /** Finishes what is in the queue, for at most `graceMs`, and ends. */
  async drain(graceMs: number): Promise<void> {
    this.#scaler.stop()
    const timeout = new Promise<void>((resolve) => void setTimeout(resolve, graceMs).unref())
    await Promise.race([this.pool.drain(), timeout])
    await this.pool.stop({ graceMs: 0 })
  }

  /** Finishes what the workers have in hand, for at most `graceMs`, and ends: what waits is for other processes. */
  async leave(graceMs: number): Promise<void> {
    this.#scaler.stop()
    await this.pool.stop({ graceMs })
  }

  stop(): void {
    clearTimeout(this.#replacing)
    this.#scaler.stop()
    this.watch.stop()
    this.#downstream.close()
    this.breaker[Symbol.dispose]()
  }

  #bury(signal: Signal, error: unknown): void {
    if (error instanceof WorkerCrashError) return
    const buried = this.work.bury(signal, error)
    if (buried instanceof Promise)
      buried.catch((failure: unknown) => this.#log.error({ err: failure }, 'an outcome could not be told'))
  }

  /** How many workers pull from now on. The lanes come before the workers that pull from them, and go after them. */
  #resize(workers: number): void {
    const { pool } = this
    const { queue } = this.#parts
    if (workers === pool.workers) return
    if (workers > pool.workers) queue.resize(workers)
    pool.resize(workers)
    queue.resize(workers)
  }
}
