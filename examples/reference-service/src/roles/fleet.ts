import { CircuitBreaker, type CircuitBreakerSnapshot } from '@tps/jidoka'
import type { PoolSnapshot, WorkerReading } from '@tps/kanban'
import type { Backend } from '../backend.ts'
import { chainOf } from '../downstream/chain.ts'
import type { Gate } from '../line/intake.ts'
import type { Ledger } from '../line/ledger.ts'
import { ControlDesk } from '../nats/control.ts'
import { Fleet } from '../nats/fleet.ts'
import { NatsLink } from '../nats/link.ts'
import { NatsOutcomes } from '../nats/outcomes.ts'
import { REPORT_MS, type Report } from '../nats/report.ts'
import { percentilesOf } from '../percentiles.ts'
import { NatsSignalQueue } from '../queue/nats-signal-queue.ts'
import type { SignalRegister } from '../register.ts'
import type { Base } from '../service.ts'
import type { SettingsStore } from '../settings.ts'
import type { WorkerProcess } from '../snapshots.ts'
import type { Companion } from './companions.ts'
import type { HealthReading } from '../watch.ts'

const UNCHECKED: HealthReading = { status: 'unknown', latencyMs: null, checkedAt: null }
const LOOK_MS = 50

/** Workers and downstream in processes of their own, behind JetStream. What they are at is what they told last. */
export class FleetBackend implements Backend {
  readonly queue: NatsSignalQueue
  readonly gate: Gate
  readonly parts: Backend['parts']
  readonly #link: NatsLink
  readonly #outcomes: NatsOutcomes
  readonly #control: ControlDesk
  readonly #fleet = new Fleet()
  readonly #ledger: Ledger
  readonly #register: SignalRegister
  readonly #settings: SettingsStore
  /** What a circuit is like of which nothing is known. */
  readonly #unknown = new CircuitBreaker({ name: 'downstream' })
  readonly #circuits = new Map<string, CircuitBreakerSnapshot['state']>()
  readonly #companions: readonly Companion[]
  #timer: NodeJS.Timeout | undefined
  #onCircuit: Parameters<Backend['onCircuit']>[0] = () => {}

