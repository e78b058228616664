import type { Alert } from './alert.ts'

/** Something to tell. */
export interface AlertNotification {
  /** Different for each notification, the same over retries of one. */
  readonly id: string
  /** `firing` comes first; its `resolved` always follows it. */
  readonly kind: 'firing' | 'resolved'
  readonly alert: Alert
}

/** What accompanies a notification. */
export interface SendContext {
  /** Aborts when the emitter is closed. */
  readonly signal: AbortSignal
}

/**
 * Where alerts are sent. An emitter never has two notifications of the same alert under way in one channel;
 * those of different alerts may overlap.
 */
export interface Channel {
  /** Unique among the channels of an emitter. */
  readonly name: string
  /** Delivers one notification. A throw or a rejection says that it was not delivered. */
  send(notification: AlertNotification, context: SendContext): void | Promise<void>
}
