import type { Alert } from './alert.ts'
import type { Labels } from './labels.ts'

/** The alerts that are told together. */
export interface AlertGroup {
  /** The same for the same group, also after a restart. Different from every fingerprint. */
  readonly key: string
  /** What its alerts have in common: the labels that they are grouped by. `rule` and `severity` may be among them. */
  readonly labels: Labels
  /** How many of its alerts this channel knows as firing once it has got this notification. 0: the group is over. */
  readonly firing: number
}

/** Something to tell. */
export interface AlertNotification {
  /** Different for each notification, the same over retries of one. */
  readonly id: string
  /** The state of `alert`, and of every one of `alerts`. `firing` comes first; its `resolved` always follows it. */
  readonly kind: 'firing' | 'resolved'
  /** The alert; the most urgent one of a group. */
  readonly alert: Alert
  /** Every alert of a group, most urgent first. Absent when alerts are told one by one. */
  readonly alerts?: readonly Alert[] | undefined
  /** Absent when alerts are told one by one. */
  readonly group?: AlertGroup | undefined
  /**
   * Why it is told, when it isn't because an alert began or ended. All of them are `firing`, and open nothing that the
   * channel does not resolve by the alert's one `resolved`.
   * - `repeat`: it still fires.
   * - `escalation`: nobody has acknowledged it.
   * - `flapping`: it comes and goes; it counts as firing until it is calm.
   */
  readonly reason?: 'repeat' | 'escalation' | 'flapping' | undefined
}

/** What accompanies a notification. */
export interface SendContext {
  /** Aborts when the emitter is closed. */
  readonly signal: AbortSignal
}

/**
 * Where alerts are sent. An emitter never has two notifications of the same alert, or of the same group, under way in
 * one channel; those of different ones may overlap.
 */
export interface Channel {
  /** Unique among the channels of an emitter. */
  readonly name: string
  /** Delivers one notification. A throw or a rejection says that it was not delivered. */
  send(notification: AlertNotification, context: SendContext): void | Promise<void>
}
