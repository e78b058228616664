import { Ring } from '@tps/internal'
import type { Alert } from './alert.ts'
import type { AlertNotification, Channel } from './channel.ts'
import type { DeliveryFailedEvent } from './events.ts'

/** What has become of the notifications of one channel. */
export interface ChannelSnapshot {
  readonly name: string
  /** Alerts that a group collects. */
  readonly collecting: number
  /** Notifications that wait for an earlier one of the same alert or group. */
  readonly waiting: number
  /** Notifications under way. */
  readonly sending: number
  readonly sent: number
  /** The channel threw. */
  readonly failed: number
  /** Firings that found the channel full, or notifications that were waiting when it was closed. */
  readonly dropped: number
}

/** A notification whose answer is not known, and the lane that it is in. */
export interface OwedNotification {
  readonly lane: string
  readonly notification: AlertNotification
}

/** The notifications of one alert or one group, in order. */
interface Lane {
  readonly key: string
  readonly queue: Ring<AlertNotification>
  sending: AlertNotification | undefined
}

/** What the channel was told of one alert. */
interface Told {
  /** The last one that was accepted. */
  alert: Alert
  /** A firing was accepted, its resolve has not come yet. */
  isOpen: boolean
  /** Notifications of it that wait or are under way. All are in the same lane. */
  unsettled: number
  lane: string
}

/**
 * Hands notifications to one channel: in order for each lane, without waiting between lanes, never throwing. It knows
 * which alerts the channel takes for firing. `capacity` bounds the firings that are accepted. The resolve of an accepted
 * firing is always accepted, also when the channel failed to send the firing, since the receiver may have got it; that
 * of a dropped one never is.
 */
export class Outbox {
  readonly name: string
  readonly #channel: Channel
  readonly #capacity: number
  readonly #report: (event: DeliveryFailedEvent) => void
  readonly #lanes = new Map<string, Lane>()
  readonly #told = new Map<string, Told>()
  readonly #abort = new AbortController()
  #waiting = 0
  #sending = 0
  #sent = 0
  #failed = 0
  #dropped = 0
  #idle: (() => void)[] = []

  constructor(channel: Channel, capacity: number, report: (event: DeliveryFailedEvent) => void) {
    this.name = channel.name
    this.#channel = channel
    this.#capacity = capacity
    this.#report = report
  }

  /** Whether a firing of this alert was accepted and no resolve since. */
  isOpen(fingerprint: string): boolean {
    return this.#told.get(fingerprint)?.isOpen ?? false
  }

  /** The lane in which something of this alert waits or is under way. */
  laneOf(fingerprint: string): string | undefined {
    const told = this.#told.get(fingerprint)
    return told && told.unsettled > 0 ? told.lane : undefined
  }

  /** Takes a notification, or drops it; a resolve of alerts that aren't open is nothing. Returns whether it took it. */
  post(notification: AlertNotification, lane: string = notification.alert.fingerprint): boolean {
    if (notification.kind === 'resolved' && !this.isOpen(notification.alert.fingerprint)) return false
    if (this.#abort.signal.aborted) {
      this.drop(notification, 'closed')
      return false
    }
    if (notification.kind === 'firing' && this.#waiting + this.#sending >= this.#capacity) {
      this.drop(notification, 'full')
      return false
    }
    for (const alert of alertsIn(notification)) this.#told.set(alert.fingerprint, this.#toldAfter(alert, lane))
    this.#pump(this.#push(notification, lane))
    return true
  }

  /** Counts and tells a notification that the channel will not get. */
  drop(notification: AlertNotification, reason: 'full' | 'closed'): void {
    this.#dropped++
    this.#report({ channel: this.name, notification, reason, error: undefined })
  }

  /** Resolves once nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    if (this.#waiting + this.#sending === 0) return
    await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  /** Aborts what is under way and drops what waits. What is owed is still there to be saved. */
  close(): void {
    if (this.#abort.signal.aborted) return
    this.#abort.abort()
    this.#waiting = 0
    for (const { queue } of this.#lanes.values()) for (const notification of queue) this.drop(notification, 'closed')
  }

  /** The alerts that the channel takes for firing. */
  open(): Alert[] {
    return [...this.#told.values()].filter(({ isOpen }) => isOpen).map(({ alert }) => alert)
  }

  /** What was given to it and has no answer yet, in the order in which it has to be sent. */
  owed(): OwedNotification[] {
    return [...this.#lanes.values()].flatMap(({ key, queue, sending }) =>
      [...(sending ? [sending] : []), ...queue].map((notification) => ({ lane: key, notification })),
    )
  }

  /** Goes on where another one was saved. Nothing is sent before `resume()`. */
  restore(open: readonly Alert[], owed: readonly OwedNotification[]): void {
    for (const alert of open)
      this.#told.set(alert.fingerprint, { alert, isOpen: true, unsettled: 0, lane: alert.fingerprint })
    for (const { lane, notification } of owed) {
      for (const alert of alertsIn(notification)) {
        const told = this.#told.get(alert.fingerprint) ?? { alert, isOpen: false, unsettled: 0, lane }
        this.#told.set(alert.fingerprint, { ...told, unsettled: told.unsettled + 1, lane })
      }
      this.#push(notification, lane)
    }
  }

  /** Sends what was restored. */
  resume(): void {
    for (const lane of this.#lanes.values()) this.#pump(lane)
  }

  snapshot(collecting: number): ChannelSnapshot {
    return {
      name: this.name,
      collecting,
      waiting: this.#waiting,
      sending: this.#sending,
      sent: this.#sent,
      failed: this.#failed,
      dropped: this.#dropped,
    }
  }

  #toldAfter(alert: Alert, lane: string): Told {
    const unsettled = this.#told.get(alert.fingerprint)?.unsettled ?? 0
    return { alert, isOpen: alert.state === 'firing', unsettled: unsettled + 1, lane }
  }

  #push(notification: AlertNotification, key: string): Lane {
    let lane = this.#lanes.get(key)
    if (!lane) this.#lanes.set(key, (lane = { key, queue: new Ring(), sending: undefined }))
    lane.queue.push(notification)
    this.#waiting++
    return lane
  }

  #pump(lane: Lane): void {
    while (!lane.sending && !this.#abort.signal.aborted) {
      const notification = lane.queue.shift()
      if (!notification) break
      this.#waiting--
      this.#sending++
      lane.sending = notification
      const failure = this.#send(notification, (error) => {
        this.#settle(lane, notification, error)
        this.#pump(lane)
      })
      if (failure !== UNDER_WAY) this.#settle(lane, notification, failure)
    }
    // What was sent or told meanwhile may have begun a new lane of this key.
    if (!lane.sending && lane.queue.size === 0 && this.#lanes.get(lane.key) === lane) this.#lanes.delete(lane.key)
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
    lane.sending = undefined
    this.#sending--
    for (const { fingerprint } of alertsIn(notification)) {
      const told = this.#told.get(fingerprint)
      if (told && --told.unsettled === 0 && !told.isOpen) this.#told.delete(fingerprint)
    }
    if (!failure) {
      this.#sent++
      return
    }
    this.#failed++
    this.#report({ channel: this.name, notification, reason: 'failed', error: failure.error })
  }
}

type Failure = { readonly error: unknown } | undefined
const UNDER_WAY = Symbol('under way')

function alertsIn({ alert, alerts }: AlertNotification): readonly Alert[] {
  return alerts ?? [alert]
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
