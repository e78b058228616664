import type { JetStreamManager } from '@nats-io/jetstream'
import {
  type Clock,
  type Timers,
  checkFunction,
  checkInteger,
  checkNumber,
  checkObject,
  checkOneOf,
} from '@tps/internal'
import type { Codec } from './item-codec.ts'
import type { Admission, Parcel } from './nats-entrance.ts'
import { HEADER, numberIn, opened, sealed } from './nats-envelope.ts'
import { queueErrorOf } from './nats-errors.ts'
import { chainOf } from './nats-graveyard.ts'
import type { Names } from './nats-names.ts'
import { orUndefined } from './nats-setup.ts'
import { thrownFromJson } from './thrown-json.ts'

const PAGE = 100
const NO_MESSAGE = 10_037
/** "sequence not found", or deleted: what is to be deleted is gone. */
const SEQUENCE_GONE = 10_043

/** An item that was given up, as it is kept on the server. */
export interface JetStreamDeadLetter<T> {
  /** Counts up, in the order of arrival. An item that dies again gets a new one. */
  readonly id: number
  /** The item; `undefined` when the codec can't read it, see `raw`. */
  readonly item: T | undefined
  /** What is written of the item. */
  readonly raw: string | Uint8Array
  /**
   * What attempts failed with, the last one last, those before a redrive included. Of the attempts since, those that are
   * known where it was given up: other processes' are not. The last `maxErrors` are kept, as far as there is room.
   */
  readonly errors: readonly unknown[]
  /** How many times the item was handed out since it was put in, or sent back. */
  readonly attempts: number
  readonly class: string
  readonly key: string | undefined
  readonly tenant: string | undefined
  readonly headers: Readonly<Record<string, string>>
  /** When the item was put in, or sent back, in ms since 1970. */
  readonly createdAt: number
  /** When it was given up, in ms since 1970. */
  readonly lastAt: number
  /** How many times it was sent back, and died again. */
  readonly redrives: number
  /** Whether it was sent back and died again: a redrive leaves it here unless told otherwise. */
  readonly poison: boolean
}

/** Which dead letters to send back, and how fast. */
export interface JetStreamRedriveOptions<T> {
  /** How many a second at most, evenly spaced. Greater than 0. Default `Infinity`. */
  readonly perSecond?: number | undefined
  /** Asked about each letter when its turn comes. Default: all. */
  readonly filter?: ((letter: JetStreamDeadLetter<T>) => boolean) | undefined
  /** What to do with poison: leave it (`'skip'`, default), send it too (`'include'`), or send nothing else (`'only'`). */
  readonly poison?: 'skip' | 'include' | 'only' | undefined
  /** Ends the redrive. What has not been sent stays here. */
  readonly signal?: AbortSignal | undefined
}

/** What a redrive came to. */
export interface JetStreamRedriveReport {
  /** How many were sent back. */
  readonly redriven: number
  /** How many `filter` or `poison` left out, or were taken out by somebody else. */
  readonly skipped: number
  /** Why it ended: every letter had its turn, the queue was full, or it was aborted. */
  readonly ended: 'done' | 'full' | 'aborted'
}

/** The queue as its dead letters see it. */
export interface DeadLetterHome<T> {
  readonly manager: JetStreamManager
  readonly names: Names
  readonly codec: Codec<T>
  readonly clock: Clock
  readonly timers: Timers
  readonly size: () => number
  readonly admit: (parcel: Parcel) => Promise<Admission>
}

/** The dead letters of a `JetStreamQueue`: in a stream of their own, which drops the oldest when it is full. */
export class JetStreamDeadLetters<T> {
  readonly #home: DeadLetterHome<T>

  /** @internal */
  constructor(home: DeadLetterHome<T>) {
    this.#home = home
  }

  /** How many there are, as this process last saw it. */
  get size(): number {
    return this.#home.size()
  }

  /** The first `limit` (100) with an `id` above `after` (0), oldest first. One request to the server each. */
  async list({ after = 0, limit = PAGE }: { readonly after?: number; readonly limit?: number } = {}): Promise<
    JetStreamDeadLetter<T>[]
  > {
    checkInteger('after', after, { min: 0 })
    checkInteger('limit', limit, { min: 1 })
    const letters: JetStreamDeadLetter<T>[] = []
    for (let last = after; letters.length < limit;) {
      const letter = await this.#next(last)
      if (!letter) break
      letters.push(letter)
      last = letter.id
    }
    return letters
  }

  /** All of them, oldest first. */
  async *[Symbol.asyncIterator](): AsyncGenerator<JetStreamDeadLetter<T>, void, undefined> {
    for (let after = 0; ;) {
      const letter = await this.#next(after)
      if (!letter) return
      yield letter
      after = letter.id
    }
  }

