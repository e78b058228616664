/** What every event of an attempt says. */
export interface AttemptEvent<T> {
  readonly item: T
  /** How many times the item had been handed out, this time included: from 1. */
  readonly attempt: number
  /** The worker's number, from 0. */
  readonly worker: number
}

/** A handler returned a result and its item is done. */
export interface CompletedEvent<T, R> extends AttemptEvent<T> {
  readonly result: R
  /** How long the handler took. Measured for every handler that starts while anything listens; else the mean. */
  readonly durationMs: number
}

/** An attempt failed: its handler threw, rejected or timed out. What follows is told by `retried` or `deadLettered`. */
export interface FailedEvent<T> extends AttemptEvent<T> {
  readonly error: unknown
  readonly durationMs: number
  /** Whether the item comes back for another attempt. */
  readonly willRetry: boolean
}

/** A failed item was put back. */
export interface RetriedEvent<T> extends AttemptEvent<T> {
  readonly error: unknown
  /** How long it is kept back, in ms. */
  readonly delayMs: number
}

/** An item was given up. */
export interface DeadLetteredEvent<T> extends AttemptEvent<T> {
  /** What the last attempt failed with. */
  readonly error: unknown
  /** What the attempts failed with, the last one last: those this pool has seen, at most the last 10. */
  readonly errors: readonly unknown[]
}

/** A handler did not settle in time. It was aborted, its item was failed, and it holds its slot until it settles. */
export interface OverdueEvent<T> extends AttemptEvent<T> {
  readonly timeoutMs: number
}

/** A handler settled after its item's fate was decided without it (overdue, cancelled, or lost). Its result is not used. */
export interface LateEvent<T> extends AttemptEvent<T> {
  readonly durationMs: number
  readonly wasOverdue: boolean
}

/**
 * The lease of an item was lost: it could not be renewed in time, or its source said so. The item comes back from the source
 * by itself, and this attempt counts neither as processed nor as failed, unless its handler had succeeded before the source
 * refused the ack.
 */
export interface LeaseLostEvent<T> extends AttemptEvent<T> {
  readonly error: unknown
}

/** The source threw or rejected. A worker that can't pull tries again, after 100 ms at first and 10 s at the most. */
export interface SourceErrorEvent {
  readonly worker: number
  readonly error: unknown
}

/** What a `WorkerPool` tells. */
export type PoolEvents<T, R> = {
  completed: [event: CompletedEvent<T, R>]
  failed: [event: FailedEvent<T>]
  retried: [event: RetriedEvent<T>]
  deadLettered: [event: DeadLetteredEvent<T>]
  overdue: [event: OverdueEvent<T>]
  late: [event: LateEvent<T>]
  leaseLost: [event: LeaseLostEvent<T>]
  sourceError: [event: SourceErrorEvent]
}
