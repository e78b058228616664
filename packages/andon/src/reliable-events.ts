import type { AlertDigest } from './digest.ts'
import type { AlertNotification } from './channel.ts'
import type { CircuitState } from './reliable-circuit.ts'

/** A notification that has come to its end here. */
export interface DeliveredEvent {
  readonly notification: AlertNotification
  /** How often it was tried in all. */
  readonly attempts: number
}

/** A notification that its receiver did not get. */
export interface UndeliveredEvent extends DeliveredEvent {
  /** The last error. */
  readonly error: unknown
}

/** A send has failed and is tried again. */
export interface ChannelRetryEvent {
  /** What was sent: one, or all of a digest. Empty for what is no notification, such as an acknowledgement. */
  readonly notifications: readonly AlertNotification[]
  readonly pauseMs: number
  readonly error: unknown
}

/** What a `ReliableChannel` tells. Counts are already changed when an event goes out. */
export interface ReliableChannelEvents {
  /** A notification was delivered, alone or in a digest. */
  delivered: [event: DeliveredEvent]
  /** A digest was delivered. Told before the `delivered` of what is in it. */
  digest: [digest: AlertDigest]
  retry: [event: ChannelRetryEvent]
  /** A notification was given up. */
  failed: [event: UndeliveredEvent]
  /** A notification was dropped, because the channel was full. */
  dropped: [event: UndeliveredEvent]
  /** The built-in circuit has changed. A breaker of yours tells that itself. */
  circuit: [event: { readonly state: CircuitState }]
}
