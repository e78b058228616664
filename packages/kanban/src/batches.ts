import type { Timers } from '@tps/internal'
import type { Entry } from './entry.ts'
import type { BatchConsumer } from './waiters.ts'

/** Where the entries of a batch come from and go to. */
export interface BatchHome<T> {
  /** The next one on loan; `undefined` when none is ready. */
  leaseReady(): Entry<T> | undefined
  /** Whether the queue is closed and nothing waits in it. */
  readonly hasEnded: boolean
  /** The batch is over: everything in it is handed over for good. */
  completed(batch: BatchConsumer<T>): void
  /** The batch is given up: everything in it goes back to where it was. */
  abandoned(batch: BatchConsumer<T>): void
}

/** Fills batches. Of those in line only the first has anything in it. */
export class Batches<T> {
  readonly #timers: Timers
  readonly #home: BatchHome<T>

  constructor(timers: Timers, home: BatchHome<T>) {
    this.#timers = timers
    this.#home = home
  }

  /** Takes what is ready. `true` when the batch is over then. */
  gather(batch: BatchConsumer<T>): boolean {
    while (!batch.isFull) {
      const entry = this.#home.leaseReady()
      if (!entry) break
      batch.entries.push(entry)
    }
    return batch.isFull || (this.#home.hasEnded && batch.entries.length > 0)
  }

  /** One more. The batch leaves its line when it is full, or need not wait: it is over then. */
  add(batch: BatchConsumer<T>, entry: Entry<T>): void {
    batch.entries.push(entry)
    if (batch.isFull || batch.waitMs === 0) leave(batch)
    else this.begin(batch)
  }

  /** Its time runs from its first one on. */
  begin(batch: BatchConsumer<T>): void {
    batch.timer ??= this.#timers.schedule(batch.waitMs, () => this.complete(batch))
  }

  complete(batch: BatchConsumer<T>): void {
    leave(batch)
    this.#home.completed(batch)
  }

  readonly abandon = (batch: BatchConsumer<T>): void => {
    leave(batch)
    this.#home.abandoned(batch)
  }
}

function leave<T>(batch: BatchConsumer<T>): void {
  batch.timer?.cancel()
  batch.line?.leave(batch)
}
