/** So many of one class. */
export interface Stage {
  readonly lane: number
  readonly count: number
}

const NEVER = Number.POSITIVE_INFINITY

/**
 * In which order the classes are asked: the most urgent first, except that a class whose oldest may have waited longer than
 * `maxAgeMs` comes first with half of what is asked for, and never twice in a row with all of it. How old the oldest is, the
 * server doesn't say; it can't be older than the last one that came, nor than the time when there was none.
 */
export class Turns {
  readonly #maxAgeMs: number
  /** No item of the class that waits now was put in before this. */
  readonly #since: number[]
  #wasAgedFirst = false

  constructor(lanes: number, maxAgeMs: number, nowMs: number) {
    this.#maxAgeMs = lanes === 1 ? NEVER : maxAgeMs
    this.#since = Array.from({ length: lanes }, () => nowMs)
  }

  /** Something of this class came, put in at `createdMs`. */
  came(lane: number, createdMs: number): void {
    this.#since[lane] = Math.max(createdMs, this.#since[lane] ?? 0)
  }

  /** There was nothing of this class. */
  foundEmpty(lane: number, nowMs: number): void {
    this.#since[lane] = nowMs
  }

  /** Whom to ask for `count`, one after the other, each for what those before it didn't have. */
  plan(count: number, lanes: readonly number[], nowMs: number): readonly Stage[] {
    const stages = lanes.map((lane) => ({ lane, count }))
    const aged = this.#oldestAged(lanes, nowMs)
    if (aged === undefined || (count === 1 && this.#wasAgedFirst)) {
      this.#wasAgedFirst = false
      return stages
    }
    this.#wasAgedFirst = true
    return [{ lane: aged, count: Math.max(1, count >> 1) }, ...stages]
  }

  /** Of those that have waited too long, behind something more urgent, the one that has waited longest. */
  #oldestAged(lanes: readonly number[], nowMs: number): number | undefined {
    let oldest: number | undefined
    for (const lane of lanes.slice(1)) {
      const since = this.#since[lane] ?? nowMs
      if (nowMs - since > this.#maxAgeMs && (oldest === undefined || since < (this.#since[oldest] ?? nowMs)))
        oldest = lane
    }
    return oldest
  }
}
