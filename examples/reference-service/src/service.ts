import type { AlertEmitter } from '@tps/andon'
import type { Logger } from 'pino'
import { createAlerts, startAlerts } from './alerts.ts'
import type { Config } from './config.ts'
import { DownstreamClient } from './downstream/client.ts'
import { DownstreamServer } from './downstream/server.ts'
import { History } from './history.ts'
import { Line } from './line.ts'
import { SignalRegister } from './register.ts'
import { SettingsStore } from './settings.ts'
import { type Stations, createStations } from './stations.ts'
import { DownstreamWatch } from './watch.ts'

/** The role `all`: queue, workers and the simulated downstream in one process. The API is put in front of it. */
export class Service {
  readonly config: Config
  readonly settings: SettingsStore
  readonly log: Logger
  readonly stations: Stations
  readonly register: SignalRegister
  readonly line: Line
  readonly watch: DownstreamWatch
  readonly alerts: AlertEmitter
  readonly history: History
  readonly #server: DownstreamServer

  private constructor(config: Config, log: Logger, server: DownstreamServer, downstreamUrl: string) {
    this.config = config
    this.log = log
    this.#server = server
    this.settings = new SettingsStore({
      downstream_enabled: true,
      downstream_latency_ms: 0,
      downstream_error_ratio: 0,
      task_ms: config.TASK_MS,
      workers: config.WORKER_COUNT,
    })
    this.register = new SignalRegister(config.SIGNALS_KEPT)
    const downstream = new DownstreamClient(downstreamUrl, config.DOWNSTREAM_TIMEOUT_MS)
    this.stations = createStations(config, this.settings.current, downstream, async (signal, context) => {
      await this.line.process(signal, context.signal)
    })
    this.line = new Line(this.stations, this.register, this.settings, log)
    this.watch = new DownstreamWatch(this.stations.breaker, downstream, config.HEALTH_CHECK_MS)
    this.alerts = createAlerts(this.stations, log.child({ component: 'andon' }))
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
    service.history.start()
    log.info({ component: 'downstream', url }, 'simulated downstream listening')
    return service
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
    leveler.on('rebalance', ({ before, moves, after }) => {
      heijunka.info({ imbalance: before, threshold: leveler.snapshot().threshold }, 'Rebalance triggered')
      for (const { from, to, count } of moves)
        heijunka.info(`Moving ${count} items from worker-${from} to worker-${to}`)
      heijunka.info({ imbalance: after }, 'New imbalance')
    })
    this.settings.follow(({ downstream_enabled, downstream_latency_ms, downstream_error_ratio, workers }) => {
      this.#server.behave({
        enabled: downstream_enabled,
        latencyMs: downstream_latency_ms,
        errorRatio: downstream_error_ratio,
      })
      if (workers === pool.snapshot().workers) return
      // The lanes come before the workers that pull from them, and go after them.
      if (workers > pool.snapshot().workers) leveler.resize(workers)
      pool.resize(workers)
      leveler.resize(workers)
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
    this.history.stop()
    this.watch.stop()
    this.alerts.stop()
    this.stations.leveler.stop()
    await this.#server.close()
  }
}
