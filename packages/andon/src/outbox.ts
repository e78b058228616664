import { Ring } from '@tps/internal'
import type { AlertNotification, Channel } from './channel.ts'
import type { DeliveryFailedEvent } from './events.ts'

/** What has become of the notifications of one channel. */
export interface ChannelSnapshot {
  readonly name: string
  /** Notifications that wait for an earlier one of the same alert. */
  readonly waiting: number
  /** Notifications under way. */
  readonly sending: number
  readonly sent: number
  /** The channel threw. */
  readonly failed: number
  /** Firings that found the channel full, or notifications that were waiting when it was closed. */
  readonly dropped: number
}

/** The notifications of one alert, in order. */
interface Lane {
  readonly queue: Ring<AlertNotification>
  isSending: boolean
  /** A firing was accepted, its resolve has not come yet. */
  isOpen: boolean
}

/**
 * Hands notifications to one channel: in order for each alert, without waiting between alerts, never throwing.
 * `capacity` bounds the firings that are accepted. The resolve of an accepted firing is always accepted, also when the
 * channel failed to send the firing, since the receiver may have got it; that of a dropped one never is.
 */
export class Outbox {
  readonly #channel: Channel
  readonly #capacity: number
  readonly #report: (event: DeliveryFailedEvent) => void
  readonly #lanes = new Map<string, Lane>()
  readonly #abort = new AbortController()
  #waiting = 0
  #sending = 0
  #sent = 0
  #failed = 0
  #dropped = 0
  #idle: (() => void)[] = []

  constructor(channel: Channel, capacity: number, report: (event: DeliveryFailedEvent) => void) {
    this.#channel = channel
    this.#capacity = capacity
    this.#report = report
  }

  post(notification: AlertNotification): void {
    const { fingerprint } = notification.alert
    const lane = this.#lanes.get(fingerprint)
    if (notification.kind === 'resolved') {
      if (!lane?.isOpen) return
      this.#accept(fingerprint, lane, notification)
    } else if (this.#abort.signal.aborted) {
      this.#drop(notification, 'closed')
    } else if (this.#waiting + this.#sending >= this.#capacity) {
      this.#drop(notification, 'full')
    } else {
      this.#accept(fingerprint, lane ?? this.#open(fingerprint), notification)
    }
  }

  /** Resolves once nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    if (this.#waiting + this.#sending === 0) return
    await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  /** Aborts what is under way and drops what waits. */
  close(): void {
    this.#abort.abort()
    for (const [fingerprint, lane] of this.#lanes) {
      for (const notification of lane.queue.drain()) {
        this.#waiting--
        this.#drop(notification, 'closed')
      }
      lane.isOpen = false
      this.#forget(fingerprint, lane)
    }
  }

  snapshot(): ChannelSnapshot {
    return {
      name: this.#channel.name,
      waiting: this.#waiting,
      sending: this.#sending,
      sent: this.#sent,
      failed: this.#failed,
      dropped: this.#dropped,
    }
  }

  #open(fingerprint: string): Lane {
    const lane: Lane = { queue: new Ring(), isSending: false, isOpen: false }
    this.#lanes.set(fingerprint, lane)
    return lane
  }

  #accept(fingerprint: string, lane: Lane, notification: AlertNotification): void {
    lane.isOpen = notification.kind === 'firing'
    lane.queue.push(notification)
    this.#waiting++
    this.#pump(fingerprint, lane)
  }

  #pump(fingerprint: string, lane: Lane): void {
    while (!lane.isSending) {
      const notification = lane.queue.shift()
      if (!notification) break
      this.#waiting--
      this.#sending++
      lane.isSending = true
      const failure = this.#send(notification, (error) => {
        this.#settle(lane, notification, error)
        this.#pump(fingerprint, lane)
      })
      if (failure !== UNDER_WAY) this.#settle(lane, notification, failure)
    }
    this.#forget(fingerprint, lane)
    if (this.#waiting + this.#sending === 0) for (const resolve of this.#idle.splice(0)) resolve()
  }

  /** Calls the channel. Returns how it ended when it ended at once, else calls `later` when it has. */
  #send(notification: AlertNotification, later: (failure: Failure) => void): Failure | typeof UNDER_WAY {
    try {
      const returned: unknown = this.#channel.send(notification, { signal: this.#abort.signal })
      if (!isThenable(returned)) return undefined
      // `resolve` takes a foreign thenable's word once, whatever it does.
      Promise.resolve(returned).then(
        () => later(undefined),
        (error: unknown) => later({ error }),
      )
      return UNDER_WAY
    } catch (error) {
      return { error }
    }
  }

  #settle(lane: Lane, notification: AlertNotification, failure: Failure): void {
    lane.isSending = false
    this.#sending--
    if (!failure) {
      this.#sent++
      return
    }
    this.#failed++
    this.#report({ channel: this.#channel.name, notification, reason: 'failed', error: failure.error })
  }

  #drop(notification: AlertNotification, reason: 'full' | 'closed'): void {
    this.#dropped++
    this.#report({ channel: this.#channel.name, notification, reason, error: undefined })
  }

  /** A lane is kept while a resolve is owed. */
  #forget(fingerprint: string, lane: Lane): void {
    if (!lane.isOpen && !lane.isSending && lane.queue.size === 0) this.#lanes.delete(fingerprint)
  }
}

type Failure = { readonly error: unknown } | undefined
const UNDER_WAY = Symbol('under way')

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