  /** Takes one out for good. `false` when it is not here. */
  async remove(id: number): Promise<boolean> {
    checkInteger('id', id, { min: 1 })
    const { manager, names } = this.#home
    return (
      (await this.#asking(orUndefined(manager.streams.deleteMessage(names.deadStream, id, false), SEQUENCE_GONE))) ??
      false
    )
  }

  /**
   * Sends letters back into the queue: attempts begin anew, the chain of errors stays. Each is put in first and taken out
   * here afterwards, with an id of its own: a crash in between leaves it in both, and another redrive within
   * `dedupWindowMs` doesn't put it in twice.
   */
  async redrive(options: JetStreamRedriveOptions<T> = {}): Promise<JetStreamRedriveReport> {
    const {
      perSecond = Number.POSITIVE_INFINITY,
      filter = () => true,
      poison = 'skip',
      signal,
    } = checkObject('options', options)
    checkFunction('filter', filter)
    checkOneOf('poison', poison, ['skip', 'include', 'only'])
    const spacingMs =
      perSecond === Number.POSITIVE_INFINITY ? 0 : 1_000 / checkNumber('perSecond', perSecond, { above: 0 })
    let redriven = 0
    let skipped = 0
    // What dies again meanwhile has had its turn.
    const lastAt = Date.now()
    for await (const letter of this) {
      if (signal?.aborted) return { redriven, skipped, ended: 'aborted' }
      if (letter.lastAt > lastAt) break
      if ((poison !== 'include' && letter.poison !== (poison === 'only')) || !filter(letter)) {
        skipped++
        continue
      }
      const startedMs = this.#home.clock.now()
      if ((await this.#home.admit(this.#parcelOf(letter))) === 'full') return { redriven, skipped, ended: 'full' }
      if (await this.remove(letter.id)) redriven++
      else skipped++
      if (!(await this.#pause(startedMs + spacingMs - this.#home.clock.now(), signal)))
        return { redriven, skipped, ended: 'aborted' }
    }
    return { redriven, skipped, ended: 'done' }
  }

  #parcelOf(letter: JetStreamDeadLetter<T>): Parcel {
    const { names } = this.#home
    const { id, raw, key, tenant, headers, redrives } = letter
    const isBytes = typeof raw !== 'string'
    const errors = this.#chains.get(letter)
    return {
      subject: names.subject(letter.class),
      payload: raw,
      headers: sealed(
        { key, tenant, headers, redrives: redrives + 1, isBytes, ...(errors !== undefined && { errors }) },
        { [HEADER.messageId]: `redrive:${names.deadStream}:${id}:${letter.lastAt}` },
      ),
      isKeyed: false,
    }
  }

  /** The chains of errors as they are written. */
  readonly #chains = new WeakMap<JetStreamDeadLetter<T>, string>()

  async #next(after: number): Promise<JetStreamDeadLetter<T> | undefined> {
    const { manager, names } = this.#home
    const message = await this.#asking(
      orUndefined(
        // The type leaves out what JetStream has since 2.9: the next one from a sequence on.
        manager.streams.getMessage(names.deadStream, { seq: after + 1, next_by_subj: names.deadSubject } as {
          seq: number
        }),
        NO_MESSAGE,
      ),
    )
    if (!message) return undefined
    const envelope = opened(message.header)
    const raw = envelope.isBytes ? message.data : new TextDecoder().decode(message.data)
    const field = (name: string): string => message.header.get(name)
    const letter: JetStreamDeadLetter<T> = {
      id: message.seq,
      item: this.#itemOf(raw),
      raw,
      errors: chainOf(envelope.errors).map(thrownFromJson),
      attempts: numberIn(field(HEADER.attempts)),
      class: field(HEADER.class),
      key: envelope.key,
      tenant: envelope.tenant,
      headers: envelope.headers,
      createdAt: numberIn(field(HEADER.createdAt)),
      lastAt: message.time.getTime(),
      redrives: envelope.redrives,
      poison: envelope.redrives > 0,
    }
    if (envelope.errors !== undefined) this.#chains.set(letter, envelope.errors)
    return letter
  }

  #itemOf(raw: string | Uint8Array): T | undefined {
    try {
      return this.#home.codec.decode(raw)
    } catch {
      return undefined
    }
  }

  async #asking<V>(asked: Promise<V>): Promise<V> {
    try {
      return await asked
    } catch (error) {
      throw queueErrorOf(error, this.#home.names.stream)
    }
  }

  /** `false` when the signal aborted. */
  async #pause(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
    if (ms <= 0 || signal?.aborted) return !signal?.aborted
    return new Promise((resolve) => {
      const onAbort = (): void => {
        timer.cancel()
        resolve(false)
      }
      const timer = this.#home.timers.schedule(ms, () => {
        signal?.removeEventListener('abort', onAbort)
        resolve(true)
      })
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }
}
