/** What a `JetStreamQueue` tells. What this process did itself is told when the server has confirmed it. */
export type JetStreamQueueEvents<T> = {
  /** An item was given up and is a dead letter now. */
  deadLettered: [event: { readonly item: T; readonly attempt: number; readonly reason: unknown }]
  /** `offer` found no room for this item. */
  rejected: [event: { readonly item: T }]
  /** An item reached its deadline before it was handed out here. */
  expired: [event: { readonly count: number }]
  /** As many leases of this process ran out: their items go to others. */
  leasesExpired: [event: { readonly count: number }]
  /** As many items were made dead letters because they had been handed out `maxDeliveries` times and never ended. */
  poisoned: [event: { readonly count: number }]
  /** The codec could not read an item: it is a dead letter now. */
  unreadable: [event: { readonly id: number; readonly error: unknown }]
  /** As many items were held by the server that would never have been handed out again. They will be, now. */
  orphansFound: [event: { readonly class: string; readonly count: number }]
  /** The consumer of a class was not there, and was made anew; `reason` is what was noticed. */
  consumerRestored: [event: { readonly class: string; readonly reason: string }]
  /** A wait for work was silent for too long and was begun anew. */
  stalled: [event: { readonly class: string }]
  /** The connection was lost: the client connects again by itself. */
  disconnected: []
  /** The connection is there again: what was under way is sent again. */
  reconnected: []
  /** Something that the queue does by itself failed; it will be tried again. */
  problem: [event: { readonly error: unknown }]
  /** This process puts nothing more in. */
  closed: [event: { readonly depth: number }]
}

/** The readings of a `JetStreamQueue`. Depths are those of the server as this process last saw it; totals are of this process. */
export interface JetStreamQueueSnapshot {
  readonly name: string
  /** The version of the server. */
  readonly server: string
  /** `null`: no bound. */
  readonly capacity: number | null
  /** How many wait. */
  readonly depth: number
  /** How many are in workers' hands or wait out a delay, in all processes: the server doesn't tell these apart. */
  readonly leased: number
  /** How many are in this process's hands. */
  readonly held: number
  /** How many dead letters there are. */
  readonly deadLetters: number
  /** How long the oldest item has been in the queue, leased ones included, in ms. */
  readonly oldestAgeMs: number
  /** How many producers wait for room, or for the server's answer, here. */
  readonly waitingProducers: number
  /** How many consumers wait for work here. */
  readonly waitingConsumers: number
  /** Whether there is a connection. */
  readonly isConnected: boolean
  /** How long ago the server last answered a pull, with items or without, in ms; `null` before the first. While nobody waits for work there are no pulls. */
  readonly lastPullAgeMs: number | null
  /** How long ago the depths were read, in ms. */
  readonly standingAgeMs: number
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
  readonly orphansFound: number
  readonly consumersRestored: number
  readonly stalls: number
  readonly reconnects: number
  /** Whether this process still puts in. */
  readonly isClosed: boolean
}
