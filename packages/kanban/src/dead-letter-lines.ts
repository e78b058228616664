import type { DeadLetter } from './dead-letter.ts'
import type { Past, Trace } from './redrive-memory.ts'
import { type ThrownJson, faultOfThrown, thrownFromJson, thrownToJson } from './thrown-json.ts'

/** The version of the lines that are written, and the only one that is read. */
const VERSION = 1

/** A dead letter that has not arrived yet. */
export type DeadLetterContent<T> = Omit<DeadLetter<T>, 'id' | 'poison'>

/** An item that was sent back and may die again, by its key. */
export interface KeyedPast {
  readonly key: LineKey
  readonly past: Past
}

/** A key that JSON can hold. */
type LineKey = string | number | boolean

/** What a line says. */
export type Line<T> = { readonly letter: DeadLetterContent<T> } | { readonly redriven: KeyedPast }

/** How letters become lines. */
export interface ExportOptions<T> {
  /**
   * Which letters. Default: all, and the keys of items that were sent back, so that these are recognised after an import;
   * with a filter, letters alone.
   */
  readonly filter?: ((letter: DeadLetter<T>) => boolean) | undefined
  /** What of an item is written, as something that JSON can hold. Default: the item itself. */
  readonly encode?: ((item: T) => unknown) | undefined
  /** Whether the stacks of errors are written. Default false. */
  readonly stack?: boolean | undefined
}

/** The lines of `letters`, and of those `traces` that are out and whose keys JSON can hold. Taken at once, written lazily. */
export function linesOf<T>(
  letters: readonly DeadLetter<T>[],
  traces: Iterable<Trace>,
  encode: (item: T) => unknown,
  withStack: boolean,
): IterableIterator<string> {
  const pasts = Array.from(traces).flatMap(({ key, past, isOut }) => (isOut && isLineKey(key) ? [{ key, past }] : []))
  return write(letters, pasts, encode, withStack)
}

function* write<T>(
  letters: readonly DeadLetter<T>[],
  pasts: readonly KeyedPast[],
  encode: (item: T) => unknown,
  withStack: boolean,
): Generator<string, void, undefined> {
  for (const letter of letters) yield lineOfLetter(letter, encode, withStack)
  for (const { key, past } of pasts) yield toLine({ redriven: key, ...partsOf(past, withStack) })
}

/** @throws TypeError when JSON can't hold the item; with the letter's id. */
function lineOfLetter<T>(letter: DeadLetter<T>, encode: (item: T) => unknown, withStack: boolean): string {
  const { id, item, lastAt } = letter
  try {
    return toLine({ item: encode(item), ...partsOf(letter, withStack), lastAt })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new TypeError(`the item of dead letter ${id} can't be written as JSON: ${why}`, { cause: error })
  }
}

function toLine(content: object): string {
  return `${JSON.stringify({ v: VERSION, ...content })}\n`
}

function partsOf({ errors, attempts, firstAt, redrives }: Past, withStack: boolean): object {
  return { errors: errors.map((error) => thrownToJson(error, withStack)), attempts, firstAt, redrives }
}

/** What `text` says. @throws Error with what is wrong with it. */
export function parseLine<T>(text: string, decode: (value: unknown) => T): Line<T> {
  const json: unknown = JSON.parse(text)
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new TypeError('not a JSON object')
  const { v, item, redriven, errors, attempts, firstAt, lastAt, redrives } = json as Record<string, unknown>
  if (v !== VERSION) throw new RangeError(`version ${JSON.stringify(v)} is not known, only ${VERSION}`)
  const past: Past = {
    errors: errorsOf(errors),
    attempts: integerOf('attempts', attempts),
    firstAt: timeOf('firstAt', firstAt),
    redrives: integerOf('redrives', redrives),
  }
  if (redriven === undefined) return { letter: { item: decode(item), ...past, lastAt: timeOf('lastAt', lastAt) } }
  if (!isLineKey(redriven)) throw new TypeError('redriven must be a text, a number or a boolean')
  return { redriven: { key: redriven, past } }
}

function errorsOf(errors: unknown): unknown[] {
  if (!Array.isArray(errors)) throw new TypeError('errors must be a list')
  return errors.map((error: unknown, index) => {
    const fault = faultOfThrown(error)
    if (fault !== undefined) throw new TypeError(`errors[${index}] ${fault}`)
    return thrownFromJson(error as ThrownJson)
  })
}

function integerOf(name: string, value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw new TypeError(`${name} must be an integer in [0, ∞), got ${JSON.stringify(value)}`)
  return value as number
}

function timeOf(name: string, value: unknown): number {
  if (!Number.isFinite(value)) throw new TypeError(`${name} must be a time in ms, got ${JSON.stringify(value)}`)
  return value as number
}

function isLineKey(key: unknown): key is LineKey {
  return typeof key === 'string' || typeof key === 'boolean' || Number.isFinite(key)
}
