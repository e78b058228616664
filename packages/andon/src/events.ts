import type { Alert } from './alert.ts'
import type { AlertNotification } from './channel.ts'

/** Why a rule's source gave no value. */
export interface SourceErrorEvent {
  /** The rule's name. */
  readonly rule: string
  readonly error: unknown
}

/** A notification that a channel didn't get. */
export interface DeliveryFailedEvent {
  /** The channel's name. */
  readonly channel: string
  readonly notification: AlertNotification
  /** `failed`: the channel threw. `full`: `channelCapacity` was reached. `closed`: the emitter was closed. */
  readonly reason: 'failed' | 'full' | 'closed'
  /** What the channel threw; `undefined` for the other reasons. */
  readonly error: unknown
}

/** What an `AlertEmitter` tells. States are already changed when an event goes out. */
export interface AlertEvents {
  /** The trouble has begun; `forMs` runs. Not told when `forMs` is 0. */
  pending: [alert: Alert]
  /** The trouble has lasted for `forMs`. */
  firing: [alert: Alert]
  /** A firing alert has cleared. */
  resolved: [alert: Alert]
  /** A pending alert went away before it fired. */
  inactive: [alert: Alert]
  /** A source began to fail. Told once until it has worked again; printed when nobody listens. */
  sourceError: [event: SourceErrorEvent]
  /** A channel didn't get a notification. Printed when nobody listens. */
  deliveryFailed: [event: DeliveryFailedEvent]
}
