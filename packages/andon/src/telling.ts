import { Ring, type SafeEmitter } from '@tps/internal'
import type { AlertEvents, DeliveryFailedEvent, SourceErrorEvent } from './events.ts'

/**
 * Does in order, one after the other, what is to be told: what a listener sets off while it is told is told after it,
 * so that nobody hears of a resolve before its firing.
 */
export class Telling {
  readonly #events: SafeEmitter<AlertEvents>
  readonly #waiting = new Ring<() => void>()
  #isTelling = false

  constructor(events: SafeEmitter<AlertEvents>) {
    this.#events = events
  }

  later(tell: () => void): void {
    this.#waiting.push(tell)
  }

  /** Tells everything that waits. */
  now(): void {
    if (this.#isTelling) return
    this.#isTelling = true
    for (let tell = this.#waiting.shift(); tell; tell = this.#waiting.shift()) tell()
    this.#isTelling = false
  }

  sourceError(event: SourceErrorEvent): void {
    this.later(() => {
      if (this.#events.has('sourceError')) this.#events.emit('sourceError', event)
      else console.error(`The source of alert rule "${event.rule}" failed:`, event.error)
    })
  }

  deliveryFailed(event: DeliveryFailedEvent): void {
    if (this.#events.has('deliveryFailed')) return this.#events.emit('deliveryFailed', event)
    const { channel, notification, reason, error } = event
    console.error(
      `Channel "${channel}" did not get ${notification.id} (${reason})`,
      ...(error === undefined ? [] : [error]),
    )
  }
}
