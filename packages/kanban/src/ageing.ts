import type { Line } from './line.ts'

/**
 * Which class is served next: the most urgent that has something, except that one whose oldest has waited longer than
 * `maxAgeMs` comes before it. Of several such, the one with the oldest. Never twice in a row while something more urgent is
 * ready: however much has aged, urgent items get half of what is handed out.
 *
 * Choosing is O(1) with a bitmap; while something has aged it is O(classes).
 */
export class Ageing<T> {
  readonly #lines: readonly Line<T>[]
  readonly #maxAgeMs: number
  /** One bit a line, the first line the highest. */
  #occupied = 0
  /** Nothing has aged before. */
  #nextAgedAt = Number.POSITIVE_INFINITY
  #isAgedChosen = false
  #wasAgedServed = false

  constructor(lines: readonly Line<T>[], maxAgeMs: number) {
    this.#lines = lines
    this.#maxAgeMs = lines.length === 1 ? Number.POSITIVE_INFINITY : maxAgeMs
  }

  /** The number of the line to serve. One must have something. */
  choose(nowMs: number): number {
    return nowMs < this.#nextAgedAt ? Math.clz32(this.#occupied) : this.#chooseAged(nowMs)
  }

  /** The number of the line that is served now. */
  next(nowMs: number): number {
    if (nowMs < this.#nextAgedAt) {
      this.#wasAgedServed = false
      return Math.clz32(this.#occupied)
    }
    const line = this.#chooseAged(nowMs)
    this.served()
    return line
  }

  /** The chosen line was served. */
  served(): void {
    this.#wasAgedServed = this.#isAgedChosen
    this.#isAgedChosen = false
  }

  /** The chosen line had nothing that could be served. */
  passed(): void {
    this.#isAgedChosen = false
  }

  /** This line has something, all of it since now. */
  occupied(line: number, nowMs: number): void {
    this.#occupied |= 0x8000_0000 >>> line
    // Where it is known already, it is that of something older.
    if (this.#nextAgedAt === Number.POSITIVE_INFINITY) this.#nextAgedAt = nowMs + this.#maxAgeMs
  }

  /** This line has nothing. */
  emptied(line: number): void {
    this.#occupied &= ~(0x8000_0000 >>> line)
  }

  #chooseAged(nowMs: number): number {
    const first = Math.clz32(this.#occupied)
    let chosen = first
    let oldestAt = nowMs - this.#maxAgeMs
    let nextAgedAt = Number.POSITIVE_INFINITY
    for (let rest = this.#occupied; rest !== 0;) {
      const line = Math.clz32(rest)
      rest &= ~(0x8000_0000 >>> line)
      const at = (this.#lines[line] as Line<T>).oldestAt
      nextAgedAt = Math.min(nextAgedAt, at + this.#maxAgeMs)
      if (line === first || at > oldestAt || (at === oldestAt && chosen !== first)) continue
      oldestAt = at
      chosen = line
    }
    this.#nextAgedAt = nextAgedAt
    if (this.#wasAgedServed) chosen = first
    this.#isAgedChosen = chosen !== first
    return chosen
  }
}
