import type { Demand } from './level-sequence.ts'

/** Why it is this product's turn: by the sequence, in place of one without work, or because it was late. */
export type ReleaseReason = 'planned' | 'substitute' | 'catch-up'

/** One product that is to be worked on now. */
export interface Release<P extends string, T> {
  readonly product: P
  /** The item that was put in for it; `undefined` unless the scheduler is `queued`. */
  readonly item: T
  readonly reason: ReleaseReason
}

/** A product had its turn and no work; others had some. */
export interface LateEvent<P extends string> {
  readonly product: P
  /** How many turns it is owed now, from 1 to `maxLate`. */
  readonly late: number
}

/** There was work, and nothing could be released. */
export interface MissedTaktsEvent {
  /** How many takts passed. */
  readonly takts: number
  /** `'busy'`: the consumer hadn't finished, or took nothing. `'asleep'`: the timer came too late. */
  readonly reason: 'busy' | 'asleep'
  /** How many takts are owed now, at most `maxLate`. */
  readonly behind: number
}

/** What a `LevelingScheduler` emits. */
export interface LevelingSchedulerEvents<P extends string, T> {
  release: [event: Release<P, T>]
  late: [event: LateEvent<P>]
  missedTakts: [event: MissedTaktsEvent]
  demand: [event: { readonly demand: Demand<P> }]
}

/** The readings of one product. */
export interface ProductReadings {
  readonly demand: number
  /** How many of its items wait. */
  readonly waiting: number
  /** How many were released since it was first wanted. */
  readonly made: number
  /** How many should have been by its share, without what was forgiven. */
  readonly ideal: number
  /** `made − ideal`. Within 1 of `−late` as long as demand stays as it is. */
  readonly deviation: number
  /** How many turns it is owed, because it had no work; negative when it stood in for others. */
  readonly late: number
  /** Total of its turns for which it had no work. */
  readonly missed: number
}

/** The readings of a `LevelingScheduler`. Counts are totals since it was made, unless they say otherwise. */
export interface LevelingSchedulerSnapshot {
  readonly name: string
  readonly isRunning: boolean
  /** `null` when it has none. */
  readonly taktMs: number | null
  readonly released: number
  /** Of them, how many were caught up. */
  readonly caughtUp: number
  /** Takts in which there was no work at all. Nothing is owed for them. */
  readonly idleTakts: number
  /** Takts in which there was work, and nothing was released. */
  readonly missedTakts: number
  /** How many of those are owed now, from 0 to `maxLate`. */
  readonly behind: number
  /** How many items wait now. */
  readonly waiting: number
  /** Items that `offer` refused. */
  readonly rejected: number
  /** The products with demand, or with items that wait. */
  readonly products: { readonly [product: string]: ProductReadings }
}
