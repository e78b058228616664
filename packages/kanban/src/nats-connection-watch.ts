import { type NatsConnection, PermissionViolationError, type Status } from '@nats-io/nats-core'

/** What happens to a connection. */
export interface ConnectionEvents {
  lost(): void
  restored(): void
  /** The server has refused something that was published to `subject`. */
  denied(subject: string, error: Error): void
  /** For good: the client has given up, or was closed. */
  closed(): void
}

/** Tells when the connection is lost, and when it is there again. The client connects again by itself. */
export class ConnectionWatch {
  readonly #statuses: AsyncIterable<Status>
  readonly #events: ConnectionEvents
  #isStopped = false
  #isConnected = true

  constructor(connection: NatsConnection, events: ConnectionEvents) {
    this.#events = events
    this.#statuses = connection.status()
    // It ends with the connection, which `closed` tells.
    this.#follow().catch(() => {})
    void connection.closed().then(() => this.#closed())
  }

  get isConnected(): boolean {
    return this.#isConnected
  }

  stop(): void {
    this.#isStopped = true
    // The client's iterators have it, and end by it; ending the loop from outside would wait for the next event.
    const stop: unknown = Reflect.get(this.#statuses, 'stop')
    if (typeof stop === 'function') Reflect.apply(stop, this.#statuses, [])
  }

  async #follow(): Promise<void> {
    for await (const status of this.#statuses) {
      if (this.#isStopped) return
      if (status.type === 'disconnect') this.#lost()
      else if (status.type === 'reconnect') this.#restored()
      else if (status.type === 'error' && status.error instanceof PermissionViolationError)
        this.#events.denied(status.error.subject, status.error)
    }
  }

  #lost(): void {
    if (!this.#isConnected) return
    this.#isConnected = false
    this.#events.lost()
  }

  #restored(): void {
    if (this.#isConnected) return
    this.#isConnected = true
    this.#events.restored()
  }

  #closed(): void {
    if (this.#isStopped) return
    this.#isConnected = false
    this.#events.closed()
  }
}
