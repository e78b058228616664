import { Ring } from '@tps/internal'

/** A position that is never reached, and a small integer, which compares quickly. */
const NO_POSITION = -(2 ** 30)

/** At which positions of a lane items of a later millisecond begin, and which one. */
export class Ages {
  readonly #positions = new Ring<number>()
  readonly #times = new Ring<number>()

  /** The first of the positions. */
  get first(): number {
    return this.#positions.peek() ?? NO_POSITION
  }

  /** The last of them. */
  get last(): number {
    return this.#positions.at(this.#positions.size - 1) ?? NO_POSITION
  }

  /** What the last one says; `undefined` when there is none. */
  get lastAt(): number | undefined {
    return this.#times.at(this.#times.size - 1)
  }

  push(position: number, at: number): void {
    this.#positions.push(position)
    this.#times.push(at)
  }

  unshift(position: number, at: number): void {
    this.#positions.unshift(position)
    this.#times.unshift(at)
  }

  /** Takes the first one out and says what it says. There must be one. */
  shift(): number {
    this.#positions.shift()
    return this.#times.shift() as number
  }

  pop(): void {
    this.#positions.pop()
    this.#times.pop()
  }
}
