import { type NatsConnection, connect } from '@nats-io/transport-node'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'

/** How long between two tries to connect, in ms. */
const RECONNECT_MS = 250
/** How often it is said that there is no server yet, in ms. */
const COMPLAIN_MS = 5_000

/** The connection of this process to NATS. It comes back by itself for as long as the process lives. */
export class NatsLink {
  readonly connection: NatsConnection
  readonly #prefix: string
  readonly #log: Logger
  #isConnected = true

  private constructor(connection: NatsConnection, prefix: string, log: Logger) {
    this.connection = connection
    this.#prefix = prefix
    this.#log = log
    void this.#follow()
  }

  /** Connects, and waits for the server as long as it takes. */
  static async open(config: Config, parent: Logger): Promise<NatsLink> {
    const log = parent.child({ component: 'nats' })
    const servers = config.NATS_URL.split(',').map((server) => server.trim())
    const timer = setInterval(() => log.warn('waiting for a NATS server'), COMPLAIN_MS).unref()
    try {
      const connection = await connect({
        servers,
        ...(config.NATS_TOKEN !== undefined && { token: config.NATS_TOKEN }),
        name: `tps ${config.TPS_ROLE}`,
        maxReconnectAttempts: -1,
        reconnectTimeWait: RECONNECT_MS,
        waitOnFirstConnect: true,
        pingInterval: COMPLAIN_MS,
      })
      log.info({ server: connection.getServer() }, 'connected')
      return new NatsLink(connection, config.NATS_PREFIX, log)
    } finally {
      clearInterval(timer)
    }
  }

  /** Whether the server can be reached. */
  get isConnected(): boolean {
    return this.#isConnected
  }

  /** The name of a stream or a queue of this system. */
  name(what: string): string {
    return `${this.#prefix}_${what}`
  }

  /** A subject of this system. */
  subject(what: string): string {
    return `${this.#prefix}.${what}`
  }

  /** Tells whoever listens at this moment. Does nothing while there is no connection. */
  tell(what: string, message: object): void {
    if (this.#isConnected) this.connection.publish(this.subject(what), JSON.stringify(message))
  }

  /** Calls `listener` with each message that is told; what is no JSON is left out. Returns what ends it. */
  listen(what: string, listener: (message: unknown, what: string) => void): () => void {
    const skipped = this.#prefix.length + 1
    const subscription = this.connection.subscribe(this.subject(what), {
      callback: (error, message) => {
        if (error) return
        let told: unknown
        try {
          told = message.json()
        } catch {
          return
        }
        listener(told, message.subject.slice(skipped))
      },
    })
    return () => subscription.unsubscribe()
  }

  /** Sends what is left and closes the connection. */
  async close(): Promise<void> {
    if (this.connection.isClosed()) return
    if (this.#isConnected) await this.connection.drain().catch(() => undefined)
    else await this.connection.close()
  }

  async #follow(): Promise<void> {
    for await (const { type } of this.connection.status()) {
      if (type === 'disconnect' || type === 'staleConnection') {
        if (this.#isConnected) this.#log.error('the connection is lost')
        this.#isConnected = false
      } else if (type === 'reconnect') {
        this.#isConnected = true
        this.#log.info({ server: this.connection.getServer() }, 'connected again')
      }
    }
  }
}
