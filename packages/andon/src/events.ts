import type { Alert } from './alert.ts'
import type { AlertNotification } from './channel.ts'
import type { Silence } from './silences.ts'

/** Why a rule's source, or its `evaluate`, gave no value. */
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

/** Somebody is on it. */
export interface AcknowledgedEvent {
  readonly alert: Alert
  readonly by: string
  /** Empty when there is none. */
  readonly comment: string
}

/** An alert that fires is not told because of a silence. */
export interface SilencedEvent {
  readonly alert: Alert
  readonly silence: Silence
}

/** An alert that fires is not told because of another one. */
export interface InhibitedEvent {
  readonly alert: Alert
  /** Fingerprint of the alert that holds it back. */
  readonly by: string
}

/** Nobody has acknowledged, so more channels are told. */
export interface EscalatedEvent {
  readonly alert: Alert
  /** Which step it is, from 1. */
  readonly step: number
  /** Names of the channels that are told. */
  readonly channels: readonly string[]
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
  /** It still fires: `repeatEveryMs` has passed since it was told last. */
  repeated: [alert: Alert]
  /** Somebody has acknowledged it. */
  acknowledged: [event: AcknowledgedEvent]
  /** A step of the escalation was taken. */
  escalated: [event: EscalatedEvent]
  /** A silence holds it back from now on. */
  silenced: [event: SilencedEvent]
  /** Another alert holds it back from now on. */
  inhibited: [event: InhibitedEvent]
  /** Nothing holds it back any more, and it still fires. */
  released: [alert: Alert]
  /** It comes and goes too often: it is held as firing from now on. */
  flapping: [alert: Alert]
  /** It has been calm for `calmMs`. `resolved` comes next unless it fires. */
  steady: [alert: Alert]
  /** A silence is over, by time or by `expireSilence()`. */
  silenceEnded: [silence: Silence]
  /** A source or an `evaluate` began to fail. Told once until it has worked again; printed when nobody listens. */
  sourceError: [event: SourceErrorEvent]
  /** A channel didn't get a notification. Printed when nobody listens. */
  deliveryFailed: [event: DeliveryFailedEvent]
}
