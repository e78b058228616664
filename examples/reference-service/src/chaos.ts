import type { Logger } from 'pino'
import type { Service } from './service.ts'

/** How long a crashed worker is gone before another one takes its place, in ms. */
const REPLACE_MS = 5_000
/** How slow the downstream becomes in a cascade, in ms. */
const CASCADE_MS = 5_000

type Troubled = Pick<Service, 'settings' | 'stations' | 'line' | 'board' | 'scale' | 'log'>

/** Trouble on purpose. `stop` ends all of it. */
export class Chaos {
  readonly #service: Troubled
  readonly #log: Logger
  #replacing: NodeJS.Timeout | undefined

  constructor(service: Troubled) {
    this.#service = service
    this.#log = service.log.child({ component: 'chaos' })
  }

  /** One worker dies in the middle of its work, and is replaced after a while. Its signal is taken up again. */
  crashWorker(): { worker: number; was_busy: boolean; replaced_in_ms: number } {
    const { pool } = this.#service.stations
    const worker = pool.workers - 1
    const isBusy = this.#service.line.crash(worker)
    this.#log.warn({ worker, was_busy: isBusy }, 'worker crashed')
    if (worker > 0) this.#service.scale(worker)
    else pool.pause()
    clearTimeout(this.#replacing)
    this.#replacing = setTimeout(() => this.#replace(), REPLACE_MS).unref()
    return { worker, was_busy: isBusy, replaced_in_ms: REPLACE_MS }
  }

  /** The queue can't be reached: workers get nothing, what comes is refused, what waits stays. */
  queueDown(): void {
    this.#log.warn('queue down')
    this.#service.line.isQueueUp = false
    this.#service.stations.pool.pause()
  }

  queueRecover(): void {
    this.#log.info('queue recovered')
    const { line, stations, board } = this.#service
    line.isQueueUp = true
    stations.queueBreaker.reset()
    if (!board.cord.isPulled) stations.pool.resume()
  }

  /** Signals go through the chain c → b → a, and a becomes slow. */
  cascade(latencyMs = CASCADE_MS): void {
    this.#log.warn({ latency_ms: latencyMs }, 'cascade')
    this.#service.settings.change({ downstream_chain: true, downstream_latency_ms: latencyMs })
  }

  /** Everything is well again. */
  stop(): void {
    if (this.#replacing) this.#replace()
    if (!this.#service.line.isQueueUp) this.queueRecover()
    const wells = ['downstream', 'downstream_b', 'downstream_c'] as const
    for (const name of wells)
      this.#service.settings.change({
        [`${name}_enabled`]: true,
        [`${name}_latency_ms`]: 0,
        [`${name}_error_ratio`]: 0,
      })
    this.#service.settings.change({ downstream_chain: false })
  }

  #replace(): void {
    clearTimeout(this.#replacing)
    this.#replacing = undefined
    const { line, board, stations, settings } = this.#service
    this.#service.scale(settings.current.workers)
    if (line.isQueueUp && !board.cord.isPulled) stations.pool.resume()
    this.#log.info({ workers: settings.current.workers }, 'worker replaced')
  }
}
