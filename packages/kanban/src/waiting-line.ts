/** One who waits. A line links it to its neighbours, so that leaving from the middle is O(1). */
export abstract class Waiter {
  /** The line it stands in. */
  line: WaitingLine<Waiter> | undefined
  previous: Waiter | undefined
  next: Waiter | undefined
}

const ignore = (): void => {}

/** First come, first served; anyone may leave at any time. Everything is O(1). */
export class WaitingLine<W extends Waiter> {
  #first: Waiter | undefined
  #last: Waiter | undefined
  #size = 0
  readonly #onChange: () => void

  /** `onChange` is called when someone has joined or left. */
  constructor(onChange: () => void = ignore) {
    this.#onChange = onChange
  }

  get size(): number {
    return this.#size
  }

  /** The one whose turn it is; `undefined` when nobody waits. */
  get first(): W | undefined {
    return this.#first as W | undefined
  }

  join(waiter: W): void {
    waiter.line = this
    waiter.previous = this.#last
    if (this.#last) this.#last.next = waiter
    else this.#first = waiter
    this.#last = waiter
    this.#size++
    this.#onChange()
  }

  /** Takes the first one out; `undefined` when nobody waits. */
  shift(): W | undefined {
    const first = this.#first as W | undefined
    if (first) this.leave(first)
    return first
  }

  /** Takes this one out. `false` when it does not stand here. */
  leave(waiter: W): boolean {
    if (waiter.line !== this) return false
    if (waiter.previous) waiter.previous.next = waiter.next
    else this.#first = waiter.next
    if (waiter.next) waiter.next.previous = waiter.previous
    else this.#last = waiter.previous
    waiter.line = waiter.previous = waiter.next = undefined
    this.#size--
    this.#onChange()
    return true
  }
}
