import type { MsgHdrs } from '@nats-io/nats-core'
import { answerOf } from './nats-entrance.ts'
import { type Envelope, HEADER, sealed } from './nats-envelope.ts'
import { apiErrorOf } from './nats-errors.ts'
import type { Names } from './nats-names.ts'
import type { Post } from './nats-post.ts'
import type { ThrownJson } from './thrown-json.ts'

/** How much of a message is kept free for what a dead letter says beside its item. */
export const DEAD_LETTER_BYTES = 16_384
/** How much of that the chain of errors may take. */
const ERRORS_BYTES = 12_288

/** What is known of an item that is given up. */
export interface Corpse {
  readonly sequence: number
  readonly data: Uint8Array
  readonly envelope: Envelope
  readonly class: string
  readonly createdAt: number
  readonly attempts: number
  readonly errors: readonly ThrownJson[]
}

/** Writes dead letters: each once, however often it is written, because it has the number of its item. */
export class Graveyard {
  readonly #post: Post
  readonly #names: Names
  readonly #maxErrors: number

  constructor(post: Post, names: Names, maxErrors: number) {
    this.#post = post
    this.#names = names
    this.#maxErrors = maxErrors
  }

  /** Resolves when the server has confirmed that it is kept. */
  async bury(corpse: Corpse): Promise<void> {
    const answer = await this.#post.ask(this.#names.deadSubject, corpse.data, this.#headersOf(corpse))
    const { error } = answerOf(answer)
    if (error) throw apiErrorOf(error, this.#names.stream)
  }

  #headersOf({ sequence, envelope, class: name, createdAt, attempts, errors }: Corpse): MsgHdrs {
    const chain = [...chainOf(envelope.errors), ...errors].slice(-this.#maxErrors)
    return sealed(
      { ...envelope, errors: fitting(chain) },
      {
        [HEADER.messageId]: `dlq:${this.#names.stream}:${sequence}:${createdAt}`,
        [HEADER.class]: name,
        [HEADER.createdAt]: String(createdAt),
        [HEADER.attempts]: String(attempts),
      },
    )
  }
}

/** The errors that came with an item; none when nothing can be read of them. */
export function chainOf(text: string | undefined): readonly ThrownJson[] {
  try {
    const chain: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(chain) ? (chain as ThrownJson[]) : []
  } catch {
    return []
  }
}

/** As many of the last errors as there is room for; of the very last at least its message, shortened. */
function fitting(chain: readonly ThrownJson[]): string {
  for (let from = 0; from < chain.length; from++) {
    const text = JSON.stringify(chain.slice(from))
    if (new TextEncoder().encode(text).length <= ERRORS_BYTES) return text
  }
  const last = chain.at(-1)
  if (!last) return '[]'
  const name = 'message' in last ? last.name : 'Error'
  const message = 'message' in last ? last.message : String(last.value)
  return JSON.stringify([{ name: name.slice(0, 100), message: `${message.slice(0, ERRORS_BYTES / 8)}…` }])
}
