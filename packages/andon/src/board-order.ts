import { Ring } from '@tps/internal'

/**
 * Tells what has happened in the order it happened: what a listener sets off while it is told is told after it, so that
 * nobody hears of an end before its beginning.
 */
export class InOrder {
  readonly #waiting = new Ring<() => void>()
  #isTelling = false

  /** Commits to telling something. `tell` must not throw. */
  later(tell: () => void): void {
    this.#waiting.push(tell)
  }

  /** Tells everything that waits, unless that is under way already. */
  now(): void {
    if (this.#isTelling) return
    this.#isTelling = true
    for (let tell = this.#waiting.shift(); tell; tell = this.#waiting.shift()) tell()
    this.#isTelling = false
  }
}