  private constructor(
    base: Base,
    link: NatsLink,
    queue: NatsSignalQueue,
    outcomes: NatsOutcomes,
    companions: readonly Companion[],
  ) {
    this.#companions = companions
    const { settings, ledger, register } = base
    this.queue = queue
    this.#link = link
    this.#outcomes = outcomes
    this.#ledger = ledger
    this.#register = register
    this.#settings = settings
    this.#control = new ControlDesk(link, settings)
    const fleet = this.#fleet
    this.gate = {
      // As long as one worker gets through, signals are worked off.
      get isOpen() {
        const circuits = fleet.reports().flatMap(({ report: { work } }) => (work ? [work.breaker.state] : []))
        return circuits.length > 0 && circuits.every((state) => state === 'open')
      },
      get retryAfterMs() {
        const waits = fleet.reports().flatMap(({ report: { work } }) => work?.breaker.retryAfterMs ?? [])
        return waits.length === 0 ? 0 : Math.min(...waits)
      },
    }
    this.parts = {
      queue: () => {
        const duplicates = this.#works().reduce((sum, work) => sum + work.duplicates, 0)
        return { ...queue.state(), duplicates, connected: link.isConnected }
      },
      breaker: () => this.#breaker(),
      chain: () => {
        const chain = fleet.reports().find(({ report }) => report.chain)?.report.chain
        return chainOf(this.#breaker(), chain ?? [undefined, undefined], this.#settings.current)
      },
      watch: () => this.#watch(),
      leveler: () => queue.leveler(this.#pool().perWorker.map(({ state }) => (state === 'idle' ? 0 : 1))),
      rebalances: () => [],
      pool: () => this.#pool(),
      deadLetters: () => queue.deadLetters.snapshot(),
      autoscaler: () => this.#works().find(({ autoscaler }) => autoscaler)?.autoscaler ?? null,
      processes: () => this.#processes(),
    }
  }

  /** Connects, and opens the queues. `companions` are the other roles, where they are in this process. */
  static async open(base: Base, companions: readonly Companion[]): Promise<FleetBackend> {
    const { config, ledger, log } = base
    const link = await NatsLink.open(config, log)
    const [queue, outcomes] = await Promise.all([
      NatsSignalQueue.open(link, config, ledger.durations),
      NatsOutcomes.open(link, config),
    ])
    return new FleetBackend(base, link, queue, outcomes, companions)
  }

  async start(): Promise<void> {
    this.#link.listen('report.*', (message) => this.#hear(message as Report))
    this.#link.listen('begun', (message) => this.#register.begun((message as { id: string }).id))
    this.#control.start()
    this.#timer = setInterval(() => {
      this.#link.tell('percentiles', percentilesOf(this.#ledger.latency.snapshot()))
    }, REPORT_MS).unref()
    const startedAt = Date.now()
    await this.#outcomes.follow((outcome, atMs) => {
      // What ended before this process began is known, but says nothing about now.
      if (atMs < startedAt) this.#register.finish(outcome)
      else this.#ledger.settle(outcome)
    })
  }

  onCircuit(listener: Parameters<Backend['onCircuit']>[0]): void {
    this.#onCircuit = listener
  }

  estimateWaitMs(): number {
    const { workers, meanHandlerMs } = this.#pool()
    return ((this.queue.state().depth + 1) * meanHandlerMs) / Math.max(1, workers)
  }

  async ping(): Promise<void> {
    if (!this.#link.isConnected) throw new Error('there is no connection to NATS')
    await this.#link.connection.flush()
  }

  async find(): Promise<undefined> {
    return undefined
  }

  async revive(): Promise<void> {}

  pause(reason: string): void {
    this.#control.pause(reason)
  }

  resume(reason: string): void {
    this.#control.resume(reason)
  }

  crashWorker(): undefined {
    return undefined
  }

  replaceWorker(): void {}

  /** What was accepted is safe on the server. Those who wait for a result still get it, if it comes in time. */
  async drain(graceMs: number): Promise<void> {
    this.queue.close()
    const endMs = performance.now() + graceMs
    while (this.#register.waiters > 0 && performance.now() < endMs)
      await new Promise((resolve) => void setTimeout(resolve, LOOK_MS))
    for (const companion of this.#companions) await companion.drain()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    for (const companion of this.#companions) await companion.stop()
    this.#control.stop()
    this.#outcomes.stop()
    await this.queue.stop()
    await this.#link.close()
  }

  #hear(report: Report): void {
    this.#fleet.hear(report)
    const state = report.work?.breaker.state
    if (state === undefined || state === (this.#circuits.get(report.id) ?? 'closed')) return
    this.#circuits.set(report.id, state)
    this.#onCircuit({ name: 'downstream', state })
  }

  /** What the workers of each process are at. */
  #works(): readonly NonNullable<Report['work']>[] {
    return this.#fleet.reports().flatMap(({ report: { work } }) => work ?? [])
  }

  /** The worst circuit of all workers. */
  #breaker(): CircuitBreakerSnapshot {
    const circuits = this.#works().map(({ breaker }) => breaker)
    const worst = WORST_FIRST.map((state) => circuits.find((one) => one.state === state)).find(Boolean)
    return worst ?? this.#unknown.snapshot()
  }

  #watch(): HealthReading {
    const readings = this.#works().map(({ watch }) => watch)
    return readings.find(({ status }) => status === 'unhealthy') ?? readings[0] ?? UNCHECKED
  }

  #pool(): PoolSnapshot {
    return together(this.#works().map(({ pool }) => pool))
  }

  #processes(): readonly WorkerProcess[] {
    return this.#fleet.reports().flatMap(({ report: { id, role, pid, work }, agoMs }) => {
      if (!work) return []
      const { workers, busy, utilization, processed, processingRate, meanHandlerMs } = work.pool
      const waiting = this.queue.waiting(role === 'worker-slow' ? 'slow' : 'fast')
      return [{ id, role, pid, agoMs, workers, busy, utilization, processed, processingRate, meanHandlerMs, waiting }]
    })
  }
}

const WORST_FIRST: readonly CircuitBreakerSnapshot['state'][] = [
  'forced-open',
  'open',
  'half-open',
  'disabled',
  'closed',
]

/** Several pools as one. */
function together(pools: readonly PoolSnapshot[]): PoolSnapshot {
  const sum = (pick: (pool: PoolSnapshot) => number): number => pools.reduce((total, pool) => total + pick(pool), 0)
  const workers = sum((pool) => pool.workers)
  const busy = sum((pool) => pool.busy)
  const measured = pools.filter(({ meanHandlerMs }) => meanHandlerMs > 0)
  const rate = measured.reduce((total, { processingRate }) => total + processingRate, 0)
  const weighted = measured.reduce((total, pool) => total + pool.meanHandlerMs * pool.processingRate, 0)
  const plain = measured.reduce((total, { meanHandlerMs }) => total + meanHandlerMs, 0) / Math.max(1, measured.length)
  return {
    name: 'workers',
    workers,
    busy,
    utilization: workers === 0 ? 0 : busy / workers,
    overdue: sum((pool) => pool.overdue),
    processed: sum((pool) => pool.processed),
    failed: sum((pool) => pool.failed),
    retried: sum((pool) => pool.retried),
    deadLettered: sum((pool) => pool.deadLettered),
    timedOut: sum((pool) => pool.timedOut),
    cancelled: sum((pool) => pool.cancelled),
    leasesLost: sum((pool) => pool.leasesLost),
    submitted: sum((pool) => pool.submitted),
    meanHandlerMs: rate > 0 ? weighted / rate : plain,
    processingRate: sum((pool) => pool.processingRate),
    estimatedWaitMs: Math.max(0, ...pools.map(({ estimatedWaitMs }) => estimatedWaitMs)),
    sourceSilentMs: Math.max(0, ...pools.map(({ sourceSilentMs }) => sourceSilentMs)),
    perWorker: pools.flatMap(({ perWorker }): readonly WorkerReading[] => perWorker),
    state: pools.length > 0 && pools.every(({ state }) => state === 'paused') ? 'paused' : 'running',
  }
}
