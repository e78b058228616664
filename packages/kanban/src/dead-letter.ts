/** An item to give up, as a pool hands it in. */
export interface DeadItem<T> {
  readonly item: T
  /** What the attempts failed with, the last one last. */
  readonly errors: readonly unknown[]
  /** How many times the item was handed out. */
  readonly attempts: number
  /** How long ago the first of `errors` happened, in ms. Default 0. */
  readonly firstAgeMs?: number | undefined
}

/** An item that was given up. */
export interface DeadLetter<T> {
  /** Counts up from 1, in the order of arrival. An item that dies again, or is imported, gets a new one. */
  readonly id: number
  readonly item: T
  /** What the attempts failed with, the last one last, those before a redrive included. The last `maxErrors` are kept. */
  readonly errors: readonly unknown[]
  /** How many times the item was handed out, before its redrives and after. */
  readonly attempts: number
  /** When the first attempt failed, in ms since 1970. */
  readonly firstAt: number
  /** When the item was given up for the last time, in ms since 1970. */
  readonly lastAt: number
  /** How many times the item was sent back, and died again. */
  readonly redrives: number
  /** Whether it came back from `poisonAfter` redrives or more: a redrive leaves it here unless told otherwise. */
  readonly poison: boolean
}

/** What a `DeadLetterQueue` tells. */
export type DeadLetterEvents<T> = {
  /** A dead letter was put in, by `add` or by an import. */
  added: [letter: DeadLetter<T>]
  /** The queue was full: this one is not kept. */
  dropped: [letter: DeadLetter<T>]
  /** This one was sent back and its target took it. */
  redriven: [letter: DeadLetter<T>]
}

/** The readings of a `DeadLetterQueue`. Counts since it was made are marked as totals: `added = size + dropped + taken`. */
export interface DeadLetterSnapshot {
  readonly name: string
  readonly capacity: number
  /** How many are kept now. */
  readonly size: number
  /** How many of them are poison. */
  readonly poison: number
  /** Total of dead letters that came in, those dropped and those imported included. */
  readonly added: number
  /** Total of those imported. */
  readonly imported: number
  /** Total of those not kept because it was full. */
  readonly dropped: number
  /** Total of those taken out, redriven ones included. */
  readonly taken: number
  /** Total of those sent back. */
  readonly redriven: number
  /** How many redrives are under way. */
  readonly redrives: number
  /** How many items with a key (`keyBy`, or primitive ones) were sent back and may come again. */
  readonly remembered: number
  /** Total of those forgotten because more than `maxRemembered` were out: should they die again, they pass for new. */
  readonly forgotten: number
}
