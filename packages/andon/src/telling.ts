import { Ring, type SafeEmitter } from '@tps/internal'
import type { Alert } from './alert.ts'
import type { AlertNotification, Channel } from './channel.ts'
import type { AlertEvents, DeliveryFailedEvent, SourceErrorEvent } from './events.ts'
import { Outbox } from './outbox.ts'

/**
 * Tells listeners, then channels, what has happened, in the order it happened: what a listener sets off while it is
 * told is told after it, so that nobody hears of a resolve before its firing.
 */
export class Telling {
  readonly outboxes: readonly Outbox[]
  readonly #events: SafeEmitter<AlertEvents>
  readonly #waiting = new Ring<() => void>()
  #isTelling = false

  constructor(events: SafeEmitter<AlertEvents>, channels: readonly Channel[], capacity: number) {
    this.#events = events
    this.outboxes = channels.map((channel) => new Outbox(channel, capacity, (event) => this.#deliveryFailed(event)))
  }

  later(alert: Alert): void {
    this.#waiting.push(() => this.#alert(alert))
  }

  sourceError(event: SourceErrorEvent): void {
    this.#waiting.push(() => {
      if (this.#events.has('sourceError')) this.#events.emit('sourceError', event)
      else console.error(`The source of alert rule "${event.rule}" failed:`, event.error)
    })
  }

  /** Tells everything that waits. */
  now(): void {
    if (this.#isTelling) return
    this.#isTelling = true
    for (let tell = this.#waiting.shift(); tell; tell = this.#waiting.shift()) tell()
    this.#isTelling = false
  }

  #alert(alert: Alert): void {
    this.#events.emit(alert.state, alert)
    if (alert.state !== 'firing' && alert.state !== 'resolved') return
    const notification: AlertNotification = Object.freeze({
      id: `${alert.fingerprint}@${alert.startsAt}/${alert.state}`,
      kind: alert.state,
      alert,
    })
    for (const outbox of this.outboxes) outbox.post(notification)
  }

  #deliveryFailed(event: DeliveryFailedEvent): void {
    if (this.#events.has('deliveryFailed')) return this.#events.emit('deliveryFailed', event)
    const { channel, notification, reason, error } = event
    console.error(
      `Channel "${channel}" did not get ${notification.id} (${reason})`,
      ...(error === undefined ? [] : [error]),
    )
  }
}
