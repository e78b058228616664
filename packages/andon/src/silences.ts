import { checkNumber, checkObject } from '@tps/internal'
import { type Matchers, Matcher, type Subject } from './matchers.ts'
import { SilencesFullError } from './silences-full-error.ts'

/** What is to be kept quiet, how long, and who says so. */
export interface SilenceOptions {
  /** Which alerts; at least one label. */
  readonly matchers: Matchers
  /** How long, in ms, greater than 0, by the monotonic clock. Either this or `untilMs`. */
  readonly forMs?: number | undefined
  /** Until when, in ms since 1970; later than now. Either this or `forMs`. */
  readonly untilMs?: number | undefined
  /** Who silences. At most 256 characters. */
  readonly by: string
  /** Why. At most 1000 characters. Default empty. */
  readonly comment?: string | undefined
}

/** A silence that is in force. Frozen plain JSON. */
export interface Silence {
  readonly id: string
  /** Expressions are `{ regex, flags }`. */
  readonly matchers: Matchers
  readonly by: string
  readonly comment: string
  /** ISO 8601 in UTC. */
  readonly createdAt: string
  /** ISO 8601 in UTC, as the wall clock was when it was made. It ends by the monotonic clock. */
  readonly endsAt: string
}

/** A silence as it is saved. */
export interface SavedSilence extends Silence {
  /** How long it still lasts. */
  readonly leftMs: number
}

interface Entry {
  readonly silence: Silence
  readonly matcher: Matcher
  readonly endMs: number
}

/** A hundred years: dates stay dates. */
const LONGEST_MS = 100 * 365.25 * 86_400_000

/** The silences in force. Ended ones go when time is looked at. */
export class Silences {
  /** Changes whenever an alert may be silenced that was not, or the other way round. */
  version = 0
  readonly #max: number
  readonly #entries = new Map<string, Entry>()
  #made = 0

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#entries.size
  }

  /** @throws {TypeError | RangeError | SilencesFullError} */
  add(emitter: string, options: SilenceOptions, nowMs: number, wallMs: number): Silence {
    checkObject('silence', options)
    const { forMs, untilMs } = options
    const matcher = new Matcher('matchers', options.matchers)
    if ((forMs === undefined) === (untilMs === undefined))
      throw new TypeError('silence must have either "forMs" or "untilMs"')
    const ms =
      untilMs === undefined
        ? checkNumber('forMs', forMs, { above: 0, max: LONGEST_MS })
        : checkNumber('untilMs', untilMs, { above: wallMs, max: wallMs + LONGEST_MS }) - wallMs
    const by = checkText('by', options.by, 1, 256)
    const comment = checkText('comment', options.comment ?? '', 0, 1000)
    this.expire(nowMs)
    if (this.#entries.size >= this.#max) throw new SilencesFullError(emitter, this.#max)
    const silence: Silence = Object.freeze({
      id: this.#newId(wallMs),
      matchers: matcher.plain,
      by,
      comment,
      createdAt: isoOf(wallMs),
      endsAt: isoOf(wallMs + ms),
    })
    this.#keep({ silence, matcher, endMs: nowMs + ms })
    return silence
  }

  /** Ends one before its time; `undefined` when there is none of that id. */
  end(id: string): Silence | undefined {
    const { silence } = this.#entries.get(id) ?? {}
    if (this.#entries.delete(id)) this.version++
    return silence
  }

  /** Takes out those whose time is over, and returns them. */
  expire(nowMs: number): Silence[] {
    const ended: Silence[] = []
    for (const { silence, endMs } of this.#entries.values()) if (endMs <= nowMs) ended.push(silence)
    for (const { id } of ended) this.end(id)
    return ended
  }

  /** The first one in force that covers `subject`. */
  find(subject: Subject, nowMs: number): Silence | undefined {
    for (const { silence, matcher, endMs } of this.#entries.values())
      if (endMs > nowMs && matcher.matches(subject)) return silence
    return undefined
  }

  list(nowMs: number): Silence[] {
    return [...this.#entries.values()].filter(({ endMs }) => endMs > nowMs).map(({ silence }) => silence)
  }

  save(nowMs: number): SavedSilence[] {
    return [...this.#entries.values()]
      .filter(({ endMs }) => endMs > nowMs)
      .map(({ silence: { id, matchers, by, comment, createdAt, endsAt }, endMs }) => ({
        id,
        matchers,
        by,
        comment,
        createdAt,
        endsAt,
        leftMs: endMs - nowMs,
      }))
  }

  /** Takes one that was saved. Those that were saved count, however many: none may end by being forgotten. */
  restore({ leftMs, ...silence }: SavedSilence, elapsedMs: number, nowMs: number): void {
    if (leftMs <= elapsedMs) return
    const matcher = new Matcher('matchers', silence.matchers)
    this.#keep({ silence: Object.freeze(silence), matcher, endMs: nowMs + leftMs - elapsedMs })
  }

  #keep(entry: Entry): void {
    this.#entries.set(entry.silence.id, entry)
    this.version++
  }

  #newId(wallMs: number): string {
    for (;;) {
      const id = `silence-${Math.round(wallMs).toString(36)}-${this.#made++}`
      if (!this.#entries.has(id)) return id
    }
  }
}

/** Returns `text` when it is a string of `min` to `max` characters. */
export function checkText(name: string, text: unknown, min: number, max: number): string {
  if (typeof text !== 'string') throw new TypeError(`${name} must be a string, got ${typeof text}`)
  if (text.length < min || text.length > max)
    throw new RangeError(`${name} must have from ${min} to ${max} characters, got ${text.length}`)
  return text
}

function isoOf(ms: number): string {
  return new Date(Math.round(ms)).toISOString()
}
