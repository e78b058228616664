import type { SafeEmitter } from '@tps/internal'

/** Why a waiting item was thrown out: to make room for another, or by overload control. */
export type DropReason = 'drop-oldest' | 'drop-newest' | 'codel' | 'controlled-delay'

/** An offered item was refused: the queue was full or closed. */
export interface RejectedEvent<T> {
  readonly item: T
  readonly why: 'closed' | 'full'
}

/** An offered item was refused: one with its key is in the queue, or was acknowledged lately. */
export interface DuplicateEvent<T> {
  readonly item: T
  readonly key: string
}

/** A waiting item was thrown out. */
export interface DroppedEvent<T> {
  readonly item: T
  /** Which end it was taken from. */
  readonly which: 'oldest' | 'newest'
  readonly reason: DropReason
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

/** Everything that waited was taken out by `clear`. */
export interface ClearedEvent {
  /** How many items that were. */
  readonly count: number
  readonly reason: unknown
}

/** The depth has risen to `highWatermark`, or has then fallen to `lowWatermark`. */
export interface WatermarkEvent {
  readonly depth: number
}

/** What a `PullQueue` tells. There is no event for an item that takes the usual way. */
export type QueueEvents<T> = {
  rejected: [event: RejectedEvent<T>]
  duplicate: [event: DuplicateEvent<T>]
  dropped: [event: DroppedEvent<T>]
  expired: [event: ExpiredEvent<T>]
  deadLettered: [event: QueueDeadLetteredEvent<T>]
  high: [event: WatermarkEvent]
  low: [event: WatermarkEvent]
  cleared: [event: ClearedEvent]
  closed: [event: ClosedEvent]
}

/** What emits them. */
export type QueueEmitter<T> = SafeEmitter<QueueEvents<T>>
