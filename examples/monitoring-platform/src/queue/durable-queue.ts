import { randomUUID } from 'node:crypto'
import { PullQueue, QueueClosedError } from '@tps/kanban'
import type { Logger } from 'pino'
import { Rate } from '../rate.ts'
import type { SampleBatch } from '../sample.ts'
import { StoreError } from '../storage/errors.ts'
import type { Parcel } from './parcel.ts'
import type { Admission, QueueSnapshot, SampleQueue, TakeOptions, Taken } from './queue.ts'

/** What is needed of a lease of a `SqliteQueue` or a `JetStreamQueue`. */
export interface DurableLease {
  readonly item: Parcel
  ack(): Promise<void>
  release(): Promise<void>
  extend(ms: number): Promise<void>
}

/** What is needed of a `SqliteQueue` or a `JetStreamQueue`. */
export interface DurableSource {
  readonly leaseMs: number
  readonly depth: number
  offer(item: Parcel): Promise<boolean>
  lease(options: { readonly signal: AbortSignal }): Promise<DurableLease>
  snapshot(): { readonly capacity: number | null; readonly oldestAgeMs: number | null }
  stop(): Promise<void>
}

export interface DurableQueueOptions {
  readonly name: string
  /** One for each partition. */
  readonly partitions: readonly DurableSource[]
  /** Cuts a batch into those of the partitions. */
  readonly split: (batch: SampleBatch) => readonly (readonly [partition: number, batch: SampleBatch])[]
  /** Whether other processes take from it too. */
  readonly isShared: boolean
  readonly log: Logger
  /** Called when the queue stops, before its partitions. */
  readonly onStop?: () => Promise<void>
  /** Called after its partitions have stopped. */
  readonly onStopped?: () => Promise<void>
}

/** Batches that are leased ahead of the consumer. */
const AHEAD = 64
const RETRY_MS = 500

/**
 * Accepted samples in queues that survive the process: each batch with a key, by which a second delivery is known. Batches
 * are counted here, not samples: others put theirs in too.
 */
export class DurableQueue implements SampleQueue {
  readonly name: string
  readonly isDurable = true
  readonly isShared: boolean
  readonly #options: DurableQueueOptions
  readonly #ahead = new PullQueue<DurableLease>({ name: 'leased ahead', capacity: AHEAD })
  /** The partitions that this process takes from, with what ends it. */
  readonly #pulling = new Map<number, AbortController>()
  readonly #loops = new Set<Promise<void>>()
  readonly #in = new Rate()
  readonly #out = new Rate()
  /** Every lease that this process has, taken or not. They are renewed as long as it has them. */
  readonly #held = new Set<DurableLease>()
  readonly #renewing: NodeJS.Timeout
  /** As many of them are in the consumer's hands. */
  #taken = 0
  #rejected = 0
  #isClosed = false
  #hurry: (() => void) | undefined

