import {
  type Observable,
  SafeEmitter,
  checkBoolean,
  checkFunction,
  checkInteger,
  checkNumber,
  checkObject,
} from '@tps/internal'
import type { DeadItem, DeadLetter, DeadLetterEvents, DeadLetterSnapshot } from './dead-letter.ts'
import {
  DeadLettersFullError,
  ImportBatch,
  type ImportOptions,
  type ImportReport,
  type Lines,
  checkImportOptions,
} from './dead-letter-import.ts'
import { type DeadLetterContent, type ExportOptions, linesOf } from './dead-letter-lines.ts'
import { type DeadLetterQueueOptions, checkDeadLetterOptions } from './dead-letter-options.ts'
import { DeadLetterShelf } from './dead-letter-shelf.ts'
import { Redrive, type RedriveHome } from './redrive.ts'
import { type Past, RedriveMemory } from './redrive-memory.ts'
import { type RedriveOptions, type RedriveReport, checkRedriveOptions } from './redrive-options.ts'

const NO_PAST: Past = { redrives: 0, errors: [], attempts: 0, firstAt: Number.POSITIVE_INFINITY }

/**
 * Keeps what was given up, for people to look at and to send back. Bounded; O(1) but for listing.
 *
 * An item that was sent back and dies again is recognised: its letter goes on where the old one ended, and it is poison,
 * which the next redrive leaves here.
 */
export class DeadLetterQueue<T> implements Observable<DeadLetterEvents<T>>, Iterable<DeadLetter<T>> {
  readonly name: string
  readonly capacity: number
  readonly #options: ReturnType<typeof checkDeadLetterOptions<T>>
  readonly #emitter: SafeEmitter<DeadLetterEvents<T>>
  readonly #letters: DeadLetterShelf<T>
  readonly #redrives = new Set<Redrive<T>>()
  readonly #memory: RedriveMemory<T>
  readonly #totals = { added: 0, imported: 0, dropped: 0, taken: 0, redriven: 0 }
  readonly #home: RedriveHome<T>

  constructor(options: DeadLetterQueueOptions<T> = {}) {
    this.#options = checkDeadLetterOptions(options)
    const { name, capacity, keyBy, maxRemembered, onListenerError } = this.#options
    this.name = name
    this.capacity = capacity
    this.#emitter = new SafeEmitter(onListenerError)
    this.#memory = new RedriveMemory(keyBy, maxRemembered, onListenerError)
    this.#letters = new DeadLetterShelf(this.#options)
    this.#home = this.#makeHome()
  }

  /** How many are kept. */
  get size(): number {
    return this.#letters.size
  }

