import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { DownstreamServer } from '../downstream/server.ts'
import { followControl } from '../nats/control.ts'
import { NatsLink } from '../nats/link.ts'
import { REPORT_MS, type Report } from '../nats/report.ts'
import type { SettingsStore } from '../settings.ts'
import type { Tracing } from '../tracing/start.ts'

/** What the role is made of. */
export interface DownstreamParts {
  readonly settings: SettingsStore
  readonly tracing: Tracing
  readonly log: Logger
}

/** The role `downstream`: the simulated services that signals depend on. */
export class DownstreamRole {
  readonly config: Config
  readonly settings: SettingsStore
  readonly log: Logger
  readonly server: DownstreamServer
  #url = ''
  readonly #link: NatsLink
  #unlisten: (() => void) | undefined
  #timer: NodeJS.Timeout | undefined

  private constructor(config: Config, { settings, tracing, log }: DownstreamParts, link: NatsLink) {
    this.config = config
    this.log = log
    this.#link = link
    this.settings = settings
    this.server = new DownstreamServer(config, settings, { tracing })
  }

  static async start(config: Config, parts: DownstreamParts): Promise<DownstreamRole> {
    const role = new DownstreamRole(config, parts, await NatsLink.open(config, parts.log))
    await role.#start()
    return role
  }

  /** Where the downstreams are. */
  get url(): string {
    return this.#url
  }

  report(): Report {
    const [a, b] = this.server.chain()
    return {
      id: this.#id,
      role: this.config.TPS_ROLE,
      pid: process.pid,
      ...(a && b && { chain: [a, b] }),
    }
  }

  get isConnected(): boolean {
    return this.#link.isConnected
  }

  /** Nothing is accepted here that would have to be finished: requests are, when the server closes. */
  async drain(): Promise<number> {
    return 0
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#unlisten?.()
    this.#link.tell(this.#subject, { ...this.report(), isLeaving: true } satisfies Report)
    await this.server.close()
    await this.#link.close()
  }

  async #start(): Promise<void> {
    const { DOWNSTREAM_PORT, DOWNSTREAM_HOST } = this.config
    this.#url = await this.server.listen(DOWNSTREAM_PORT, DOWNSTREAM_HOST)
    this.log.info({ component: 'downstream', url: this.#url }, 'simulated downstream listening')
    this.#unlisten = followControl(this.#link, this.settings)
    this.#timer = setInterval(() => this.#link.tell(this.#subject, this.report()), REPORT_MS).unref()
  }

  get #id(): string {
    return `${this.config.TPS_ROLE}-${process.pid}`
  }

  get #subject(): string {
    return `report.${this.#id}`
  }
}
