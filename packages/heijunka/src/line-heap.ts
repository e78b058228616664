import type { Entry } from './entry.ts'

/** Entries in order of their age, of which the first may be handed out: a key's turn, or a block that was moved here. */
export interface Line<T> {
  /** The age of its front. Kept up to date by the line while it is in a heap. */
  readonly order: number
  /** Its place in the heap it is in; -1 when it is in none. */
  place: number
  readonly front: Entry<T>
  /** Takes the front out. Returns whether another one may be handed out now. */
  advance(): boolean
}

/** Lines, the one with the oldest front first. Everything is O(log lines). */
export class LineHeap<T> {
  readonly #lines: Line<T>[] = []

  get size(): number {
    return this.#lines.length
  }

  /** The line with the oldest front. */
  get first(): Line<T> | undefined {
    return this.#lines[0]
  }

  /** All of them, in no order. */
  get all(): readonly Line<T>[] {
    return this.#lines
  }

  add(line: Line<T>): void {
    this.#lines.push(line)
    this.#rise(this.#lines.length - 1, line)
  }

  remove(line: Line<T>): void {
    const { place } = line
    const last = this.#lines.pop()
    line.place = -1
    if (last === undefined || last === line) return
    const above = this.#lines[(place - 1) >> 1]
    if (place > 0 && above && last.order < above.order) this.#rise(place, last)
    else this.#sink(place, last)
  }

  /** Takes the front of the first line. There must be one. */
  shift(): Entry<T> {
    const line = this.#lines[0] as Line<T>
    const { front } = line
    if (line.advance()) this.#sink(0, line)
    else this.remove(line)
    return front
  }

  #rise(from: number, line: Line<T>): void {
    const lines = this.#lines
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = lines[parent] as Line<T>
      if (above.order <= line.order) break
      lines[place] = above
      above.place = place
      place = parent
    }
    lines[place] = line
    line.place = place
  }

  #sink(from: number, line: Line<T>): void {
    const lines = this.#lines
    const { length } = lines
    let place = from
    for (let child = 2 * place + 1; child < length; child = 2 * place + 1) {
      let below = lines[child] as Line<T>
      const right = lines[child + 1]
      if (right !== undefined && right.order < below.order) {
        below = right
        child++
      }
      if (below.order >= line.order) break
      lines[place] = below
      below.place = place
      place = child
    }
    lines[place] = line
    line.place = place
  }
}