  /**
   * Puts an item in and returns its dead letter; `undefined` when the queue is full and keeps the oldest.
   *
   * @throws TypeError or RangeError for `attempts` or `firstAgeMs` that are no numbers from 0.
   */
  add(dead: DeadItem<T>): DeadLetter<T> | undefined {
    checkInteger('attempts', dead.attempts, { min: 0 })
    const firstAgeMs = checkNumber('firstAgeMs', dead.firstAgeMs ?? 0, { min: 0 })
    const { maxErrors, wallNow } = this.#options
    const lastAt = wallNow()
    const past = this.#memory.recall(dead.item) ?? NO_PAST
    return this.#put({
      item: dead.item,
      errors: [...past.errors, ...dead.errors].slice(-maxErrors),
      attempts: past.attempts + dead.attempts,
      firstAt: Math.min(past.firstAt, lastAt - firstAgeMs),
      lastAt,
      redrives: past.redrives,
    })
  }

  /** Those that `filter` picks, oldest first; default: all. O(size). */
  list(filter?: (letter: DeadLetter<T>) => boolean): readonly DeadLetter<T>[] {
    return filter ? [...this.#letters].filter(checkFunction('filter', filter)) : [...this.#letters]
  }

  /** Oldest first. */
  [Symbol.iterator](): IterableIterator<DeadLetter<T>> {
    return this.#letters[Symbol.iterator]()
  }

  /** The one with this id, which stays. */
  get(id: number): DeadLetter<T> | undefined {
    return this.#letters.get(id)
  }

  /** The oldest that `test` picks, which stays. O(size). */
  find(test: (letter: DeadLetter<T>) => boolean): DeadLetter<T> | undefined {
    checkFunction('test', test)
    for (const letter of this.#letters) if (test(letter)) return letter
    return undefined
  }

  /** Takes the one with this id out; `undefined` when it is not here, or just being sent back. */
  take(id: number): DeadLetter<T> | undefined {
    const letter = this.#letters.free(id)
    if (!letter) return undefined
    this.#letters.remove(letter)
    this.#totals.taken++
    return letter
  }

  /**
   * Sends back what is here now, oldest first, each one as its turn comes; what comes in meanwhile is left for the next
   * time. Resolves with what happened, whatever ended it. A letter stays here until the target has taken its item, so
   * nothing is lost. Several redrives may run: none sends what another one is sending.
   *
   * @throws TypeError or RangeError, as a rejection, for wrong options or a missing target.
   */
  async redrive(options: RedriveOptions<T> = {}): Promise<RedriveReport> {
    const { into, clock, timers } = this.#options
    const redrive = new Redrive(this.#home, checkRedriveOptions(options, into), clock, timers)
    this.#redrives.add(redrive)
    try {
      return await redrive.run()
    } finally {
      this.#redrives.delete(redrive)
    }
  }

  /**
   * The letters as lines of JSON, oldest first, each with its line feed; they stay here. A moment's picture: what comes or
   * goes while the lines are read makes no difference. Iterable once; `Readable.from()` makes a stream of it.
   *
   * @throws TypeError, while iterating, for an item that JSON can't hold. JSON writes `NaN` as `null` and a `Map` as `{}`
   *   without a word: give `encode` for such items.
   */
  exportLines(options: ExportOptions<T> = {}): IterableIterator<string> {
    const { filter, encode = (item: T) => item, stack = false } = checkObject('options', options)
    checkFunction('encode', encode)
    checkBoolean('stack', stack)
    return linesOf(this.list(filter), filter ? [] : this.#memory, encode, stack)
  }

  /**
   * Puts in what `exportLines` wrote, in that order, with new ids. All or nothing: until the last line was read and found
   * good, and unless there is room for all, nothing is put in, and the file can be mended and read again. See
   * `ImportOptions` for the other way.
   *
   * Rejects with `DeadLetterLineError` for a bad line, with `DeadLettersFullError` where there is no room, and with what
   * `lines` throws.
   */
  async importLines(lines: Lines, options: ImportOptions<T> = {}): Promise<ImportReport> {
    const checked = checkImportOptions(options)
    const batch = new ImportBatch(checked, this.#options)
    await batch.read(lines)
    const { room } = this.#letters
    if (checked.whenFull === 'throw' && batch.letters.size > room) throw new DeadLettersFullError(this.name, room)
    batch.fit(room)
    const letters = batch.letters.drain().map((content) => this.#letters.letterOf(content))
    for (const letter of letters) this.#letters.insert(letter)
    for (const { key, past } of batch.redriven) this.#memory.rememberKey(key, past, true)
    this.#totals.added += letters.length
    this.#totals.imported += letters.length
    for (const letter of letters) this.#tell('added', letter)
    const { leftOut, bad, badLines } = batch
    return { imported: letters.length, leftOut, bad, badLines }
  }

  /** Ends the redrives that are under way, as their signals would; they report `'aborted'`. The queue stays usable. */
  stop(): void {
    for (const redrive of this.#redrives) redrive.stop()
  }

  [Symbol.dispose](): void {
    this.stop()
  }

  on<E extends keyof DeadLetterEvents<T>>(event: E, listener: (...args: DeadLetterEvents<T>[E]) => void): () => void {
    return this.#emitter.on(event, listener)
  }

  snapshot(): DeadLetterSnapshot {
    return {
      name: this.name,
      capacity: this.capacity,
      size: this.#letters.size,
      poison: this.#letters.poison,
      ...this.#totals,
      redrives: this.#redrives.size,
      remembered: this.#memory.size,
      forgotten: this.#memory.forgotten,
    }
  }

  #makeHome(): RedriveHome<T> {
    const letters = this.#letters
    return {
      get size(): number {
        return letters.size
      },
      ids: () => Array.from(letters, ({ id }) => id),
      sendable: (id) => letters.free(id),
      send: async (letter, offer) => await this.#send(letter, offer),
    }
  }

  async #send(letter: DeadLetter<T>, offer: Parameters<RedriveHome<T>['send']>[1]): Promise<boolean> {
    const { item, errors, attempts, firstAt, redrives } = letter
    // Before the offer: the item may die before the target has said that it took it.
    const trace = this.#memory.remember(item, { redrives: redrives + 1, errors, attempts, firstAt })
    this.#letters.hold(letter)
    const leave = (): void => {
      if (trace.isOut) return
      trace.isOut = true
      this.#letters.remove(letter)
      this.#totals.taken++
      this.#totals.redriven++
      this.#tell('redriven', letter)
    }
    try {
      const isTaken = await offer({
        admitted: leave,
        settled: (how) => void (how === 'dead-lettered' || this.#memory.forget(trace)),
      })
      if (isTaken) leave()
    } catch (error) {
      if (!trace.isOut) throw error
    } finally {
      this.#letters.release(letter)
      if (!trace.isOut) this.#memory.forget(trace)
    }
    return trace.isOut
  }

  #put(content: DeadLetterContent<T>): DeadLetter<T> | undefined {
    const letter = this.#letters.letterOf(content)
    const dropped = this.#letters.put(letter)
    this.#totals.added++
    this.#totals.dropped += dropped.length
    for (const victim of dropped) this.#tell('dropped', victim)
    if (dropped.includes(letter)) return undefined
    this.#tell('added', letter)
    return letter
  }

  #tell(event: keyof DeadLetterEvents<T>, letter: DeadLetter<T>): void {
    if (this.#emitter.has(event)) this.#emitter.emit(event, letter)
  }
}
