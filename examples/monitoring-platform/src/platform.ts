import { rateLimiter } from '@tps/heijunka'
import { CircuitBreaker } from '@tps/jidoka'
import type { Logger } from 'pino'
import { adminRoutes } from './admin.ts'
import type { AlertingSnapshot } from './alerting/answers.ts'
import { alertingRoutes } from './alerting/routes.ts'
import { type AlertingEngine, startAlerting } from './alerting/start.ts'
import { type App, createApp } from './app.ts'
import { ConfigError, type Config } from './config.ts'
import { answerErrors } from './errors.ts'
import { directRoute } from './ingestion/direct-route.ts'
import { Ingestion, type IngestionSnapshot } from './ingestion/ingestion.ts'
import { remoteWriteRoute } from './ingestion/remote-write-route.ts'
import { Scraper, type TargetSnapshot, parseTargets } from './ingestion/scraper.ts'
import { pageRoutes } from './page/page.ts'
import { prometheusRoutes } from './query/prometheus-routes.ts'
import { Query, type QuerySnapshot } from './query/query.ts'
import { queryRoutes } from './query/routes.ts'
import { openQueue } from './queue/open.ts'
import type { QueueSnapshot, SampleQueue } from './queue/queue.ts'
import type { SampleBatch } from './sample.ts'
import { SeriesTable } from './series.ts'
import { statusRoutes } from './status.ts'
import { StorageConsumer } from './storage/consumer.ts'
import { openStore } from './storage/open.ts'
import type { Store, StoreSnapshot } from './storage/store.ts'

/** Gets samples as they are accepted. What it throws is logged and changes nothing. It must not keep them waiting. */
export type SamplesListener = (batch: SampleBatch, series: SeriesTable) => void

/** Each component, and what holds it up as a number. Times are in ms, rates a second. */
export interface PlatformSnapshot {
  readonly profile: Config['PROFILE']
  readonly durability: Config['DURABILITY']
  readonly series: number
  readonly ingestion: IngestionSnapshot
  readonly queue: QueueSnapshot
  readonly storage: StoreSnapshot & { readonly inHand: number }
  readonly query: QuerySnapshot
  readonly alerting: AlertingSnapshot
  readonly targets: readonly TargetSnapshot[]
}

const HOUR_MS = 3_600_000

/**
 * The components in one process: ingestion, queue, storage consumer, query and the alerting engine, which listens with
 * `onSamples`. Add routes to `app`, listeners and what is to be stopped, then `listen`.
 */
export class Platform {
  readonly config: Config
  readonly log: Logger
  /** Every series that was ever seen, by the number that batches carry. */
  readonly series: SeriesTable
  /** Routes can be added until `listen`. */
  readonly app: App
  readonly store: Store
  readonly queue: SampleQueue
  readonly ingestion: Ingestion
  readonly consumer: StorageConsumer
  readonly query: Query
  readonly alerting: AlertingEngine
  /** Open while nothing can be stored. */
  readonly breaker: CircuitBreaker
  readonly #scraper: Scraper
  readonly #listeners: SamplesListener[] = []
  readonly #endings: (() => void | Promise<void>)[] = []
  #maintenance: NodeJS.Timeout | undefined
  #stopping: Promise<number> | undefined

