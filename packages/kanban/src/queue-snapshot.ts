/** The readings of a `PullQueue`. Counts since it was made are marked as totals. */
export interface QueueSnapshot {
  readonly name: string
  /** How many items may wait. */
  readonly capacity: number
  /** How many items wait, delayed retries included. Above `capacity` only by retried items. */
  readonly depth: number
  /** How many of them wait out a retry delay. */
  readonly delayed: number
  /** How many items are in consumers' hands. */
  readonly leased: number
  /** Depth of each class, without the delayed, by name. */
  readonly classes: Readonly<Record<string, number>>
  /** How long the longest waiting item that is ready has waited, in ms; 0 when none is. A retry starts anew. */
  readonly oldestAgeMs: number
  /** Items admitted a second, over about the last 10 s. */
  readonly enqueueRate: number
  /** Items handed out a second, retries included, over about the last 10 s. */
  readonly dequeueRate: number
  /** Total of items let in. `admitted = depth + leased + acked + deadLettered + dropped + expired + withdrawn`. */
  readonly admitted: number
  /** Total of items that were taken or acknowledged. */
  readonly acked: number
  /** Total of retries. */
  readonly retried: number
  /** Total of items given up by a consumer. */
  readonly deadLettered: number
  /** Total of waiting items thrown out by overflow. */
  readonly dropped: number
  /** Total of items whose deadline passed before their turn. */
  readonly expired: number
  /** Total of items their producer took back while they waited. */
  readonly withdrawn: number
  /** Total of items refused because the queue was full or closed. */
  readonly rejected: number
  /** Producers that wait in `put`. */
  readonly waitingProducers: number
  /** Consumers that wait in `take` or `lease`. */
  readonly waitingConsumers: number
  /** Whether `close()` was called. */
  readonly closed: boolean
}
