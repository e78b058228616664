import type { SampleBatch } from '../sample.ts'
import type { SeriesTable } from '../series.ts'
import { type Points, Thinner } from './thinner.ts'

/** What is new of the series that somebody watches, by key. */
export type News = Readonly<Record<string, Points>>

interface Watcher {
  readonly keys: readonly string[]
  readonly tell: (news: News) => void
}

/**
 * Tells those who watch some series what is accepted of them. Each sample of the platform comes by here, so that one which
 * nobody watches costs one look into an array, and nothing at all while nobody watches anything.
 */
export class LiveFeed {
  readonly #series: SeriesTable
  readonly #watchers = new Set<Watcher>()
  /** By key, also those that no sample has come of yet. */
  readonly #thinners = new Map<string, Thinner>()
  readonly #byId = new Map<number, Thinner>()
  /** 1 for the numbers of series that are watched. */
  #isWatched = new Uint8Array(0)
  #known = 0

  constructor(series: SeriesTable) {
    this.#series = series
  }

  /** How many watch. */
  get watchers(): number {
    return this.#watchers.size
  }

  /** `tell` gets what is new of the series with these keys at each `flush`, when there is something. Returns what ends it. */
  watch(keys: readonly string[], tell: (news: News) => void): () => void {
    const watcher: Watcher = { keys: [...new Set(keys)], tell }
    this.#watchers.add(watcher)
    this.#look()
    return () => {
      if (this.#watchers.delete(watcher)) this.#look()
    }
  }

  /** Takes what was accepted. */
  hear({ length, series, timestamps, values }: SampleBatch): void {
    if (this.#watchers.size === 0) return
    // A series that is watched may just have been seen for the first time.
    if (this.#series.size !== this.#known) this.#look()
    const isWatched = this.#isWatched
    for (let row = 0; row < length; row++) {
      const id = series[row]!
      if (isWatched[id] === 1) this.#byId.get(id)!.add(timestamps[row]!, values[row]!)
    }
  }

  /** Tells what has come since the last time. */
  flush(): void {
    const news = new Map<string, Points>()
    for (const [key, thinner] of this.#thinners) if (!thinner.isEmpty) news.set(key, thinner.take())
    if (news.size === 0) return
    for (const { keys, tell } of this.#watchers) {
      const own = keys.flatMap((key) => {
        const points = news.get(key)
        return points ? [[key, points] as const] : []
      })
      if (own.length > 0) tell(Object.fromEntries(own))
    }
  }

  /** Finds out which numbers are watched. */
  #look(): void {
    this.#known = this.#series.size
    const wanted = new Set([...this.#watchers].flatMap(({ keys }) => keys))
    for (const key of this.#thinners.keys()) if (!wanted.has(key)) this.#thinners.delete(key)
    this.#byId.clear()
    for (const key of wanted) {
      let thinner = this.#thinners.get(key)
      if (!thinner) this.#thinners.set(key, (thinner = new Thinner()))
      const id = this.#series.byKey(key)?.id
      if (id === undefined) continue
      this.#byId.set(id, thinner)
    }
    // As long as there are series: looking beyond the end of an array costs a hundred times as much.
    this.#isWatched = new Uint8Array(this.#known)
    for (const id of this.#byId.keys()) this.#isWatched[id] = 1
  }
}
