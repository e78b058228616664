/**
 * What tells fast items from slow ones and learns from how long they take: a `DurationClassifier` by a key, or anyone's.
 * Of its methods only `classify` must be there. What they throw goes to `onListenerError`.
 */
export interface ItemClassifier<T> {
  /** Asked when an item is offered and, of one that was fast, again when its turn comes: by then more may be known. */
  classify(item: T): 'fast' | 'slow'
  /** How long the item is expected to take, in ms; `undefined` when that is unknown. For `weigh: 'duration'`. */
  predict?(item: T): number | undefined
  /** An item was acknowledged, `ms` after it had been handed out. */
  record?(item: T, ms: number): void
  /** An item handed out as a fast one is in progress for longer than `slowMs`. It counts as a slow one from here on. */
  overran?(item: T, ms: number): void
  /** How long fast items may take, in ms. Without it nothing overruns. */
  readonly slowMs?: number
}
