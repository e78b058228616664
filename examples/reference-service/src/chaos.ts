import type { Logger } from 'pino'
import type { Service } from './service.ts'

/** How slow the downstream becomes in a cascade, in ms. */
const CASCADE_MS = 5_000
const QUEUE = 'queue down'

type Troubled = Pick<Service, 'settings' | 'cut' | 'backend' | 'log'>

/** Trouble on purpose. `stop` ends all of it. */
export class Chaos {
  readonly #service: Troubled
  readonly #log: Logger

  constructor(service: Troubled) {
    this.#service = service
    this.#log = service.log.child({ component: 'chaos' })
  }

  /** One worker dies in the middle of its work, and is replaced after a while. `undefined`: workers are elsewhere. */
  crashWorker(): ReturnType<Troubled['backend']['crashWorker']> {
    return this.#service.backend.crashWorker()
  }

  /** The queue can't be reached: workers get nothing, what comes is refused, what waits stays. */
  queueDown(): void {
    this.#log.warn('queue down')
    this.#service.cut.isCut = true
    this.#service.backend.pause(QUEUE)
  }

  queueRecover(): void {
    this.#log.info('queue recovered')
    this.#service.cut.isCut = false
    this.#service.backend.resume(QUEUE)
  }

  /** Signals go through the chain c → b → a, and a becomes slow. */
  cascade(latencyMs = CASCADE_MS): void {
    this.#log.warn({ latency_ms: latencyMs }, 'cascade')
    this.#service.settings.change({ downstream_chain: true, downstream_latency_ms: latencyMs })
  }

  /** Everything is well again, the downstreams too. */
  stop(): void {
    this.end()
    const well = ['downstream', 'downstream_b', 'downstream_c'].map((name) => ({
      [`${name}_enabled`]: true,
      [`${name}_latency_ms`]: 0,
      [`${name}_error_ratio`]: 0,
    }))
    this.#service.settings.change(Object.assign({ downstream_chain: false }, ...well))
  }

  /** What keeps the line from working ends: the queue can be reached, the crashed worker is replaced. */
  end(): void {
    this.#service.backend.replaceWorker()
    if (this.#service.cut.isCut) this.queueRecover()
  }
}
