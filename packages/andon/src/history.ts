import { Ring } from '@tps/internal'
import type { Alert } from './alert.ts'

/** The last alerts that have resolved. */
export class History {
  readonly #max: number
  readonly #alerts = new Ring<Alert>()

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#alerts.size
  }

  add(alert: Alert): void {
    this.#alerts.push(alert)
    if (this.#alerts.size > this.#max) this.#alerts.shift()
  }

  latestFirst(): Alert[] {
    return [...this.#alerts].toReversed()
  }
}
