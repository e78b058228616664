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
import type { Answer, DeadRow, Request } from './sqlite-protocol.ts'
import { type ThrownJson, thrownFromJson } from './thrown-json.ts'

const PAGE = 100

/** An item that was given up, as it is kept in the file. */
export interface SqliteDeadLetter<T> {
  /** Counts up, in the order of arrival. An item that dies again gets a new one. */
  readonly id: number
  /** The item; `undefined` when the codec can't read it, see `raw`. */
  readonly item: T | undefined
  /** What is written of the item. */
  readonly raw: string | Uint8Array
  /** What the attempts failed with, the last one last, those before a redrive included. The last `maxErrors` are kept. */
  readonly errors: readonly unknown[]
  /** How many times the item was handed out, before its redrives and after. */
  readonly attempts: number
  readonly class: string
  readonly key: string | undefined
  readonly tenant: string | undefined
  readonly headers: Readonly<Record<string, string>>
  /** When the item was put in, in ms since 1970. */
  readonly createdAt: number
  /** When it was given up for the last time, in ms since 1970. */
  readonly lastAt: number
  /** How many times it was sent back, and died again. */
  readonly redrives: number
  /** Whether it was sent back and died again: a redrive leaves it here unless told otherwise. */
  readonly poison: boolean
}

/** Which dead letters to send back, and how fast. */
export interface SqliteRedriveOptions<T> {
  /** How many a second at most, evenly spaced. Greater than 0. Default `Infinity`. */
  readonly perSecond?: number | undefined
  /** Asked about each letter when its turn comes. Default: all. */
  readonly filter?: ((letter: SqliteDeadLetter<T>) => boolean) | undefined
  /** What to do with poison: leave it (`'skip'`, default), send it too (`'include'`), or send nothing else (`'only'`). */
  readonly poison?: 'skip' | 'include' | 'only' | undefined
  /** Ends the redrive. What has not been sent stays here. */
  readonly signal?: AbortSignal | undefined
}

/** What a redrive came to. */
export interface SqliteRedriveReport {
  /** How many were sent back. */
  readonly redriven: number
  /** How many `filter` or `poison` left out, or were duplicates of what waits. */
  readonly skipped: number
  /** Why it ended: every letter had its turn, the queue was full, or it was aborted. */
  readonly ended: 'done' | 'full' | 'aborted'
}

interface Home<T> {
  readonly ask: (request: Request) => Promise<Answer>
  readonly size: () => number
  readonly codec: Codec<T>
  readonly clock: Clock
  readonly timers: Timers
}

/** The dead letters of a `SqliteQueue`: in the same file, so that an item is in the queue or here, and never in both. */
export class SqliteDeadLetters<T> {
  readonly #home: Home<T>

  /** @internal */
  constructor(home: Home<T>) {
    this.#home = home
  }

  /** How many there are, as this process last saw it. */
  get size(): number {
    return this.#home.size()
  }

  /** The first `limit` (100) with an `id` above `after` (0), oldest first. */
  async list({ after = 0, limit = PAGE }: { readonly after?: number; readonly limit?: number } = {}): Promise<
    SqliteDeadLetter<T>[]
  > {
    checkInteger('after', after, { min: 0 })
    checkInteger('limit', limit, { min: 1 })
    const rows = (await this.#home.ask({ kind: 'list-dead', after, limit })) as readonly DeadRow[]
    return rows.map((row) => this.#letterOf(row))
  }

  /** All of them, oldest first, a page at a time. */
  async *[Symbol.asyncIterator](): AsyncGenerator<SqliteDeadLetter<T>, void, undefined> {
    for (let after = 0; ;) {
      const page = await this.list({ after })
      yield* page
      const last = page.at(-1)
      if (!last || page.length < PAGE) return
      after = last.id
    }
  }

  /** Takes one out for good. `false` when it is not here. */
  async remove(id: number): Promise<boolean> {
    return (await this.#home.ask({ kind: 'remove-dead', id: checkInteger('id', id, { min: 1 }) })) === 'done'
  }

  /** Sends letters back into the queue, each in one transaction: attempts begin anew, the chain of errors stays. */
  async redrive(options: SqliteRedriveOptions<T> = {}): Promise<SqliteRedriveReport> {
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
    for await (const letter of this) {
      if (signal?.aborted) return { redriven, skipped, ended: 'aborted' }
      if ((poison !== 'include' && letter.poison !== (poison === 'only')) || !filter(letter)) {
        skipped++
        continue
      }
      const startedMs = this.#home.clock.now()
      const answer = await this.#home.ask({ kind: 'redrive', id: letter.id })
      if (answer === 'full') return { redriven, skipped, ended: 'full' }
      if (answer === 'done') redriven++
      else skipped++
      if (!(await this.#pause(startedMs + spacingMs - this.#home.clock.now(), signal)))
        return { redriven, skipped, ended: 'aborted' }
    }
    return { redriven, skipped, ended: 'done' }
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

  #letterOf(row: DeadRow): SqliteDeadLetter<T> {
    let item: T | undefined
    try {
      item = this.#home.codec.decode(row.item)
    } catch {
      // It may be here for this very reason: `raw` has it.
    }
    return {
      id: row.id,
      item,
      raw: row.item,
      errors: (JSON.parse(row.errors) as ThrownJson[]).map((error) => thrownFromJson(error)),
      attempts: row.attempt,
      class: row.class,
      key: row.key ?? undefined,
      tenant: row.tenant ?? undefined,
      headers: row.headers === null ? {} : (JSON.parse(row.headers) as Record<string, string>),
      createdAt: row.createdAt,
      lastAt: row.diedAt,
      redrives: row.redrives,
      poison: row.redrives > 0,
    }
  }
}
