import type { SampleBatch } from '../sample.ts'

/** What became of samples that were offered: all of them are in, or none. */
export type Admission = 'accepted' | 'full' | 'closed'

export interface TakeOptions {
  /** Batches are taken until there are so many samples; the last one may go beyond. */
  readonly maxSamples: number
  /** How long the first batch may wait for others, in ms. */
  readonly waitMs: number
}

/** Batches that were taken together. */
export interface Taken {
  readonly batches: readonly SampleBatch[]
  readonly samples: number
  /** How many of what the queue counts they are. */
  readonly units: number
  /** Where the journal is to be read from once these are stored; 0 for queues without one. */
  readonly position: number
  /** A key for each batch, by which a second delivery is known; none for queues that deliver once. */
  readonly keys: readonly string[]
  /** They are stored: the queue may forget them. */
  done(): Promise<void>
  /** They are not: another consumer, or this one later, gets them again. */
  giveBack(): Promise<void>
}

/** What a queue says about itself. */
export interface QueueSnapshot {
  readonly name: string
  /** What depth, capacity and rates count. */
  readonly unit: 'samples' | 'batches'
  readonly depth: number
  readonly capacity: number
  readonly oldestAgeMs: number
  /** A second, over about the last 10 s. */
  readonly enqueueRate: number
  readonly dequeueRate: number
  /** Batches that were refused because it was full. */
  readonly rejected: number
  /** Those that this process takes from, where the queue has several. */
  readonly partitions?: readonly number[]
}

/** Where accepted samples wait for the storage consumer. */
export interface SampleQueue {
  readonly name: string
  /** Whether what was accepted is still there after the process was killed. */
  readonly isDurable: boolean
  /** Whether other processes put in and take out as well. */
  readonly isShared: boolean
  /** @throws {StoreError} when it could not be kept. It is then not in the queue. */
  offer(batch: SampleBatch): Admission | Promise<Admission>
  /** Waits for something. `undefined` once it is closed and empty. */
  take(options: TakeOptions): Promise<Taken | undefined>
  /** A consumer that waits for more has waited long enough. */
  hurry(): void
  /** After how many ms a producer that was refused may try again. */
  retryAfterMs(): number
  snapshot(): QueueSnapshot
  /** Lets nothing more in. What is in comes out. */
  close(): void
  /** Gives everything back. What is in a durable queue stays there. */
  stop(): Promise<void>
}
