import type { OutcomeWindow } from './window.ts'

const FAILED = 1
const SLOW = 2

/** The last `calls` outcomes, a byte each, and running totals. Recording is O(1). */
export class CountWindow implements OutcomeWindow {
  completed = 0
  failed = 0
  slow = 0
  readonly #outcomes: Uint8Array
  #next = 0

  constructor(calls: number) {
    this.#outcomes = new Uint8Array(calls)
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

  #drop(outcome: number): void {
    if (outcome & FAILED) this.failed--
    if (outcome & SLOW) this.slow--
  }
}
