import {
  type ListenerErrorHandler,
  type Observable,
  SafeEmitter,
  checkFunction,
  checkInteger,
  checkName,
  checkObject,
  checkOneOf,
  printListenerError,
} from '@tps/internal'

/** How a `DeadLetterQueue` is made. */
export interface DeadLetterQueueOptions {
  /** What it is called on boards, in metrics and in messages. Default `'dead-letters'`. */
  readonly name?: string | undefined
  /** How many dead letters are kept. From 1. Default 1000. */
  readonly capacity?: number | undefined
  /** Which ones a full queue keeps; the others are dropped and counted. Default `'newest'`. */
  readonly keep?: 'newest' | 'oldest' | undefined
  /** Wall-clock time in ms since 1970, for people to read. Default `Date.now`. */
  readonly wallNow?: (() => number) | undefined
  /** Receives what a listener threw. Default: prints it. */
  readonly onListenerError?: ListenerErrorHandler | undefined
}

/** An item to give up, as a pool hands it in. */
export interface DeadItem<T> {
  readonly item: T
  /** What the attempts failed with, the last one last. */
  readonly errors: readonly unknown[]
  /** How many times the item was handed out. */
  readonly attempts: number
  /** How long ago the first of `errors` happened, in ms. Default 0. */
  readonly firstAgeMs?: number | undefined
}

/** An item that was given up. */
export interface DeadLetter<T> {
  /** Counts up from 1, in the order of arrival. */
  readonly id: number
  readonly item: T
  /** What the attempts failed with, the last one last. */
  readonly errors: readonly unknown[]
  /** How many times the item was handed out. */
  readonly attempts: number
  /** When the first attempt failed, in ms since 1970. */
  readonly firstAt: number
  /** When the item was given up, in ms since 1970. */
  readonly lastAt: number
}

/** What a `DeadLetterQueue` tells. */
export type DeadLetterEvents<T> = {
  /** A dead letter was put in. */
  added: [letter: DeadLetter<T>]
  /** The queue was full: this one is not kept. */
  dropped: [letter: DeadLetter<T>]
}

/** The readings of a `DeadLetterQueue`. Counts since it was made are marked as totals. */
export interface DeadLetterSnapshot {
  readonly name: string
  readonly capacity: number
  /** How many are kept now. */
  readonly size: number
  /** Total of dead letters that came in, those dropped included. */
  readonly added: number
  /** Total of those not kept because it was full. */
  readonly dropped: number
  /** Total of those taken out, redriven ones included. */
  readonly taken: number
  /** Total of those sent back. */
  readonly redriven: number
}

/** Which dead letters to send back. */
export interface RedriveOptions<T> {
  /** Default: all. */
  readonly filter?: ((letter: DeadLetter<T>) => boolean) | undefined
}

/** What a redrive came to. */
export interface RedriveReport {
  /** How many were sent back. */
  readonly redriven: number
  /** How many are still here. */
  readonly left: number
}

/** Takes an item that is sent back: `true` when it has, `false` when it has no room now. */
export type RedriveTarget<T> = (item: T, letter: DeadLetter<T>) => boolean | PromiseLike<boolean>

/** Keeps what was given up, for people to look at and to send back. Bounded; O(1) but for listing. */
export class DeadLetterQueue<T> implements Observable<DeadLetterEvents<T>> {
  readonly name: string
  readonly capacity: number
  readonly #keep: 'newest' | 'oldest'
  readonly #wallNow: () => number
  readonly #emitter: SafeEmitter<DeadLetterEvents<T>>
  readonly #letters = new Map<number, DeadLetter<T>>()
  /** Being offered by a redrive: nobody else may take or send them. */
  readonly #offered = new Set<number>()
  #added = 0
  #dropped = 0
  #taken = 0
  #redriven = 0

  constructor(options: DeadLetterQueueOptions = {}) {
    const {
      name = 'dead-letters',
      capacity = 1_000,
      keep = 'newest',
      wallNow = Date.now,
      onListenerError = printListenerError,
    } = checkObject('options', options)
    this.name = checkName('name', name)
    this.capacity = checkInteger('capacity', capacity, { min: 1 })
    this.#keep = checkOneOf('keep', keep, ['newest', 'oldest'])
    this.#wallNow = checkFunction('wallNow', wallNow)
    this.#emitter = new SafeEmitter(checkFunction('onListenerError', onListenerError))
  }

  /** How many are kept. */
  get size(): number {
    return this.#letters.size
  }

  /** Puts an item in and returns its dead letter; `undefined` when the queue is full and keeps the oldest. */
  add(dead: DeadItem<T>): DeadLetter<T> | undefined {
    const lastAt = this.#wallNow()
    const letter: DeadLetter<T> = {
      id: ++this.#added,
      item: dead.item,
      errors: [...dead.errors],
      attempts: dead.attempts,
      firstAt: lastAt - (dead.firstAgeMs ?? 0),
      lastAt,
    }
    const isFull = this.#letters.size >= this.capacity
    if (isFull && this.#keep === 'oldest') {
      this.#drop(letter)
      return undefined
    }
    const [oldest] = isFull ? this.#letters.values() : []
    if (oldest) this.#letters.delete(oldest.id)
    this.#letters.set(letter.id, letter)
    if (oldest) this.#drop(oldest)
    if (this.#emitter.has('added')) this.#emitter.emit('added', letter)
    return letter
  }

  /** All that are kept, oldest first. O(size). */
  entries(): readonly DeadLetter<T>[] {
    return [...this.#letters.values()]
  }

  /** The one with this id, which stays. */
  get(id: number): DeadLetter<T> | undefined {
    return this.#letters.get(id)
  }

  /** Takes the one with this id out; `undefined` when it is not here, or just being sent back. */
  take(id: number): DeadLetter<T> | undefined {
    if (this.#offered.has(id)) return undefined
    const letter = this.#letters.get(id)
    if (letter && this.#letters.delete(id)) this.#taken++
    return letter
  }

  /**
   * Sends back what is here now, oldest first, until `offer` refuses: a refused one stays, and so does the one `offer`
   * throws at; the error passes on. What comes in meanwhile is left for the next time.
   */
  async redrive(offer: RedriveTarget<T>, { filter = () => true }: RedriveOptions<T> = {}): Promise<RedriveReport> {
    checkFunction('offer', offer)
    checkFunction('filter', filter)
    let redriven = 0
    for (const letter of this.entries().filter((each) => filter(each))) {
      if (!this.#letters.has(letter.id) || this.#offered.has(letter.id)) continue
      if (!(await this.#offer(letter, offer))) break
      redriven++
    }
    return { redriven, left: this.#letters.size }
  }

  on<E extends keyof DeadLetterEvents<T>>(event: E, listener: (...args: DeadLetterEvents<T>[E]) => void): () => void {
    return this.#emitter.on(event, listener)
  }

  snapshot(): DeadLetterSnapshot {
    return {
      name: this.name,
      capacity: this.capacity,
      size: this.#letters.size,
      added: this.#added,
      dropped: this.#dropped,
      taken: this.#taken,
      redriven: this.#redriven,
    }
  }

  async #offer(letter: DeadLetter<T>, offer: RedriveTarget<T>): Promise<boolean> {
    this.#offered.add(letter.id)
    try {
      if (!(await offer(letter.item, letter))) return false
      if (this.#letters.delete(letter.id)) this.#taken++
      this.#redriven++
      return true
    } finally {
      this.#offered.delete(letter.id)
    }
  }

  #drop(letter: DeadLetter<T>): void {
    this.#dropped++
    if (this.#emitter.has('dropped')) this.#emitter.emit('dropped', letter)
  }
}
