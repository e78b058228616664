import type { Msg, NatsConnection, Subscription } from '@nats-io/nats-core'
import { type Delivery, deliveryOf } from './nats-envelope.ts'

const NANOS = 1e6
const HEARTBEAT = 100
const NOT_FOUND = 404
const TIMEOUT = 408
const CONFLICT = 409
const NO_RESPONDERS = 503
const RADIX = 36
/** A wait lasts so many heartbeats, then it is asked for anew. */
const HEARTBEATS = 6

/** What comes of asking. */
export interface PullEvents {
  /** A message of the class. */
  message(message: Msg, delivery: Delivery): void
  /** A request came to its end: so many of what was asked for had not come. */
  ended(unfilled: number): void
  /** The consumer is not there, or nobody listens to it. */
  gone(why: string): void
  /** The server refused, or dropped what was asked for. */
  broken(why: string): void
  /** The connection must not subscribe. */
  denied(error: Error): void
}

/** How to ask. */
export interface PullHow {
  /** Whether to wait for messages that are not there yet. */
  readonly waits: boolean
}

/**
 * What is asked of one consumer, and has not come. Messages don't say which request they answer: what counts is how many are
 * still to come.
 */
export class ClassPull {
  readonly #connection: NatsConnection
  readonly #subject: string
  readonly #inbox: string
  readonly #heartbeatMs: number
  readonly #now: () => number
  readonly #events: PullEvents
  readonly #requests = new Map<string, number>()
  #subscription: Subscription | undefined
  #prefix = ''
  #generation = 0
  #next = 0
  /** How many messages may still come. */
  outstanding = 0
  /** When the server last gave a sign, by the clock. */
  signMs: number

  constructor(
    connection: NatsConnection,
    subject: string,
    inbox: string,
    heartbeatMs: number,
    now: () => number,
    events: PullEvents,
  ) {
    this.#connection = connection
    this.#subject = subject
    this.#inbox = inbox
    this.#heartbeatMs = heartbeatMs
    this.#now = now
    this.#events = events
    this.signMs = now()
  }

  ask(count: number, how: PullHow): void {
    try {
      this.#ask(count, how)
    } catch (error) {
      // The connection is closing, or closed.
      this.recall()
      this.#events.broken(error instanceof Error ? error.message : 'it can not be asked')
    }
  }

  /** Takes back what was asked for. What is on its way still comes. */
  recall(): void {
    const subscription = this.#subscription
    this.#subscription = undefined
    this.outstanding = 0
    this.#requests.clear()
    // Fails only with the connection.
    subscription?.drain().catch(() => {})
  }

  close(): void {
    this.recall()
  }

  #ask(count: number, { waits }: PullHow): void {
    this.#subscribe()
    if (this.outstanding === 0) this.signMs = this.#now()
    const reply = this.#prefix + (this.#next++).toString(RADIX)
    this.#requests.set(reply, count)
    this.outstanding += count
    const heartbeat = this.#heartbeatMs * NANOS
    const how = waits ? { expires: HEARTBEATS * heartbeat, idle_heartbeat: heartbeat } : { no_wait: true }
    this.#connection.publish(this.#subject, JSON.stringify({ batch: count, ...how }), { reply })
  }

  #subscribe(): void {
    if (this.#subscription) return
    const prefix = `${this.#inbox}.${(this.#generation++).toString(RADIX)}.`
    this.#prefix = prefix
    this.#subscription = this.#connection.subscribe(`${prefix}*`, {
      callback: (error, message) => {
        if (error) this.#events.denied(error)
        else this.#receive(message, prefix === this.#prefix && this.#subscription !== undefined)
      },
    })
  }

  #receive(message: Msg, isCurrent: boolean): void {
    this.signMs = this.#now()
    const delivery = deliveryOf(message)
    if (delivery) {
      if (isCurrent) this.#came()
      this.#events.message(message, delivery)
    } else if (isCurrent) {
      this.#status(message)
    }
  }

  #came(): void {
    this.outstanding = Math.max(0, this.outstanding - 1)
    if (this.outstanding === 0) this.#requests.clear()
  }

  #status({ subject, headers }: Msg): void {
    const code = headers?.code ?? 0
    const asked = this.#requests.get(subject)
    if (code === HEARTBEAT || asked === undefined) return
    const left = Number(headers?.get('Nats-Pending-Messages') || Number.NaN)
    const why = headers?.description ?? ''
    if (code === NO_RESPONDERS || /consumer deleted|stream deleted/i.test(why)) {
      this.recall()
      this.#events.gone(why || 'nobody listens')
    } else if (code === NOT_FOUND || code === TIMEOUT || (code === CONFLICT && !Number.isNaN(left))) {
      this.#requests.delete(subject)
      const unfilled = Number.isNaN(left) ? Math.min(asked, this.outstanding) : left
      this.outstanding = Math.max(0, this.outstanding - unfilled)
      this.#events.ended(unfilled)
    } else {
      this.recall()
      this.#events.broken(`${code} ${why}`)
    }
  }
}
