import type { JetStreamManager } from '@nats-io/jetstream'
import type { Msg, NatsConnection } from '@nats-io/nats-core'
import type { Timers } from '@tps/internal'
import { TooManyDeliveriesError } from './errors.ts'
import { opened } from './nats-envelope.ts'
import type { Graveyard } from './nats-graveyard.ts'
import { lookUp } from './nats-look-up.ts'
import type { Names } from './nats-names.ts'
import type { Post } from './nats-post.ts'
import { BACKSTOP, type Setup, orUndefined } from './nats-setup.ts'
import { thrownToJson } from './thrown-json.ts'

/** How much is heeded at a time. */
const MOST = 256
const NO_MESSAGE = 10_037
const SEQUENCE_GONE = 10_043
const ACK = '+ACK'

interface Advisory {
  readonly type?: string
  readonly stream_seq?: number
  readonly deliveries?: number
}

export interface BackstopOptions {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  readonly names: Names
  readonly setup: Setup
  readonly post: Post
  readonly graveyard: Graveyard
  readonly timers: Timers
  readonly inbox: string
  /** An item that the server had given up is a dead letter now. */
  readonly rescued: () => void
}

/**
 * Heeds what the server says about items that it has given up. A worker writes the dead letter itself, so nothing should
 * come this way, except when each worker that got an item died of it: the server then neither hands it out nor takes it
 * away. Of several processes each message comes to one.
 */
export class Backstop {
  readonly #options: BackstopOptions
  #asked = 0

  constructor(options: BackstopOptions) {
    this.#options = options
  }

  /** Makes dead letters of what the server has given up. */
  async heed(): Promise<void> {
    const { connection, names, setup, timers, inbox, post } = this.#options
    await setup.backstop()
    const subject = names.pull(names.advisoryStream, BACKSTOP)
    for (let count = 0; count < MOST; count++) {
      const found = await lookUp(connection, subject, `${inbox}.${this.#asked++}`, timers)
      if (!found) return
      await this.#heed(found.message)
      await post.ask(found.message.reply ?? '', ACK)
    }
  }

  async #heed(message: Msg): Promise<void> {
    const { type = '', stream_seq: sequence, deliveries = 0 } = advisoryIn(message)
    if (type.endsWith('.max_deliver') && sequence !== undefined) await this.#rescue(sequence, deliveries)
    // What was terminated is gone already: its advisory stays in the stream, for who looks.
  }

  async #rescue(sequence: number, deliveries: number): Promise<void> {
    const { manager, names, graveyard, rescued } = this.#options
    const message = await orUndefined(manager.streams.getMessage(names.stream, { seq: sequence }), NO_MESSAGE)
    if (!message) return
    await graveyard.bury({
      sequence,
      data: message.data,
      envelope: opened(message.header),
      class: message.subject.split('.').at(-1) ?? '',
      createdAt: message.time.getTime(),
      attempts: deliveries,
      errors: [thrownToJson(new TooManyDeliveriesError(names.stream, deliveries), false)],
    })
    await orUndefined(manager.streams.deleteMessage(names.stream, sequence, false), SEQUENCE_GONE)
    rescued()
  }
}

function advisoryIn(message: Msg): Advisory {
  try {
    return message.json<Advisory>()
  } catch {
    return {}
  }
}
