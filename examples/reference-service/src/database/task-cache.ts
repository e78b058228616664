/** What was looked up lately. */
export interface TaskCacheOptions {
  /** How many entries there may be; the one that was not used for longest goes first. At least 1. Default 10,000. */
  readonly capacity?: number | undefined
  /** How long an entry is good for, in ms. 0 keeps nothing. Default 30,000. */
  readonly ttlMs?: number | undefined
  /** Monotonic ms. Default `performance.now`. */
  readonly now?: (() => number) | undefined
}

/** The readings of a cache. */
export interface TaskCacheSnapshot {
  readonly size: number
  readonly capacity: number
  readonly hits: number
  readonly misses: number
  /** Entries that went because there was no room. */
  readonly evicted: number
}

interface Entry<V> {
  readonly value: V
  readonly untilMs: number
}

/** A bounded cache whose entries expire. */
export class TaskCache<V> {
  readonly #entries = new Map<string, Entry<V>>()
  readonly #capacity: number
  readonly #ttlMs: number
  readonly #now: () => number
  #hits = 0
  #misses = 0
  #evicted = 0

  constructor({ capacity = 10_000, ttlMs = 30_000, now = () => performance.now() }: TaskCacheOptions = {}) {
    this.#capacity = capacity
    this.#ttlMs = ttlMs
    this.#now = now
  }

  /** The entry's value in a box; `undefined` on a miss. */
  get(key: string): { readonly value: V } | undefined {
    const entry = this.#entries.get(key)
    // Taken out in any case: put back at the end it is the one used last.
    this.#entries.delete(key)
    if (!entry || this.#now() >= entry.untilMs) {
      this.#misses++
      return undefined
    }
    this.#hits++
    this.#entries.set(key, entry)
    return entry
  }

  set(key: string, value: V): void {
    if (this.#ttlMs === 0) return
    this.#entries.delete(key)
    this.#entries.set(key, { value, untilMs: this.#now() + this.#ttlMs })
    if (this.#entries.size <= this.#capacity) return
    this.#evicted++
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest)
      return
    }
  }

  clear(): void {
    this.#entries.clear()
  }

  snapshot(): TaskCacheSnapshot {
    return {
      size: this.#entries.size,
      capacity: this.#capacity,
      hits: this.#hits,
      misses: this.#misses,
      evicted: this.#evicted,
    }
  }
}