  constructor(options: DurableQueueOptions) {
    this.#options = options
    this.name = options.name
    this.isShared = options.isShared
    const leaseMs = Math.min(...options.partitions.map((partition) => partition.leaseMs))
    // A lease that is lost is no harm: who gets the batch next finds its key.
    this.#renewing = setInterval(() => {
      for (const lease of this.#held) lease.extend(leaseMs).catch(() => undefined)
    }, leaseMs / 3)
  }

  get depth(): number {
    return this.#options.partitions.reduce((sum, { depth }) => sum + depth, this.#held.size - this.#taken)
  }

  /** Takes from these partitions from now on. What was taken from others already is finished. */
  pull(partitions: readonly number[]): void {
    for (const [partition, ending] of this.#pulling) {
      if (partitions.includes(partition)) continue
      this.#pulling.delete(partition)
      ending.abort()
    }
    for (const partition of partitions) {
      const source = this.#options.partitions[partition]
      if (!source || this.#pulling.has(partition) || this.#isClosed) continue
      const ending = new AbortController()
      this.#pulling.set(partition, ending)
      const loop = this.#pull(source, ending.signal)
      this.#loops.add(loop)
      void loop.finally(() => this.#loops.delete(loop))
    }
  }

  async offer(batch: SampleBatch): Promise<Admission> {
    if (this.#isClosed) return 'closed'
    const parts = this.#options.split(batch).map(([partition, part]) => ({
      source: this.#options.partitions[partition]!,
      parcel: { key: randomUUID(), batch: part },
    }))
    // All or nothing: when one partition is full, nothing is put into the others.
    if (parts.some(({ source }) => source.depth >= (source.snapshot().capacity ?? Number.POSITIVE_INFINITY)))
      return this.#refuse()
    const results = await Promise.allSettled(parts.map(async ({ source, parcel }) => await source.offer(parcel)))
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) throw storeErrorOf(failed.reason)
    if (results.some((result) => result.status === 'fulfilled' && !result.value)) return this.#refuse()
    this.#in.add(parts.length)
    return 'accepted'
  }

  async take({ maxSamples, waitMs }: TakeOptions): Promise<Taken | undefined> {
    const leases: DurableLease[] = []
    try {
      leases.push(await this.#ahead.take())
    } catch (error) {
      if (error instanceof QueueClosedError) return undefined
      throw error
    }
    let samples = leases[0]!.item.batch.length
    const endMs = performance.now() + waitMs
    for (;;) {
      for (let lease = this.#ahead.poll(); lease; lease = samples < maxSamples ? this.#ahead.poll() : undefined) {
        leases.push(lease)
        samples += lease.item.batch.length
      }
      const left = endMs - performance.now()
      if (samples >= maxSamples || left <= 0 || this.#isClosed) break
      await this.#wait(Math.min(left, 10))
    }
    this.#taken += leases.length
    return this.#takenOf(leases, samples)
  }

  hurry(): void {
    this.#hurry?.()
  }

  retryAfterMs(): number {
    const rate = this.#out.perSecond
    return rate > 0 ? Math.min(30_000, Math.max(100, (this.depth / rate) * 500)) : 1_000
  }

  snapshot(): QueueSnapshot {
    const all = this.#options.partitions.map((partition) => partition.snapshot())
    return {
      name: this.name,
      unit: 'batches',
      depth: this.depth,
      capacity: all.reduce((sum, { capacity }) => sum + (capacity ?? Number.POSITIVE_INFINITY), 0),
      oldestAgeMs: Math.max(0, ...all.map(({ oldestAgeMs }) => oldestAgeMs ?? 0)),
      enqueueRate: this.#in.perSecond,
      dequeueRate: this.#out.perSecond,
      rejected: this.#rejected,
      partitions: [...this.#pulling.keys()].toSorted((a, b) => a - b),
    }
  }

  /** What is in the queue stays there, for the next process. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.pull([])
    this.hurry()
    for (const lease of this.#ahead.clear('stopping')) this.#release(lease)
    this.#ahead.close()
  }

  async stop(): Promise<void> {
    this.close()
    await Promise.all(this.#loops)
    clearInterval(this.#renewing)
    await this.#options.onStop?.()
    await Promise.all(this.#options.partitions.map(async (partition) => await partition.stop()))
    await this.#options.onStopped?.()
  }

  /** Leases one batch after the other, as long as the consumer keeps up. */
  async #pull(source: DurableSource, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let lease: DurableLease | undefined
      try {
        lease = await source.lease({ signal })
        this.#held.add(lease)
        await this.#ahead.put(lease, { signal })
      } catch (error) {
        // Not put in: somebody else gets it, now.
        if (lease) this.#release(lease)
        if (signal.aborted) return
        this.#options.log.warn({ err: error }, 'nothing could be taken from a partition')
        await new Promise<void>((resolve) => void setTimeout(resolve, RETRY_MS))
      }
    }
  }

  #takenOf(leases: readonly DurableLease[], samples: number): Taken {
    const end = async (act: (lease: DurableLease) => Promise<void>): Promise<void> => {
      this.#taken -= leases.length
      for (const lease of leases) this.#held.delete(lease)
      const results = await Promise.allSettled(leases.map(act))
      const failed = results.filter((result) => result.status === 'rejected')
      if (failed.length > 0)
        this.#options.log.warn({ leases: failed.length, err: failed[0]?.reason }, 'leases were lost')
    }
    return {
      batches: leases.map(({ item }) => item.batch),
      samples,
      units: leases.length,
      position: 0,
      keys: leases.map(({ item }) => item.key),
      done: async () => {
        await end(async (lease) => await lease.ack())
        this.#out.add(leases.length)
      },
      giveBack: async () => await end(async (lease) => await lease.release()),
    }
  }

  #release(lease: DurableLease): void {
    this.#held.delete(lease)
    lease.release().catch(() => undefined)
  }

  #refuse(): Admission {
    this.#rejected++
    return 'full'
  }

  async #wait(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#hurry = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

function storeErrorOf(error: unknown): StoreError {
  const isFull = error instanceof Error && 'code' in error && error.code === 'ERR_STORAGE_FULL'
  const message = error instanceof Error ? error.message : String(error)
  return new StoreError(isFull ? 'ERR_STORE_FULL' : 'ERR_STORE_FAILED', message, error)
}
