import type { AlertEmitter, Board } from '@tps/andon'
import { CircuitBreaker, type HealthMonitor } from '@tps/jidoka'
import type { Logger } from 'pino'
import { alertDurations, createAlerts, startAlerts } from './alerting/alerts.ts'
import { createBoard } from './alerting/board.ts'
import { Channels } from './alerting/channels.ts'
import type { Backend } from './backend.ts'
import { Chaos } from './chaos.ts'
import type { Config } from './config.ts'
import { Experiments } from './experiments.ts'
import { createHealth } from './health.ts'
import { History } from './history.ts'
import { Ingress } from './ingress.ts'
import { Intake, type QueueCut } from './line/intake.ts'
import { Ledger } from './line/ledger.ts'
import { Observation } from './observation.ts'
import type { Parts } from './parts.ts'
import { SignalRegister, type SignalRecord } from './register.ts'
import { openBackend } from './roles/backend.ts'
import { SettingsStore, initialSettings } from './settings.ts'
import type { LineSnapshots } from './snapshots.ts'
import { type Tools, openTools } from './tools.ts'

const REMEMBER_MS = 5_000
const BOARD_MS = 1_000
/** How long the queue is left alone once it could not be reached, in ms. */
const QUEUE_BREAK_MS = 1_000

/** The roles that have an API: signals are accepted here, and here it is known how they ended. */
export class Service {
  readonly config: Config
  readonly settings: SettingsStore
  readonly log: Logger
  readonly register: SignalRegister
  readonly ledger: Ledger
  readonly backend: Backend
  readonly intake: Intake
  readonly cut: QueueCut = { isCut: false }
  readonly ingress: Ingress
  readonly experiments: Experiments
  readonly alerts: AlertEmitter
  readonly board: Board
  readonly chaos: Chaos
  readonly history: History
  readonly health: HealthMonitor
  readonly parts: Parts
  readonly tools: Tools
  readonly #channels: Channels
  readonly #observation: Observation
  readonly #queueBreaker: CircuitBreaker
  #remembering: NodeJS.Timeout | undefined

