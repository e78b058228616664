import type { AlertEmitter, Board } from '@tps/andon'
import { logChannel } from '@tps/andon/channels'
import { CircuitBreaker } from '@tps/jidoka'
import type { Logger } from 'pino'
import { createAlerts, startAlerts } from './alerting/alerts.ts'
import { createBoard } from './alerting/board.ts'
import { Chaos } from './chaos.ts'
import type { Config } from './config.ts'
import { DownstreamClient } from './downstream/client.ts'
import { DownstreamServer } from './downstream/server.ts'
import { Experiments } from './experiments.ts'
import { History } from './history.ts'
import { Ingress } from './ingress.ts'
import { Line } from './line.ts'
import { localParts } from './local-parts.ts'
import { Observation } from './observation.ts'
import type { Parts } from './parts.ts'
import { RebalanceLog } from './rebalances.ts'
import { SignalRegister } from './register.ts'
import { SettingsStore, initialSettings } from './settings.ts'
import { Slos } from './slos.ts'
import type { LineSnapshots, QueueState } from './snapshots.ts'
import { type Stations, createStations } from './stations.ts'
import { DownstreamWatch } from './watch.ts'

const REMEMBER_MS = 5_000
const BOARD_MS = 1_000

/** The role `all`: queue, workers and the simulated downstream in one process. The API is put in front of it. */
export class Service {
  readonly config: Config
  readonly settings: SettingsStore
  readonly log: Logger
  readonly stations: Stations
  readonly register: SignalRegister
  readonly line: Line
  readonly watch: DownstreamWatch
  readonly slos = new Slos()
  readonly alerts: AlertEmitter
  readonly board: Board
  readonly ingress: Ingress
  readonly experiments: Experiments
  readonly chaos: Chaos
  readonly history: History
  readonly #parts: Parts
  readonly #observation: Observation
  readonly #rebalances = new RebalanceLog()
  readonly #server: DownstreamServer
  #remembering: NodeJS.Timeout | undefined

