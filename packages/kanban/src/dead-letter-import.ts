import { Ring, checkFunction, checkObject, checkOneOf } from '@tps/internal'
import { type DeadLetterContent, type KeyedPast, type Line, parseLine } from './dead-letter-lines.ts'

/** How many bad lines a report names; the others are counted. */
const NAMED_BAD_LINES = 100

/** A line of an import that can't be read. `cause` is what went wrong with it. */
export class DeadLetterLineError extends Error {
  readonly code = 'ERR_DEAD_LETTER_LINE'
  /** Which line, from 1. */
  readonly line: number
  /** What is wrong with it. */
  readonly reason: string

  constructor(line: number, reason: string, options?: ErrorOptions) {
    super(`line ${line} is no dead letter: ${reason}`, options)
    this.line = line
    this.reason = reason
  }

  override get name(): string {
    return 'DeadLetterLineError'
  }
}

/** There are more letters to import than there is room for. */
export class DeadLettersFullError extends Error {
  readonly code = 'ERR_DEAD_LETTERS_FULL'
  /** How many there is room for. */
  readonly room: number

  constructor(queue: string, room: number) {
    super(`"${queue}" has room for ${room} more dead letters, and there are more lines than that`)
    this.room = room
  }

  override get name(): string {
    return 'DeadLettersFullError'
  }
}

/** How lines become letters. */
export interface ImportOptions<T> {
  /** Makes an item of what was written for it, and throws where that is not one. Default: takes it as it is. */
  readonly decode?: ((value: unknown) => T) | undefined
  /** What to do with a line that can't be read: import nothing (`'throw'`, default), or leave it out and report it. */
  readonly badLines?: 'throw' | 'skip' | undefined
  /**
   * What to do when there are more letters than room: import nothing (`'throw'`, default), or as many as there is room for,
   * the last ones, or the first ones of a queue that keeps the oldest. What is here already stays in any case.
   */
  readonly whenFull?: 'throw' | 'fill' | undefined
}

/** What an import came to. */
export interface ImportReport {
  /** How many letters were put in. */
  readonly imported: number
  /** How many there was no room for. */
  readonly leftOut: number
  /** How many lines could not be read. */
  readonly bad: number
  /** The first 100 of them, with their numbers and why. */
  readonly badLines: readonly DeadLetterLineError[]
}

/** Text in lines, as one or as many strings: each holds one or more whole lines, with or without the last line feed. */
export type Lines = string | Iterable<string> | AsyncIterable<string>

/** Options with nothing left open. */
export interface CheckedImportOptions<T> {
  readonly decode: (value: unknown) => T
  readonly badLines: 'throw' | 'skip'
  readonly whenFull: 'throw' | 'fill'
}

export function checkImportOptions<T>(options: ImportOptions<T>): CheckedImportOptions<T> {
  const {
    decode = (value: unknown) => value as T,
    badLines = 'throw',
    whenFull = 'throw',
  } = checkObject('options', options)
  return {
    decode: checkFunction('decode', decode),
    badLines: checkOneOf('badLines', badLines, ['throw', 'skip']),
    whenFull: checkOneOf('whenFull', whenFull, ['throw', 'fill']),
  }
}

/** What was read and not yet put in: no more than a queue can hold. */
export class ImportBatch<T> {
  readonly #options: CheckedImportOptions<T>
  readonly #keep: 'newest' | 'oldest'
  readonly #capacity: number
  readonly #maxRedriven: number
  readonly letters: Ring<DeadLetterContent<T>> = new Ring()
  readonly redriven: Ring<KeyedPast> = new Ring()
  /** Letters that a queue of this capacity could not hold. */
  leftOut = 0
  bad = 0
  readonly badLines: DeadLetterLineError[] = []
  #line = 0

  constructor(
    options: CheckedImportOptions<T>,
    { keep, capacity, maxRemembered }: { keep: 'newest' | 'oldest'; capacity: number; maxRemembered: number },
  ) {
    this.#options = options
    this.#keep = keep
    this.#capacity = capacity
    this.#maxRedriven = maxRemembered
  }

  /** @throws DeadLetterLineError for a bad line that is not to be skipped. */
  async read(lines: Lines): Promise<void> {
    if (typeof lines !== 'string' && !(Symbol.asyncIterator in Object(lines)) && !(Symbol.iterator in Object(lines)))
      throw new TypeError('lines must be a text or an iterable of texts')
    // A string is iterable too, by characters.
    for await (const piece of typeof lines === 'string' ? [lines] : lines) {
      if (typeof piece !== 'string') this.#readBad(++this.#line, 'not text')
      else for (const text of piece.replace(/\r?\n$/, '').split(/\r?\n/)) this.#readLine(++this.#line, text)
    }
  }

  /** Leaves as many letters as there is room for. */
  fit(room: number): void {
    while (this.letters.size > room) this.#leaveOut()
  }

  #readLine(number: number, text: string): void {
    const bare = number === 1 ? text.replace(/^\uFEFF/, '') : text
    if (bare.trim() === '') return
    let line: Line<T>
    try {
      line = parseLine(bare, this.#options.decode)
    } catch (error) {
      this.#readBad(number, error instanceof Error ? error.message : String(error), error)
      return
    }
    if ('letter' in line) {
      this.letters.push(line.letter)
      // One more than can be held shows that they don't fit.
      if (this.letters.size > this.#capacity + 1) this.#leaveOut()
    } else {
      this.redriven.push(line.redriven)
      if (this.redriven.size > this.#maxRedriven) this.redriven.shift()
    }
  }

  #readBad(line: number, reason: string, cause?: unknown): void {
    const error = new DeadLetterLineError(line, reason, cause === undefined ? undefined : { cause })
    if (this.#options.badLines === 'throw') throw error
    this.bad++
    if (this.badLines.length < NAMED_BAD_LINES) this.badLines.push(error)
  }

  #leaveOut(): void {
    this.leftOut++
    if (this.#keep === 'newest') this.letters.shift()
    else this.letters.pop()
  }
}
