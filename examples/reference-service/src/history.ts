import { type Reading, read } from './reading.ts'
import type { LineSnapshots } from './snapshots.ts'

/** What is read. */
interface Observed {
  observe(): LineSnapshots
}

/** How many readings are kept: five minutes at one a second. */
const KEPT = 300
const EVERY_MS = 1_000
/** A history whose last reading is older than this has stopped. */
const STALE_MS = 10_000

/** Reads the line once a second, keeps the last minutes, and tells whoever follows. */
export class History {
  readonly #observed: Observed
  readonly #readings: Reading[] = []
  readonly #followers = new Set<(reading: Reading) => void>()
  #lastMs = performance.now()
  #timer: NodeJS.Timeout | undefined

  constructor(observed: Observed) {
    this.#observed = observed
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), EVERY_MS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** The readings kept, oldest first. */
  get readings(): readonly Reading[] {
    return this.#readings
  }

  /** Whether readings are still taken. */
  get isFresh(): boolean {
    return performance.now() - this.#lastMs < STALE_MS
  }

  /** Calls `follower` with every new reading until the returned function is called. */
  follow(follower: (reading: Reading) => void): () => void {
    this.#followers.add(follower)
    return () => void this.#followers.delete(follower)
  }

  #tick(): void {
    const reading = read(this.#observed.observe())
    this.#lastMs = performance.now()
    this.#readings.push(reading)
    if (this.#readings.length > KEPT) this.#readings.shift()
    for (const follower of this.#followers) follower(reading)
  }
}
