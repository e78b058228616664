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

  /** Goes on after `events`, the latest first. Alerts that are not among `active` by now have ended. */
  restore(events: readonly AlertEventAnswer[], active: ReadonlySet<string>, nowMs: number): void {
    for (const event of events.toReversed()) this.add(event)
    const last = new Map<string, AlertEventAnswer>()
    for (const event of events) if (!last.has(event.id)) last.set(event.id, event)
    for (const { id, rule, to, labels } of last.values())
      if (to !== 'ok' && !active.has(id)) this.add({ at: nowMs, id, rule, from: to, to: 'ok', value: null, labels })
  }

  /** The latest first. */
  latest(limit: number): readonly AlertEventAnswer[] {
    const count = Math.min(limit, this.#events.length)
    return Array.from({ length: count }, (_, back) => this.#events[(this.#next - 1 - back) % this.#size]!)
  }
}