  private constructor(base: Base, backend: Backend) {
    const { config, settings, log, register, experiments, ledger, tools } = base
    const { counters, latency } = ledger
    this.config = config
    this.log = log
    this.settings = settings
    this.register = register
    this.experiments = experiments
    this.ledger = ledger
    this.backend = backend
    this.tools = tools
    this.ingress = new Ingress(settings)
    this.#queueBreaker = new CircuitBreaker({
      name: 'queue',
      trip: { consecutiveFailures: config.CIRCUIT_BREAKER_THRESHOLD },
      break: { ms: Math.min(QUEUE_BREAK_MS, config.CIRCUIT_BREAKER_RESET_MS) },
      probe: { check: async () => await this.#ping() },
    })
    this.parts = this.#read()
    this.#channels = new Channels(config, log)
    this.alerts = this.#createAlerts()
    const p99 = (): number | null => latency.snapshot().p99
    const alerts = () => this.alerts.snapshot()
    this.board = createBoard({ parts: this.parts, counters, p99, alerts })
    this.intake = new Intake({
      queue: backend.queue,
      queueBreaker: this.#queueBreaker,
      cut: this.cut,
      gate: backend.gate,
      ledger,
      register,
      ingress: this.ingress,
      experiments,
      cord: this.board.cord,
      estimateWaitMs: () => backend.estimateWaitMs(),
      log,
    })
    this.chaos = new Chaos(this)
    this.#observation = new Observation({
      role: config.TPS_ROLE,
      parts: this.parts,
      ledger,
      alerts: this.alerts,
      board: this.board,
      settings,
      rateLimiter: () => this.ingress.snapshot(),
      experiment: () => experiments.snapshot(),
      tracesKept: () => tools.tracing.memory.snapshot().kept,
    })
    this.history = new History(
      () => this.observe(),
      (err) => log.error({ err, component: 'board' }, 'the line could not be read'),
    )
    this.health = createHealth({
      intake: this.intake,
      parts: this.parts,
      history: this.history,
      tracingFails: () => tools.tracing.failure,
    })
  }

  /** Starts everything but the API. */
  static async start(
    config: Config,
    log: Logger,
    settings: SettingsStore = new SettingsStore(initialSettings(config)),
  ): Promise<Service> {
    const register = new SignalRegister(config.SIGNALS_KEPT)
    const experiments = new Experiments(settings)
    const ledger = new Ledger(config, register, experiments, log)
    const tools = await openTools(config, log)
    const base = { config, settings, log, register, experiments, ledger, tools }
    const service = new Service(base, await openBackend(base))
    await service.#start()
    return service
  }

  /** Everything on the line at this moment. */
  observe(): LineSnapshots {
    return this.#observation.observe()
  }

  /** What is known of a signal. */
  async find(id: string): Promise<SignalRecord | undefined> {
    return this.register.get(id) ?? (await this.backend.find(id))
  }

  async #start(): Promise<void> {
    this.#connect()
    await this.backend.start()
    startAlerts(this.alerts, this.config.ALERT_EVERY_MS)
    this.board.start({ everyMs: BOARD_MS })
    this.history.start()
    this.health.start()
    this.#remembering = setInterval(() => this.#observation.remember(), REMEMBER_MS).unref()
  }

  /** A queue that was cut off on purpose can't be reached either. */
  async #ping(): Promise<void> {
    if (this.cut.isCut) throw new Error('the queue is cut off')
    await this.backend.ping()
  }

  #read(): Parts {
    const { parts } = this.backend
    return {
      ...parts,
      queue: () => {
        const state = parts.queue()
        return { ...state, connected: state.connected && !this.cut.isCut }
      },
      queueBreaker: () => this.#queueBreaker.snapshot(),
      durations: () => this.ledger.durations.snapshot(),
    }
  }

  #createAlerts(): AlertEmitter {
    const { counters, latency } = this.ledger
    const { parts } = this
    return createAlerts(
      {
        depthRatio: () => {
          const { depth, capacity } = parts.queue()
          return depth / capacity
        },
        p99: () => latency.snapshot().p99,
        errorRatio: () => counters.errorRatio,
        isCircuitOpen: () => ['open', 'forced-open'].includes(parts.breaker().state),
        utilization: () => parts.pool().utilization,
        isStalled: () => parts.queue().depth > 0 && counters.completedLately === 0,
      },
      alertDurations(this.config),
      this.#channels.list,
    )
  }

  /** What happens at one place is told to the others and to the log. */
  #connect(): void {
    const queue = this.log.child({ component: 'queue' })
    const breaker = this.#queueBreaker
    breaker.on('open', () => queue.error('the queue can not be reached'))
    breaker.on('close', ({ outageMs }) => queue.info({ outage_ms: outageMs }, 'the queue can be reached'))
    for (const event of ['open', 'halfOpen', 'close'] as const) breaker.on(event, () => this.history.note(breaker))
    this.backend.onCircuit((circuit) => this.history.note(circuit))
    this.health.on('change', ({ from, to }) => this.log.warn({ component: 'health', from, to }, 'health changed'))
    const andon = this.log.child({ component: 'andon' })
    const { cord } = this.board
    cord.on('stop', ({ pull }) => {
      andon.warn({ by: pull.by, reason: pull.reason }, 'cord pulled')
      this.backend.pause('cord')
    })
    cord.on('run', ({ stoppedMs }) => {
      andon.info({ stopped_ms: stoppedMs }, 'cord released')
      this.backend.resume('cord')
    })
  }

  /** Refuses what comes, finishes what was accepted, and stops. Resolves with how many signals didn't make it. */
  async drain(): Promise<number> {
    this.intake.close()
    // Experiments and trouble end first: they would keep what was accepted from being finished.
    this.experiments.stop()
    this.chaos.end()
    await this.backend.drain(this.config.SHUTDOWN_GRACE_MS)
    return this.backend.queue.mode === 'memory' ? this.register.active : 0
  }

  /** Gives everything back that `start` took. */
  async stop(): Promise<void> {
    clearInterval(this.#remembering)
    this.history.stop()
    this.health.stop()
    this.board.stop()
    this.alerts.stop()
    this.#queueBreaker[Symbol.dispose]()
    await this.#channels.stop(this.alerts)
    await this.backend.stop()
    await this.tools.stop()
  }
}

/** What is there before the backend. */
export type Base = Pick<Service, 'config' | 'settings' | 'log' | 'register' | 'experiments' | 'ledger' | 'tools'>
