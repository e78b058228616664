import type { Logger } from 'pino'
import { type App, createApp } from './app.ts'
import type { Config } from './config.ts'
import type { SampleBatch } from './sample.ts'
import { SeriesTable } from './series.ts'

/** Gets samples as they are accepted. What it throws is logged and changes nothing. It must not keep them waiting. */
export type SamplesListener = (batch: SampleBatch, series: SeriesTable) => void

/**
 * The five components in one process. Add routes to `app`, listeners and what is to be stopped, then `listen`.
 */
export class Platform {
  readonly config: Config
  readonly log: Logger
  /** Every series that was ever seen, by the number that batches carry. */
  readonly series: SeriesTable
  /** Routes can be added until `listen`. */
  readonly app: App
  readonly #listeners: SamplesListener[] = []
  readonly #endings: (() => void | Promise<void>)[] = []

  private constructor(config: Config, log: Logger) {
    this.config = config
    this.log = log
    this.series = new SeriesTable(config.MAX_SERIES)
    this.app = createApp(log, config.BODY_LIMIT_BYTES)
  }

  /** Opens everything. */
  static async start(config: Config, log: Logger): Promise<Platform> {
    return await Promise.resolve(new Platform(config, log))
  }

  /** Calls `listener` with all samples as they are accepted, before they are stored. Returns what ends that. */
  onSamples(listener: SamplesListener): () => void {
    this.#listeners.push(listener)
    return () => {
      const index = this.#listeners.indexOf(listener)
      if (index !== -1) this.#listeners.splice(index, 1)
    }
  }

  /** `ending` is called when the platform stops, before the components: the last one added first. */
  onStop(ending: () => void | Promise<void>): void {
    this.#endings.push(ending)
  }

  /** Tells the listeners. */
  protected tell(batch: SampleBatch): void {
    for (const listener of this.#listeners) {
      try {
        listener(batch, this.series)
      } catch (error) {
        this.log.error({ err: error }, 'a listener for samples failed')
      }
    }
  }

  /** Begins to serve. Resolves with the URL. */
  async listen(): Promise<string> {
    const { HOST, PORT } = this.config
    await this.app.listen({ host: HOST, port: PORT, listenTextResolver: () => '' })
    const { port } = this.app.server.address() as { port: number }
    return `http://${HOST === '0.0.0.0' ? 'localhost' : HOST}:${port}`
  }

  /** Takes nothing more in, stores what was accepted, and gives everything back. */
  async stop(): Promise<void> {
    for (const ending of this.#endings.toReversed()) await ending()
    await this.app.close()
  }
}
