/** What a `SqliteQueue` tells. What this process did itself is told after the COMMIT. */
export type SqliteQueueEvents<T> = {
  /** An item was given up and is a dead letter now. */
  deadLettered: [event: { readonly item: T; readonly attempt: number; readonly reason: unknown }]
  /** `offer` found no room for this item. */
  rejected: [event: { readonly item: T }]
  /** As many items reached their deadline before they were handed out. */
  expired: [event: { readonly count: number }]
  /** As many leases, of any process, ran out: their items wait again. */
  leasesExpired: [event: { readonly count: number }]
  /** As many items were made dead letters because they had been handed out `maxDeliveries` times and never ended. */
  poisoned: [event: { readonly count: number }]
  /** As many dead letters were dropped because `deadLetterCapacity` was reached. */
  deadLettersDropped: [event: { readonly count: number }]
  /** The codec could not read an item: it is a dead letter now. */
  unreadable: [event: { readonly id: number; readonly error: unknown }]
  /** This process puts nothing more in. */
  closed: [event: { readonly depth: number }]
}

/** The readings of a `SqliteQueue`. Depths are those of the file as this process last saw it; totals are of this process. */
export interface SqliteQueueSnapshot {
  readonly name: string
  readonly path: string
  /** `null`: no bound. */
  readonly capacity: number | null
  /** How many wait, delayed ones included. */
  readonly depth: number
  /** How many of them wait out a delay. */
  readonly delayed: number
  /** How many are in workers' hands. */
  readonly leased: number
  /** How many dead letters there are. */
  readonly deadLetters: number
  /** How long the oldest ready item has waited, in ms. */
  readonly oldestAgeMs: number
  /** How many producers wait for room here. */
  readonly waitingProducers: number
  /** How many consumers wait for work here. */
  readonly waitingConsumers: number
  /** Items a second that this process put in lately. */
  readonly enqueueRate: number
  /** Items a second that this process took lately. */
  readonly dequeueRate: number
  readonly admitted: number
  readonly duplicates: number
  readonly rejected: number
  readonly acked: number
  readonly retried: number
  readonly deadLettered: number
  readonly expired: number
  readonly leasesExpired: number
  readonly poisoned: number
  /** Whether this process still puts in. */
  readonly isClosed: boolean
}
