import type { Logger } from 'pino'
import type { Backend } from '../backend.ts'
import type { Config } from '../config.ts'
import { chainOf } from '../downstream/chain.ts'
import { DownstreamServer } from '../downstream/server.ts'
import type { Gate } from '../line/intake.ts'
import type { Ledger } from '../line/ledger.ts'
import { percentilesOf } from '../percentiles.ts'
import type { Outcome } from '../line/outcome.ts'
import { MemoryQueue } from '../queue/memory-queue.ts'
import { SqliteSignalQueue } from '../queue/sqlite-signal-queue.ts'
import type { SignalRecord, SignalRegister } from '../register.ts'
import { RebalanceLog } from '../rebalances.ts'
import type { SettingsStore } from '../settings.ts'
import type { Tools } from '../tools.ts'
import { Workshop } from '../workshop.ts'

/** The queues that are in this process. */
type EmbeddedQueue = MemoryQueue | SqliteSignalQueue

/** What an embedded backend is made of. */
export interface EmbeddedParts {
  readonly config: Config
  readonly settings: SettingsStore
  readonly ledger: Ledger
  readonly register: SignalRegister
  readonly tools: Tools
  readonly log: Logger
}

/** Queue, workers and the simulated downstream, all in this process. */
export class EmbeddedBackend implements Backend {
  readonly queue: EmbeddedQueue
  readonly gate: Gate
  readonly parts: Backend['parts']
  readonly #config: Config
  readonly #log: Logger
  readonly #server: DownstreamServer
  readonly #rebalances = new RebalanceLog()
  readonly #workshop: Workshop

  private constructor(parts: EmbeddedParts, queue: EmbeddedQueue, server: DownstreamServer, url: string) {
    const { config, settings, ledger, register, tools, log } = parts
    this.#config = config
    this.#log = log
    this.queue = queue
    this.#server = server
    this.#workshop = new Workshop({
      config,
      settings,
      queue,
      tools,
      report: () => percentilesOf(ledger.latency.snapshot()),
      downstreamUrl: url,
      isSimulated: config.DOWNSTREAM_URL === undefined,
      // After a restart there are signals in the file that nobody here has accepted.
      begun: queue.mode === 'memory' ? () => {} : (signal) => register.add(signal),
      deliver:
        queue.mode === 'memory'
          ? (outcome) => ledger.settle(outcome)
          : async (outcome) => await settleOnce(queue, parts, outcome),
      log,
    })
    const { breaker, pool, watch } = this.#workshop
    this.gate = {
      get isOpen() {
        return breaker.state === 'open'
      },
      get retryAfterMs() {
        return breaker.snapshot().retryAfterMs ?? 0
      },
    }
    this.parts = {
      queue: () => ({ ...queue.state(), connected: true }),
      breaker: () => breaker.snapshot(),
      chain: () => chainOf(breaker.snapshot(), server.chain(), settings.current),
      watch: () => watch.reading,
      leveler: () => queue.leveler(),
      rebalances: () => this.#rebalances.records,
      pool: () => pool.snapshot(),
      deadLetters: () => queue.deadLetters.snapshot(),
      autoscaler: () => this.#workshop.autoscaler(),
      processes: () => {
        const { workers, busy, utilization, processed, processingRate, meanHandlerMs } = pool.snapshot()
        const work = { workers, busy, utilization, processed, processingRate, meanHandlerMs }
        const who = { id: String(process.pid), role: config.TPS_ROLE, pid: process.pid, agoMs: 0 }
        return [{ ...who, ...work, waiting: queue.state().depth }]
      },
    }
  }

  /** Opens the queue, and starts the simulated downstream. */
  static async open(parts: EmbeddedParts): Promise<EmbeddedBackend> {
    const { config, settings, ledger, tools, log } = parts
    const server = new DownstreamServer(config, settings, { tracing: tools.tracing })
    const simulated = await server.listen(config.DOWNSTREAM_PORT)
    log.info({ component: 'downstream', url: simulated }, 'simulated downstream listening')
    const { workers } = settings.current
    const queue =
      config.QUEUE === 'sqlite'
        ? await SqliteSignalQueue.open(config, workers)
        : new MemoryQueue(config, ledger.durations, workers)
    return new EmbeddedBackend(parts, queue, server, config.DOWNSTREAM_URL ?? simulated)
  }

  async start(): Promise<void> {
    const heijunka = this.#log.child({ component: 'heijunka' })
    if (this.queue.mode === 'memory')
      this.queue.onRebalance((rebalance) => {
        this.#rebalances.add(rebalance)
        const { before, moves, after } = rebalance
        heijunka.info({ imbalance: before, threshold: this.#config.HEIJUNKA_THRESHOLD }, 'Rebalance triggered')
        for (const { from, to, count } of moves)
          heijunka.info(`Moving ${count} items from worker-${from} to worker-${to}`)
        heijunka.info({ imbalance: after }, 'New imbalance')
      })
    await this.#workshop.start()
  }

  onCircuit(listener: Parameters<Backend['onCircuit']>[0]): void {
    const { breaker } = this.#workshop
    for (const event of ['open', 'halfOpen', 'close'] as const) breaker.on(event, () => listener(breaker))
  }

  estimateWaitMs(): number {
    const { workers, meanHandlerMs } = this.#workshop.pool.snapshot()
    return ((this.queue.state().depth + 1) * meanHandlerMs) / workers
  }

  async ping(): Promise<void> {}

  async find(id: string): Promise<SignalRecord | undefined> {
    return this.queue.mode === 'sqlite' ? await this.queue.find(id) : undefined
  }

  async revive(id: string): Promise<void> {
    if (this.queue.mode === 'sqlite') await this.queue.revive(id)
  }

  pause(reason: string): void {
    this.#workshop.pause(reason)
  }

  resume(reason: string): void {
    this.#workshop.resume(reason)
  }

  crashWorker(): ReturnType<Workshop['crashWorker']> {
    return this.#workshop.crashWorker()
  }

  replaceWorker(): void {
    this.#workshop.replaceWorker()
  }

  async drain(graceMs: number): Promise<void> {
    this.queue.close()
    await this.#workshop.drain(graceMs)
  }

  async stop(): Promise<void> {
    this.#workshop.stop()
    await this.queue.stop()
    await this.#server.close()
  }
}

/** A signal that was worked on twice has one end. */
async function settleOnce(
  queue: SqliteSignalQueue,
  { ledger, register }: EmbeddedParts,
  outcome: Outcome,
): Promise<void> {
  if (await queue.ended(outcome)) ledger.settle(outcome)
  else register.drop(outcome.id)
}
