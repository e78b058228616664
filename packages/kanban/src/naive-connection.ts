import {
  type Msg,
  MsgHdrsImpl,
  type NatsConnection,
  type PublishOptions,
  type SubscriptionOptions,
} from '@nats-io/nats-core'

/** Something that was published. */
export interface Published {
  readonly subject: string
  readonly payload: string
  readonly reply: string
  readonly headers: Readonly<Record<string, readonly string[]>>
}

interface Listener {
  readonly pattern: string
  readonly callback: NonNullable<SubscriptionOptions['callback']>
}

/** A connection to nowhere, for tests: keeps what is published, and brings what a test sends. */
export class NaiveConnection {
  readonly published: Published[] = []
  /** What publishing throws, when it throws. */
  failure: Error | undefined
  readonly #listeners = new Set<Listener>()

  /** As the type that takes it. */
  get asConnection(): NatsConnection {
    return this as unknown as NatsConnection
  }

  get subscriptions(): number {
    return this.#listeners.size
  }

  publish(subject: string, payload: string | Uint8Array = '', { reply = '', headers }: PublishOptions = {}): void {
    if (this.failure) throw this.failure
    const text = typeof payload === 'string' ? payload : new TextDecoder().decode(payload)
    this.published.push({ subject, payload: text, reply, headers: headers ? Object.fromEntries(headers) : {} })
  }

  subscribe(pattern: string, { callback }: SubscriptionOptions): { unsubscribe(): void; drain(): Promise<void> } {
    const listener = { pattern, callback: callback ?? (() => {}) }
    this.#listeners.add(listener)
    const unsubscribe = (): void => void this.#listeners.delete(listener)
    return {
      unsubscribe,
      drain: async () => {
        await Promise.resolve()
        unsubscribe()
      },
    }
  }

  /** A message arrives at whoever listens to `to`; its subject may be another one, as with JetStream. */
  deliver(to: string, { data = '', reply = '', subject = to, code = 0, why = '', pending }: Delivered = {}): void {
    const headers = new MsgHdrsImpl(code, why)
    if (pending !== undefined) headers.append('Nats-Pending-Messages', `${pending}`)
    const message = { subject, reply, data: new TextEncoder().encode(data), headers, string: () => data }
    for (const { callback } of this.#listenersTo(to)) void callback(null, message as unknown as Msg)
  }

  /** Whether anybody listens to `to`. */
  isHeard(to: string): boolean {
    return this.#listenersTo(to).length > 0
  }

  /** The subscription of `to` is refused. */
  deny(to: string, error: Error): void {
    for (const { pattern, callback } of this.#listeners) if (pattern === to) void callback(error, {} as Msg)
  }

  #listenersTo(to: string): Listener[] {
    return [...this.#listeners].filter(
      ({ pattern }) => pattern === to || (pattern.endsWith('*') && to.startsWith(pattern.slice(0, -1))),
    )
  }
}

interface Delivered {
  readonly data?: string
  readonly reply?: string
  readonly subject?: string
  readonly code?: number
  readonly why?: string
  readonly pending?: number
}
