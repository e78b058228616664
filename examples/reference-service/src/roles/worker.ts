import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { followControl } from '../nats/control.ts'
import { NatsLink } from '../nats/link.ts'
import { NatsOutcomes } from '../nats/outcomes.ts'
import { REPORT_MS, type Report } from '../nats/report.ts'
import { NatsWorkQueue } from '../queue/nats-signal-queue.ts'
import type { SettingsStore } from '../settings.ts'
import type { Tools } from '../tools.ts'
import { Workshop } from '../workshop.ts'
import { ReportReader } from './report-reader.ts'

/** The roles `worker-fast` and `worker-slow`: pulls its kind of work from JetStream, and tells how it ended. */
export class WorkerRole {
  readonly config: Config
  readonly settings: SettingsStore
  readonly log: Logger
  readonly workshop: Workshop
  readonly tools: Tools
  readonly queue: NatsWorkQueue
  readonly #link: NatsLink
  readonly #outcomes: NatsOutcomes
  readonly #reports: ReportReader
  #unlisten: (() => void) | undefined
  #timer: NodeJS.Timeout | undefined

  private constructor(
    { config, settings, log, tools }: WorkerParts,
    link: NatsLink,
    queue: NatsWorkQueue,
    outcomes: NatsOutcomes,
  ) {
    this.config = config
    this.tools = tools
    this.log = log
    this.queue = queue
    this.#link = link
    this.#outcomes = outcomes
    this.settings = settings
    this.#reports = new ReportReader(link)
    this.workshop = new Workshop({
      config,
      settings,
      queue,
      tools,
      report: () => this.#reports.percentiles,
      downstreamUrl: config.DOWNSTREAM_URL ?? `http://127.0.0.1:${config.DOWNSTREAM_PORT}`,
      isSimulated: config.DOWNSTREAM_URL === undefined || config.DOWNSTREAM_IS_SIMULATED === 'yes',
      begun: ({ id }) => link.tell('begun', { id }),
      deliver: async (outcome, signal) => await outcomes.tell(outcome, signal.putAt ?? 0),
      log,
    })
  }

  static async start(parts: WorkerParts): Promise<WorkerRole> {
    const { config, log } = parts
    const link = await NatsLink.open(config, log)
    const outcomes = await NatsOutcomes.open(link, config)
    const speed = config.TPS_ROLE === 'worker-slow' ? 'slow' : 'fast'
    const queue = await NatsWorkQueue.open(link, config, speed, outcomes)
    const role = new WorkerRole(parts, link, queue, outcomes)
    await role.#start()
    return role
  }

  /** What this process tells of itself. */
  report(): Report {
    const { pool, breaker, watch } = this.workshop
    return {
      id: this.#id,
      role: this.config.TPS_ROLE,
      pid: process.pid,
      work: {
        pool: pool.snapshot(),
        breaker: breaker.snapshot(),
        watch: watch.reading,
        autoscaler: this.workshop.autoscaler(),
        duplicates: this.#outcomes.duplicates,
      },
    }
  }

  get isConnected(): boolean {
    return this.#link.isConnected
  }

  /** Finishes what its workers have in hand. What waits is for others. */
  async drain(): Promise<number> {
    await this.workshop.leave(this.config.SHUTDOWN_GRACE_MS)
    return 0
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#unlisten?.()
    this.#reports.stop()
    this.#link.tell(this.#subject, { ...this.report(), isLeaving: true } satisfies Report)
    this.workshop.stop()
    this.#outcomes.stop()
    await this.queue.stop()
    await this.#link.close()
  }

  async #start(): Promise<void> {
    this.#unlisten = followControl(this.#link, this.settings, this.workshop)
    await this.workshop.start()
    const tell = (): void => this.#link.tell(this.#subject, this.report())
    const { breaker } = this.workshop
    for (const event of ['open', 'halfOpen', 'close'] as const) breaker.on(event, tell)
    this.#timer = setInterval(tell, REPORT_MS).unref()
    tell()
  }

  get #id(): string {
    return `${this.config.TPS_ROLE}-${process.pid}`
  }

  get #subject(): string {
    return `report.${this.#id}`
  }
}

/** What a worker is made of. */
export interface WorkerParts {
  readonly config: Config
  readonly settings: SettingsStore
  readonly tools: Tools
  readonly log: Logger
}
