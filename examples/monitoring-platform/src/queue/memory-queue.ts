import { PullQueue, QueueClosedError } from '@tps/kanban'
import { Rate } from '../rate.ts'
import type { SampleBatch } from '../sample.ts'
import type { Admission, QueueSnapshot, SampleQueue, TakeOptions, Taken } from './queue.ts'

/** A batch that waits. */
interface Waiting {
  readonly batch: SampleBatch
  /** Its place in a journal, or 0. */
  readonly position: number
}

/** Accepted samples in memory: a `PullQueue` of batches, bounded by their samples. */
export class MemoryQueue implements SampleQueue {
  readonly name: string = 'memory'
  readonly isDurable: boolean = false
  readonly isShared = false
  readonly capacity: number
  readonly #queue: PullQueue<Waiting>
  readonly #in = new Rate()
  readonly #out = new Rate()
  /** Samples that will come: they have room, and are on their way to a journal. */
  #expected = 0
  #rejected = 0
  #isClosed = false
  /** A consumer that gathers samples until there are so many. */
  #gathering: { readonly samples: number; readonly wake: () => void } | undefined

  /** @param capacity How many samples may wait, at least 1. A batch that is larger comes in when nothing waits. */
  constructor(capacity: number) {
    if (!Number.isSafeInteger(capacity) || capacity < 1)
      throw new RangeError(`capacity must be a whole number of at least 1, got ${capacity}`)
    this.capacity = capacity
    // Each batch has a sample at least, so its samples are the closer bound.
    this.#queue = new PullQueue<Waiting>({ name: 'samples', capacity: capacity + 1 })
  }

  /** Samples that wait. */
  get depth(): number {
    return this.#in.total - this.#out.total
  }

  offer(batch: SampleBatch): Admission | Promise<Admission> {
    const admission = this.reserve(batch.length)
    if (admission === 'accepted') this.admit(batch, 0)
    return admission
  }

  async take({ maxSamples, waitMs }: TakeOptions): Promise<Taken | undefined> {
    let waiting: Waiting | undefined
    try {
      waiting = await this.#queue.take()
    } catch (error) {
      if (error instanceof QueueClosedError) return undefined
      throw error
    }
    // The first one counts as waiting until the others are there.
    if (this.depth < maxSamples && waitMs > 0 && !this.#isClosed) await this.#gather(maxSamples, waitMs)
    const batches: SampleBatch[] = []
    let samples = 0
    let position = 0
    for (; waiting; waiting = samples < maxSamples ? this.#queue.poll() : undefined) {
      batches.push(waiting.batch)
      samples += waiting.batch.length
      position = waiting.position
    }
    this.#out.add(samples)
    const done = async (): Promise<void> => await this.stored(position)
    // What can't be stored now stays with its consumer: there is nobody else.
    return { batches, samples, units: samples, position, keys: [], done, giveBack: async () => await Promise.resolve() }
  }

  /** A consumer that waits for more has waited long enough. */
  hurry(): void {
    this.#gathering?.wake()
  }

  retryAfterMs(): number {
    const rate = this.#out.perSecond
    return rate > 0 ? Math.min(30_000, Math.max(100, (this.depth / rate) * 500)) : 1_000
  }

  snapshot(): QueueSnapshot {
    return {
      name: this.name,
      unit: 'samples',
      depth: this.depth,
      capacity: this.capacity,
      oldestAgeMs: this.#queue.snapshot().oldestAgeMs,
      enqueueRate: this.#in.perSecond,
      dequeueRate: this.#out.perSecond,
      rejected: this.#rejected,
    }
  }

  close(): void {
    this.#isClosed = true
    this.#gathering?.wake()
    if (this.#expected === 0) this.#queue.close()
  }

  async stop(): Promise<void> {
    this.close()
    await Promise.resolve()
  }

  /** Keeps room for so many samples, until `admit` or `unreserve`. */
  protected reserve(samples: number): Admission {
    if (this.#isClosed) return 'closed'
    const depth = this.depth + this.#expected
    if (depth > 0 && depth + samples > this.capacity) {
      this.#rejected++
      return 'full'
    }
    this.#expected += samples
    return 'accepted'
  }

  protected unreserve(samples: number): void {
    this.#expected -= samples
    if (this.#isClosed && this.#expected === 0) this.#queue.close()
  }

  protected admit(batch: SampleBatch, position: number): void {
    if (!this.#queue.offer({ batch, position })) throw new Error('there was no room where it had been kept')
    this.#in.add(batch.length)
    this.unreserve(batch.length)
    if (this.#gathering && this.depth >= this.#gathering.samples) this.#gathering.wake()
  }

  /** Everything up to `position` is stored. */
  protected async stored(_position: number): Promise<void> {
    await Promise.resolve()
  }

  async #gather(samples: number, waitMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs)
      this.#gathering = {
        samples,
        wake: () => {
          clearTimeout(timer)
          resolve()
        },
      }
    })
    this.#gathering = undefined
  }
}
