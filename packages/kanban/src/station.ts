import type { Counter } from './taker.ts'
import type { Worker } from './worker.ts'

/** Where workers stand to be given work from one source. */
export interface Station<T, R> {
  readonly source: object
  /** Where bare items are settled; `undefined` where everything comes as a lease. */
  readonly counter: Counter<T> | undefined
  /** How long a lease of the source lasts; `undefined` where leases don't expire. */
  readonly leaseMs: number | undefined
  /** Whether it waits at its source, or its source is closed: it has found nothing. */
  readonly foundNothing: boolean
  /** How long ago the source last answered, in ms: with an item, or that it has none. */
  readonly silentMs: number
  /** When something last came or went here, in whole ms since the pool was made. */
  readonly tickMs: number
  /** These workers, which are idle, may begin something, and at once do; others may not. */
  assign(workers: readonly Worker<T, R>[]): void
  /** A worker of it is idle again, and may begin something as before. */
  freed(worker: Worker<T, R>): void
  /** Lets its free workers begin what there is; then they wait for more. */
  pull(): void
  /** This worker, which is idle, leaves for good. */
  dismiss(worker: Worker<T, R>): void
  /** The pool has stopped: nothing more is done with the source. */
  close(): void
}
