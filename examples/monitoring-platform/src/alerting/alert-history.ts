import type { AlertEventAnswer } from './answers.ts'

/** The latest changes of alerts: as many as `size`, the oldest goes first. */
export class AlertHistory {
  readonly #size: number
  readonly #events: AlertEventAnswer[] = []
  #next = 0

  constructor(size = 1_000) {
    this.#size = size
  }

  add(event: AlertEventAnswer): void {
    this.#events[this.#next++ % this.#size] = event
  }

  /** The latest first. */
  latest(limit: number): readonly AlertEventAnswer[] {
    const count = Math.min(limit, this.#events.length)
    return Array.from({ length: count }, (_, back) => this.#events[(this.#next - 1 - back) % this.#size]!)
  }
}
