import { randomUUID } from 'node:crypto'
import type { NatsConnection, Subscription } from '@nats-io/transport-node'

const BEAT_MS = 500
const GONE_MS = 2_000

interface Beat {
  readonly id: string
  readonly isLeaving: boolean
}

/**
 * Who is there, told by messages that everybody sends and hears. Two members may disagree for a moment, and both take from
 * a partition: that does no harm, because a batch is only ever leased to one.
 */
export class Membership {
  readonly id: string = randomUUID()
  readonly #connection: NatsConnection
  readonly #subject: string
  readonly #changed: (members: readonly string[]) => void
  readonly #seenMs = new Map<string, number>()
  #subscription: Subscription | undefined
  #timer: NodeJS.Timeout | undefined
  #members = ''

  constructor(connection: NatsConnection, subject: string, changed: (members: readonly string[]) => void) {
    this.#connection = connection
    this.#subject = subject
    this.#changed = changed
  }

  /** Begins to tell and to listen. */
  start(): void {
    this.#subscription = this.#connection.subscribe(this.#subject, {
      callback: (error, message) => {
        if (!error) this.#hear(message.json<Beat>())
      },
    })
    this.#timer = setInterval(() => this.#beat(), BEAT_MS)
    this.#beat()
  }

  /** Says good-bye, so that others take over at once. */
  async leave(): Promise<void> {
    clearInterval(this.#timer)
    this.#subscription?.unsubscribe()
    if (this.#connection.isClosed()) return
    this.#say(true)
    await this.#connection.flush()
  }

  #beat(): void {
    this.#seenMs.set(this.id, performance.now())
    if (!this.#connection.isClosed()) this.#say(false)
    this.#look()
  }

  #say(isLeaving: boolean): void {
    const beat: Beat = { id: this.id, isLeaving }
    this.#connection.publish(this.#subject, JSON.stringify(beat))
  }

  #hear({ id, isLeaving }: Beat): void {
    if (isLeaving) this.#seenMs.delete(id)
    else this.#seenMs.set(id, performance.now())
    this.#look()
  }

  #look(): void {
    const now = performance.now()
    for (const [id, seenMs] of this.#seenMs) if (now - seenMs > GONE_MS) this.#seenMs.delete(id)
    const members = [...this.#seenMs.keys()].toSorted((a, b) => (a < b ? -1 : 1))
    if (members.join() === this.#members) return
    this.#members = members.join()
    this.#changed(members)
  }
}
