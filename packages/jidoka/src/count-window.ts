import type { OutcomeWindow, SavedCountWindow } from './window.ts'

const FAILED = 1
const SLOW = 2

/** The last `calls` outcomes, a byte each, and running totals. Recording is O(1). */
export class CountWindow implements OutcomeWindow {
  completed = 0
  failed = 0
  slow = 0
  readonly #outcomes: Uint8Array
  #next = 0

  constructor(calls: number, saved?: SavedCountWindow) {
    this.#outcomes = new Uint8Array(calls)
    for (const digit of saved?.outcomes ?? '') this.record(0, (+digit & FAILED) > 0, (+digit & SLOW) > 0)
  }

  record(_nowMs: number, failed: boolean, slow: boolean): void {
    if (this.completed === this.#outcomes.length) this.#drop(this.#outcomes[this.#next]!)
    else this.completed++
    this.#outcomes[this.#next] = (failed ? FAILED : 0) | (slow ? SLOW : 0)
    this.#next = (this.#next + 1) % this.#outcomes.length
    if (failed) this.failed++
    if (slow) this.slow++
  }

  advance(): void {
    // Outcomes leave when others come, however old they are.
  }

  clear(): void {
    this.completed = this.failed = this.slow = this.#next = 0
  }

  isWhole(): boolean {
    return this.completed === this.#outcomes.length
  }

  save(): SavedCountWindow {
    const { length } = this.#outcomes
    const oldest = this.completed === length ? this.#next : 0
    const outcomes = Array.from({ length: this.completed }, (_, age) => this.#outcomes[(oldest + age) % length])
    return { kind: 'count', outcomes: outcomes.join('') }
  }

  #drop(outcome: number): void {
    if (outcome & FAILED) this.failed--
    if (outcome & SLOW) this.slow--
  }
}
