import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { retry } from '@tps/jidoka'
import type { Config } from '../config.ts'
import type { Outcome } from '../line/outcome.ts'
import type { NatsLink } from './link.ts'

/** How an ended signal is sent. */
interface OutcomeMessage {
  readonly outcome: Outcome
  /** When the signal was put into its queue, in ms since 1970: one that is sent back has another end. */
  readonly putAt: number
}

/** How long how a signal ended is kept at the most. */
const MAX_AGE_MS = 86_400_000
const NANOS = 1_000_000
const NO_MESSAGE = 10_037
/**
 * A server that was killed has forgotten who follows. That is noticed when two heartbeats, half as long apart, are missing:
 * with the default of 30 s the ends of signals would come half a minute late.
 */
const FOLLOW_MS = 2_000

/** How long the server may take to confirm an end before it is told again, in ms. */
const ANSWER_MS = 1_000

/** How signals ended, in a stream of its own: it reaches every API, also those that were away when it came. */
export class NatsOutcomes {
  readonly #link: NatsLink
  readonly #stream: string
  readonly #client: JetStreamClient
  readonly #manager: JetStreamManager
  readonly #telling = retry({
    name: 'outcomes',
    attempts: Number.POSITIVE_INFINITY,
    budget: false,
    delay: { ms: 100, maxMs: 1_000 },
  })
  readonly #ending = new AbortController()
  #duplicates = 0
  #stop: (() => void) | undefined

  private constructor(link: NatsLink, client: JetStreamClient, manager: JetStreamManager) {
    this.#link = link
    this.#stream = link.name('outcomes')
    this.#client = client
    this.#manager = manager
  }

  /** Opens the stream, or makes it. */
  static async open(link: NatsLink, config: Config): Promise<NatsOutcomes> {
    const manager = await jetstreamManager(link.connection)
    const outcomes = new NatsOutcomes(link, jetstream(link.connection), manager)
    const limits = { max_msgs: config.SIGNALS_KEPT, max_age: MAX_AGE_MS * NANOS }
    const settings = { name: outcomes.#stream, subjects: [link.subject('outcome.*')], ...limits }
    await manager.streams.add(settings).catch(async () => await manager.streams.update(outcomes.#stream, settings))
    return outcomes
  }

  /** How many ends were not the first ones of their signals. */
  get duplicates(): number {
    return this.#duplicates
  }

  /**
   * Resolves when the server has it. Of two ends of one handing in, the first one stays. While the server can't be reached it
   * tries again, until `stop`: the work is done, and must not count as failed because nobody could be told.
   */
  async tell(outcome: Outcome, putAt: number): Promise<void> {
    const message: OutcomeMessage = { outcome, putAt }
    const { id } = outcome
    const { duplicate } = await this.#telling.execute(
      async () =>
        await this.#client.publish(this.#link.subject(`outcome.${id}`), JSON.stringify(message), {
          msgID: `${id}:${putAt}`,
          timeout: ANSWER_MS,
        }),
      { signal: this.#ending.signal },
    )
    if (duplicate) this.#duplicates++
  }

  /** Whether a signal that was put in at `putAt` has ended. */
  async isEnded(id: string, putAt: number): Promise<boolean> {
    try {
      const message = await this.#manager.streams.getMessage(this.#stream, {
        last_by_subj: this.#link.subject(`outcome.${id}`),
      })
      return message?.json<OutcomeMessage>().putAt === putAt
    } catch (error) {
      if (codeOf(error) === NO_MESSAGE) return false
      throw error
    }
  }

  /**
   * Calls `listener` with each end, those of before first. `atMs` is when it came, in ms since 1970. After a lost connection
   * it goes on where it was.
   */
  async follow(listener: (outcome: Outcome, atMs: number) => void): Promise<void> {
    const consumer = await this.#client.consumers.get(this.#stream)
    const messages = await consumer.consume({
      expires: FOLLOW_MS,
      callback: (message) => {
        let told: OutcomeMessage
        try {
          told = message.json<OutcomeMessage>()
        } catch {
          return
        }
        listener(told.outcome, message.info.timestampNanos / NANOS)
      },
    })
    this.#stop = () => messages.stop()
  }

  /** Follows nobody any more, and gives up what could not be told. */
  stop(): void {
    this.#ending.abort()
    this.#stop?.()
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}
