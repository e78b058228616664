/** An offered item was refused: the queue was full or closed. */
export interface RejectedEvent<T> {
  readonly item: T
}

/** A waiting item was thrown out to make room for another. */
export interface DroppedEvent<T> {
  readonly item: T
  /** Which end it was taken from. */
  readonly which: 'oldest' | 'newest'
}

/** An item's deadline passed before its turn came. */
export interface ExpiredEvent<T> {
  readonly item: T
}

/** A consumer gave an item up. */
export interface QueueDeadLetteredEvent<T> {
  readonly item: T
  readonly attempt: number
  readonly reason: unknown
}

/** The queue takes nothing more. */
export interface ClosedEvent {
  /** How many items still wait. */
  readonly depth: number
}

/** What a `PullQueue` tells. There is no event for an item that takes the usual way. */
export type QueueEvents<T> = {
  rejected: [event: RejectedEvent<T>]
  dropped: [event: DroppedEvent<T>]
  expired: [event: ExpiredEvent<T>]
  deadLettered: [event: QueueDeadLetteredEvent<T>]
  closed: [event: ClosedEvent]
}
