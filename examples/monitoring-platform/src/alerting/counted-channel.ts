import type { Alert, AlertNotification, Channel, SendContext } from '@tps/andon'

/** What becomes of notifications. */
export interface NotificationCounts {
  sent: number
  failed: number
  retried: number
  dropped: number
}

/** A channel whose notifications are counted, and whose firings are told once they are through. */
export class CountedChannel implements Channel {
  readonly name: string
  readonly #channel: Channel
  readonly #counts: NotificationCounts
  readonly #onTold: (alert: Alert) => void

  /** @param onTold Called with each alert that a notification has told to fire, when nothing but that was its reason. */
  constructor(channel: Channel, counts: NotificationCounts, onTold: (alert: Alert) => void) {
    this.name = channel.name
    this.#channel = channel
    this.#counts = counts
    this.#onTold = onTold
  }

  /** As that of the channel: at once when that is at once. */
  send(notification: AlertNotification, context: SendContext): void | Promise<void> {
    const answer = this.#channel.send(notification, context)
    if (answer === undefined) return this.#count(notification)
    return answer.then(
      () => this.#count(notification),
      (error: unknown) => {
        // What a new file of rules has interrupted is sent again by what comes after.
        if (!context.signal.aborted) this.#counts.failed++
        throw error
      },
    )
  }

  #count({ kind, reason, alert, alerts = [alert] }: AlertNotification): void {
    this.#counts.sent++
    if (kind === 'firing' && reason === undefined) for (const each of alerts) this.#onTold(each)
  }
}
