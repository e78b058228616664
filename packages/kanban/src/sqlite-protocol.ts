import type { PackedAnswers, PackedRequests } from './sqlite-wire.ts'

/** What the queue asks of the thread that has the file. A batch of these becomes one transaction. */
export type Request =
  | {
      readonly kind: 'put'
      readonly item: string | Uint8Array
      readonly class: string
      readonly key: string | null
      readonly tenant: string | null
      readonly headers: string | null
      readonly delayMs: number
      readonly deadlineMs: number | null
    }
  | { readonly kind: 'claim'; readonly count: number }
  | { readonly kind: 'ack'; readonly id: number; readonly fence: number }
  | {
      readonly kind: 'retry'
      readonly id: number
      readonly fence: number
      readonly delayMs: number
      readonly error: string | null
    }
  | { readonly kind: 'release'; readonly id: number; readonly fence: number }
  | { readonly kind: 'extend'; readonly id: number; readonly fence: number; readonly ms: number }
  | { readonly kind: 'dead-letter'; readonly id: number; readonly fence: number; readonly error: string }
  | { readonly kind: 'list-dead'; readonly after: number; readonly limit: number }
  | { readonly kind: 'redrive'; readonly id: number }
  | { readonly kind: 'remove-dead'; readonly id: number }

/** One item as it was claimed. */
export interface ClaimedRow {
  readonly id: number
  /** How many times it has been handed out: from 1. A lease given back without being begun doesn't count. */
  readonly attempt: number
  /** Counts every handing out: who holds another number holds a lease that is lost. */
  readonly fence: number
  readonly item: string | Uint8Array
  readonly class: string
  readonly key: string | null
  readonly tenant: string | null
  readonly headers: string | null
  readonly createdAt: number
  readonly errors: string | null
}

/** One dead letter as it is kept. */
export interface DeadRow {
  readonly id: number
  readonly item: string | Uint8Array
  readonly class: string
  readonly attempt: number
  readonly key: string | null
  readonly tenant: string | null
  readonly headers: string | null
  readonly createdAt: number
  readonly diedAt: number
  readonly errors: string
  readonly redrives: number
}

/** What became of a `put`. */
export interface PutAnswer {
  readonly how: 'in' | 'full' | 'duplicate'
  /** The item's number, or that of the one it repeats; 0 when that one is settled, or when it was full. */
  readonly id: number
}

/** What is answered to a request, by its kind: rows to a claim or a list, whether the lease still held to the rest. */
export type Answer = PutAnswer | readonly ClaimedRow[] | readonly DeadRow[] | 'done' | 'lost' | 'full' | 'duplicate'

/** How the file stands after a batch. */
export interface Standing {
  readonly ready: number
  readonly delayed: number
  readonly leased: number
  readonly dead: number
  /** Since when the longest waiting ready item waits, in ms since 1970; `null` when none does. */
  readonly oldestAt: number | null
  /** When a lease, a delay or a deadline ends next, in ms since 1970; `null` when none does. */
  readonly nextAt: number | null
  /** What this batch found out by the way. */
  readonly expired: number
  readonly leasesLost: number
  readonly poisoned: number
  readonly deadDropped: number
}

/** From the queue to the thread. */
export type ToThread =
  | { readonly kind: 'batch'; readonly requests: PackedRequests }
  | { readonly kind: 'backup'; readonly path: string }
  | { readonly kind: 'verify' }
  | { readonly kind: 'close' }

/** From the thread to the queue. Batches are answered in their order; a backup ends when it ends. */
export type FromThread =
  | { readonly kind: 'done'; readonly answers: PackedAnswers; readonly standing: Standing }
  | { readonly kind: 'failed'; readonly error: StorageFailure }
  | { readonly kind: 'copied' }
  | { readonly kind: 'copy-failed'; readonly error: StorageFailure }
  | { readonly kind: 'verified'; readonly problems: readonly string[] }
  | { readonly kind: 'closed' }

/** An error of the database, as plain data. */
export interface StorageFailure {
  readonly message: string
  /** SQLite's primary result code; `undefined` when it was not SQLite. */
  readonly sqliteCode: number | undefined
  /** A code of our own. */
  readonly code: string | undefined
}

/** How the thread opens the file. */
export interface StoreOptions {
  readonly path: string
  readonly capacity: number
  /** Most urgent first. */
  readonly classes: readonly string[]
  readonly maxAgeMs: number
  readonly synchronous: 'full' | 'normal'
  readonly leaseMs: number
  readonly maxDeliveries: number
  readonly deadLetterCapacity: number
  readonly maxErrors: number
  readonly dedupWindowMs: number
  readonly maxKeys: number
  readonly busyMs: number
  readonly maxBytes: number
}
