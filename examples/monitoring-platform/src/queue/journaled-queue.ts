import type { SampleBatch } from '../sample.ts'
import type { SeriesTable } from '../series.ts'
import type { Store } from '../storage/store.ts'
import { BatchCodec } from './codec.ts'
import { Journal, type JournalRecord, type JournalSnapshot } from './journal.ts'
import { MemoryQueue } from './memory-queue.ts'
import type { Admission } from './queue.ts'

export interface JournaledQueueOptions {
  readonly capacity: number
  /** The folder of the journal. */
  readonly directory: string
  readonly table: SeriesTable
  /** Has to keep the position of the journal. What it doesn't have yet is stored before the queue opens. */
  readonly store: Store
  /** Replayed samples are stored in lots of about so many. */
  readonly flushSamples: number
}

/** A memory queue whose samples are in a journal on the disk, before anybody is told that they are accepted. */
export class JournaledQueue extends MemoryQueue {
  override readonly name = 'journal'
  override readonly isDurable = true
  readonly #journal: Journal<SampleBatch>
  /** Samples that an earlier process had accepted and not stored. */
  readonly replayed: number

  private constructor(capacity: number, journal: Journal<SampleBatch>, replayed: number) {
    super(capacity)
    this.#journal = journal
    this.replayed = replayed
  }

  static async open({
    capacity,
    directory,
    table,
    store,
    flushSamples,
  }: JournaledQueueOptions): Promise<JournaledQueue> {
    const [writer, reader] = [
      new BatchCodec(table, { isContinued: true }),
      new BatchCodec(table, { isContinued: true }),
    ]
    let batches: SampleBatch[] = []
    let samples = 0
    let replayed = 0
    let last = 0
    const flush = async (): Promise<void> => {
      if (batches.length > 0) await store.append(batches, { position: last })
      replayed += samples
      batches = []
      samples = 0
    }
    const encode = (batch: SampleBatch, isFirst: boolean): Uint8Array => {
      if (isFirst) writer.restart()
      return writer.encode(batch)
    }
    const replay = async ({ position, bytes, isFirst, isStored }: JournalRecord): Promise<void> => {
      if (isFirst) reader.restart()
      const batch = reader.decode(bytes)
      if (isStored) return
      batches.push(batch)
      samples += batch.length
      last = position
      if (samples >= flushSamples) await flush()
    }
    const journal = await Journal.open({ directory, position: store.position, encode, replay })
    await flush()
    journal.trim(store.position)
    return new JournaledQueue(capacity, journal, replayed)
  }

  override offer(batch: SampleBatch): Admission | Promise<Admission> {
    const admission = this.reserve(batch.length)
    return admission === 'accepted' ? this.#write(batch) : admission
  }

  override async stop(): Promise<void> {
    await super.stop()
    await this.#journal.close()
  }

  journal(): JournalSnapshot {
    return this.#journal.snapshot()
  }

  protected override async stored(position: number): Promise<void> {
    this.#journal.trim(position)
    await Promise.resolve()
  }

  async #write(batch: SampleBatch): Promise<Admission> {
    try {
      const position = await this.#journal.append(batch)
      this.admit(batch, position)
      return 'accepted'
    } catch (error) {
      this.unreserve(batch.length)
      throw error
    }
  }
}