  private constructor(config: Config, log: Logger, server: DownstreamServer, downstreamUrl: string) {
    this.config = config
    this.log = log
    this.#server = server
    this.settings = new SettingsStore(initialSettings(config))
    this.register = new SignalRegister(config.SIGNALS_KEPT)
    const downstream = new DownstreamClient(downstreamUrl, config.DOWNSTREAM_TIMEOUT_MS)
    this.stations = createStations(config, this.settings.current, downstream, async (signal, context) => {
      await this.line.process(signal, context)
    })
    const { breaker, counters, latency, breakdown } = this.stations
    this.watch = new DownstreamWatch(breaker, downstream, config.HEALTH_CHECK_MS)
    this.#parts = localParts({
      role: config.TPS_ROLE,
      stations: this.stations,
      chain: [breaker, new CircuitBreaker({ name: 'downstream b' }), new CircuitBreaker({ name: 'downstream c' })],
      watch: this.watch,
      rebalances: this.#rebalances,
      queue: () => this.#queue(),
      autoscaler: () => null,
    })
    this.alerts = this.#alerts()
    const p99 = (): number | null => latency.snapshot().p99
    this.board = createBoard({ parts: this.#parts, counters, p99, alerts: () => this.alerts.snapshot() })
    this.ingress = new Ingress(this.settings)
    this.experiments = new Experiments(this.settings)
    const { slos, register, settings, ingress, experiments, board } = this
    const cord = board.cord
    this.line = new Line({ stations: this.stations, register, settings, slos, ingress, experiments, cord, log })
    this.chaos = new Chaos(this)
    this.#observation = new Observation({
      role: config.TPS_ROLE,
      parts: this.#parts,
      counters,
      latency,
      breakdown,
      slos,
      alerts: this.alerts,
      board,
      settings,
      rateLimiter: () => ingress.snapshot(),
      experiment: () => experiments.snapshot(),
      tracesKept: () => 0,
    })
    this.history = new History(this)
  }

  /** Starts everything but the API. */
  static async start(config: Config, log: Logger): Promise<Service> {
    const server = new DownstreamServer()
    const url = await server.listen(config.DOWNSTREAM_PORT)
    const service = new Service(config, log, server, url)
    service.#connect()
    await service.watch.start()
    startAlerts(service.alerts)
    service.board.start({ everyMs: BOARD_MS })
    service.history.start()
    service.#remembering = setInterval(() => service.#observation.remember(), REMEMBER_MS).unref()
    log.info({ component: 'downstream', url }, 'simulated downstream listening')
    return service
  }

  /** Everything on the line at this moment. */
  observe(): LineSnapshots {
    return this.#observation.observe()
  }

  /** How many workers pull from now on. */
  scale(workers: number): void {
    const { leveler, pool } = this.stations
    if (workers === pool.workers) return
    // The lanes come before the workers that pull from them, and go after them.
    if (workers > pool.workers) leveler.resize(workers)
    pool.resize(workers)
    leveler.resize(workers)
  }

  #queue(): QueueState {
    const { capacity, depth, leased, oldestAgeMs } = this.stations.leveler.snapshot()
    return {
      mode: 'memory',
      connected: this.line.isQueueUp,
      capacity,
      depth,
      byPriority: null,
      leased,
      oldestAgeMs,
    }
  }

  #alerts(): AlertEmitter {
    const { latency, counters, pool, leveler } = this.stations
    const { config, log } = this
    const parts = this.#parts
    return createAlerts(
      {
        depthRatio: () => this.#queue().depth / this.#queue().capacity,
        p99: () => latency.snapshot().p99,
        errorRatio: () => counters.errorRatio,
        isCircuitOpen: () => ['open', 'forced-open'].includes(parts.breaker().state),
        utilization: () => pool.snapshot().utilization,
        isStalled: () => leveler.depth > 0 && counters.completedLately === 0,
      },
      {
        HighQueueDepth: config.ALERT_HIGH_QUEUE_DEPTH_MS,
        HighLatency: config.ALERT_HIGH_LATENCY_MS,
        HighErrorRate: config.ALERT_HIGH_ERROR_RATE_MS,
        CircuitBreakerOpen: config.ALERT_CIRCUIT_BREAKER_OPEN_MS,
        HighWorkerUtilization: config.ALERT_HIGH_WORKER_UTILIZATION_MS,
        ProcessingRateZero: config.ALERT_PROCESSING_RATE_ZERO_MS,
      },
      [logChannel(log.child({ component: 'andon' }))],
    )
  }

  /** What happens at one station is told to the others and to the log. */
  #connect(): void {
    const { breaker, leveler, pool } = this.stations
    pool.on('deadLettered', ({ item, error }) => this.line.bury(item, error))
    const jidoka = this.log.child({ component: 'jidoka' })
    breaker.on('open', ({ reason, breakMs }) => jidoka.warn({ reason, break_ms: breakMs }, 'circuit opened'))
    breaker.on('halfOpen', () => jidoka.info('circuit half-open'))
    breaker.on('close', ({ outageMs }) => jidoka.info({ outage_ms: outageMs }, 'circuit closed'))
    const heijunka = this.log.child({ component: 'heijunka' })
    leveler.on('rebalance', (rebalance) => {
      this.#rebalances.add(rebalance)
      const { before, moves, after } = rebalance
      heijunka.info({ imbalance: before, threshold: leveler.snapshot().threshold }, 'Rebalance triggered')
      for (const { from, to, count } of moves)
        heijunka.info(`Moving ${count} items from worker-${from} to worker-${to}`)
      heijunka.info({ imbalance: after }, 'New imbalance')
    })
    const { cord } = this.board
    cord.on('stop', ({ pull }) => {
      this.log.warn({ component: 'andon', by: pull.by, reason: pull.reason }, 'cord pulled')
      pool.pause()
    })
    cord.on('run', ({ stoppedMs }) => {
      this.log.info({ component: 'andon', stopped_ms: stoppedMs }, 'cord released')
      if (this.line.isQueueUp) pool.resume()
    })
    this.settings.follow(({ downstream_enabled, downstream_latency_ms, downstream_error_ratio, workers }) => {
      this.#server.behave({
        enabled: downstream_enabled,
        latencyMs: downstream_latency_ms,
        errorRatio: downstream_error_ratio,
      })
      this.scale(workers)
    })
  }

  /** Refuses what comes, finishes what was accepted, and stops. Resolves with how many signals didn't make it. */
  async drain(): Promise<number> {
    this.line.close()
    this.stations.leveler.close()
    const { pool } = this.stations
    const timeout = new Promise<void>((resolve) => void setTimeout(resolve, this.config.SHUTDOWN_GRACE_MS).unref())
    await Promise.race([pool.drain(), timeout])
    await pool.stop({ graceMs: 0 })
    return this.register.active
  }

  /** Gives everything back that `start` took. */
  async stop(): Promise<void> {
    clearInterval(this.#remembering)
    this.experiments.stop()
    this.chaos.stop()
    this.history.stop()
    this.watch.stop()
    this.board.stop()
    this.alerts.stop()
    this.stations.leveler.stop()
    await this.#server.close()
  }
}