  private constructor(
    config: Config,
    log: Logger,
    { series, store, queue, alerting }: Pick<Platform, 'series' | 'store' | 'queue' | 'alerting'>,
  ) {
    this.config = config
    this.log = log
    this.series = series
    this.store = store
    this.queue = queue
    this.alerting = alerting
    this.breaker = new CircuitBreaker({
      name: 'storage',
      trip: { consecutiveFailures: 1 },
      break: { ms: 500, factor: 2, maxMs: 5_000 },
    })
    this.ingestion = new Ingestion({
      series,
      queue,
      breaker: this.breaker,
      log: log.child({ component: 'ingestion' }),
      limiter:
        config.RATE_LIMIT === 0
          ? undefined
          : rateLimiter({
              name: 'clients',
              limit: config.RATE_LIMIT,
              ...(config.RATE_BURST > 0 && { burst: config.RATE_BURST }),
            }),
      // Of a shared queue, the process that stores a sample tells of it: it has all of a series.
      tell: (batch) => {
        if (!queue.isShared) this.#tell(batch)
      },
      gather: config.PROFILE === 'fast',
      retentionMs: config.RETENTION_MS,
      futureMs: config.FUTURE_MS,
    })
    this.consumer = new StorageConsumer({
      queue,
      store,
      breaker: this.breaker,
      log: log.child({ component: 'storage' }),
      flushSamples: config.FLUSH_SAMPLES,
      flushMs: config.FLUSH_MS,
      onTaken: ({ batches }) => {
        if (queue.isShared) for (const batch of batches) this.#tell(batch)
      },
    })
    this.query = new Query({
      store,
      flush: async () => await this.flush(),
      timeoutMs: config.QUERY_TIMEOUT_MS,
      maxRows: config.QUERY_MAX_ROWS,
    })
    this.#scraper = new Scraper({
      targets: scrapeTargets(config),
      everyMs: config.SCRAPE_MS,
      timeoutMs: config.SCRAPE_TIMEOUT_MS,
      maxBytes: config.BODY_LIMIT_BYTES,
      ingestion: this.ingestion,
      series,
      log: log.child({ component: 'scraper' }),
    })
    this.app = createApp(log, config.BODY_LIMIT_BYTES, directRoute(this.ingestion, config.BODY_LIMIT_BYTES))
    answerErrors(this.app)
    remoteWriteRoute(this.app, this)
    queryRoutes(this.app, this.query)
    prometheusRoutes(this.app, this.query)
    alertingRoutes(this.app, alerting)
    statusRoutes(this.app, this)
    adminRoutes(this.app, this)
    pageRoutes(this.app, this)
  }

  /** Opens everything, and stores what an earlier process had accepted and not stored. */
  static async start(config: Config, log: Logger): Promise<Platform> {
    const alerting = startAlerting(config, log.child({ component: 'alerting' }))
    const series = new SeriesTable(config.MAX_SERIES)
    let store: Store | undefined
    let queue: SampleQueue
    try {
      store = await openStore(config, series)
      queue = await openQueue(config, series, store, log.child({ component: 'queue' }))
    } catch (error) {
      await store?.close()
      await alerting.stop()
      throw error
    }
    const platform = new Platform(config, log, { series, store, queue, alerting })
    platform.onSamples((batch, table) => alerting.alerting.take(batch, table))
    platform.onStop(async () => await alerting.stop())
    platform.breaker.on('open', () => log.error({ component: 'storage' }, 'nothing can be stored; refusing samples'))
    platform.breaker.on('close', () => log.info({ component: 'storage' }, 'storing again'))
    if (config.ROLE === 'all') platform.consumer.start()
    platform.#maintenance = setInterval(() => void platform.#maintain(), config.MAINTENANCE_MS)
    return platform
  }

  /** Calls `listener` with all samples as they are accepted, before they are stored. Returns what ends that. */
  onSamples(listener: SamplesListener): () => void {
    this.#listeners.push(listener)
    return () => {
      const index = this.#listeners.indexOf(listener)
      if (index !== -1) this.#listeners.splice(index, 1)
    }
  }

  /** `ending` is called when the platform stops, once all samples are stored: the last one added first. */
  onStop(ending: () => void | Promise<void>): void {
    this.#endings.push(ending)
  }

  /** Resolves when everything that was accepted is stored. */
  async flush(): Promise<void> {
    await this.consumer.flush()
  }

  snapshot(): PlatformSnapshot {
    return {
      profile: this.config.PROFILE,
      durability: this.config.DURABILITY,
      series: this.series.size,
      ingestion: this.ingestion.snapshot(),
      queue: this.queue.snapshot(),
      storage: { ...this.store.snapshot(), inHand: this.consumer.snapshot().inHand },
      query: this.query.snapshot(),
      alerting: this.alerting.alerting.snapshot(),
      targets: this.#scraper.snapshot(),
    }
  }

  /** Begins to serve. Resolves with the URL. */
  async listen(): Promise<string> {
    const { HOST, PORT } = this.config
    await this.app.listen({ host: HOST, port: PORT, listenTextResolver: () => '' })
    this.#scraper.start()
    const { port } = this.app.server.address() as { port: number }
    return `http://${HOST === '0.0.0.0' ? 'localhost' : HOST}:${port}`
  }

  /**
   * Takes nothing more in, stores what was accepted, and gives everything back. Resolves with how many samples were not
   * stored within the grace period: those of a durable queue are stored by the next process.
   */
  async stop(): Promise<number> {
    this.#stopping ??= this.#stop()
    return await this.#stopping
  }

  async #stop(): Promise<number> {
    clearInterval(this.#maintenance)
    this.#scraper.stop()
    await this.app.close()
    this.queue.close()
    const left = await this.consumer.stop(this.config.SHUTDOWN_GRACE_MS)
    for (const ending of this.#endings.toReversed()) {
      try {
        await ending()
      } catch (error) {
        this.log.error({ err: error }, 'something could not be stopped')
      }
    }
    await this.queue.stop()
    await this.store.close()
    return left
  }

  #tell(batch: SampleBatch): void {
    for (const listener of this.#listeners) {
      try {
        listener(batch, this.series)
      } catch (error) {
        this.log.error({ err: error }, 'a listener for samples failed')
      }
    }
  }

  async #maintain(): Promise<void> {
    try {
      await this.store.retain(Math.floor((Date.now() - this.config.RETENTION_MS) / HOUR_MS) * HOUR_MS)
      await this.store.compact()
    } catch (error) {
      this.log.error({ err: error, component: 'storage' }, 'the store could not be put into order')
    }
  }
}

function scrapeTargets({ SCRAPE_TARGETS }: Config): ReturnType<typeof parseTargets> {
  try {
    return parseTargets(SCRAPE_TARGETS)
  } catch (error) {
    throw new ConfigError(`The configuration can't be used: ${error instanceof Error ? error.message : String(error)}`)
  }
}
