import type { JetStreamManager } from '@nats-io/jetstream'
import type { Clock, Timer, Timers } from '@tps/internal'
import type { Names } from './nats-names.ts'

/** How soon it may be looked again when somebody wants to know. */
const SOON_MS = 20

/** How the queue stood on the server when it was last looked at. */
export interface Standing {
  /** All that is in it: what waits, what is in workers' hands, what waits out a delay. */
  readonly messages: number
  /** What is in workers' hands or waits out a delay. */
  readonly leased: number
  readonly dead: number
  /** When the oldest was put in, in ms since 1970; `undefined` when there is none. */
  readonly oldestAt: number | undefined
}

export interface StandingOptions {
  readonly manager: JetStreamManager
  readonly names: Names
  readonly classes: readonly string[]
  readonly refreshMs: number
  readonly clock: Clock
  readonly timers: Timers
  /** It was looked, and stands so. */
  readonly seen: (standing: Standing) => void
  readonly failed: (error: unknown) => void
}

/**
 * Keeps an eye on the queue on the server. What was put in here since it last looked counts already; what was taken out
 * counts when it looks again: so it never says "empty" while something is left.
 */
export class StandingWatch {
  readonly #options: StandingOptions
  #standing: Standing = { messages: 0, leased: 0, dead: 0, oldestAt: undefined }
  #seenMs: number
  #putSince = 0
  #hasChanged = false
  #looking: Promise<void> | undefined
  #timer: Timer | undefined
  /** Which look is the present one: answers to earlier ones are too late. */
  #turn = 0
  #isStopped = false

  constructor(options: StandingOptions) {
    this.#options = options
    this.#seenMs = options.clock.now()
  }

  get messages(): number {
    return this.#standing.messages + this.#putSince
  }

  get leased(): number {
    return Math.min(this.#standing.leased, this.messages)
  }

  get dead(): number {
    return this.#standing.dead
  }

  get oldestAt(): number | undefined {
    return this.#standing.oldestAt
  }

  get ageMs(): number {
    return this.#options.clock.now() - this.#seenMs
  }

  /** Something was put in here. */
  wasPut(): void {
    this.#putSince++
    this.#hasChanged = true
  }

  /** Something was taken out here. */
  wasEnded(): void {
    this.#hasChanged = true
  }

  /** Somebody wants to know. */
  wanted(): void {
    if (this.#hasChanged && this.ageMs > SOON_MS) void this.look()
  }

  /** Looks now. Never rejects. */
  look(): Promise<void> {
    if (this.#looking) return this.#looking
    const looking = this.#look(++this.#turn).finally(() => {
      if (this.#looking === looking) this.#looking = undefined
    })
    this.#looking = looking
    return looking
  }

  /** The connection was lost, and is there again: what was asked may never be answered. */
  restart(): void {
    this.#looking = undefined
    this.#hasChanged = true
    void this.look()
  }

  start(): void {
    if (this.#isStopped) return
    this.#timer = this.#options.timers.schedule(this.#options.refreshMs, () => {
      void this.look().then(() => this.start())
    })
  }

  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
  }

  async #look(turn: number): Promise<void> {
    const { manager, names, classes, clock, seen, failed } = this.#options
    const put = this.#putSince
    this.#hasChanged = false
    try {
      const [stream, dead, ...consumers] = await Promise.all([
        manager.streams.info(names.stream),
        manager.streams.info(names.deadStream),
        // One that was deleted has nothing in hand; it is made anew when somebody pulls.
        ...classes.map((name) => manager.consumers.info(names.stream, name).catch(() => undefined)),
      ])
      if (this.#isStopped || turn !== this.#turn) return
      this.#putSince -= put
      if (this.#putSince > 0) this.#hasChanged = true
      this.#seenMs = clock.now()
      const { messages, first_ts: firstAt } = stream.state
      this.#standing = {
        messages,
        leased: consumers.reduce((sum, info) => sum + (info?.num_ack_pending ?? 0), 0),
        dead: dead.state.messages,
        oldestAt: messages > 0 ? Date.parse(firstAt) : undefined,
      }
      seen(this.#standing)
    } catch (error) {
      this.#hasChanged = true
      if (!this.#isStopped && turn === this.#turn) failed(error)
    }
  }
}
