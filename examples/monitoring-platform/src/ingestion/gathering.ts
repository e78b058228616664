import type { SampleBatch } from '../sample.ts'
import type { SeriesTable } from '../series.ts'
import { BatchBuilder } from './batch-builder.ts'
import type { Reply } from './ingestion.ts'

/** A request whose samples were gathered. */
export interface Gathered {
  readonly accepted: number
  readonly ignored: number
  readonly reply: Reply
}

/**
 * Puts the samples of many small requests into one batch: those that arrive in the same turn of the event loop. A batch
 * costs as much with one sample as with a hundred, in memory as on the disk. Nobody waits longer for it, because nothing is
 * answered before the end of the turn anyway.
 */
export class Gathering {
  readonly #table: SeriesTable
  readonly #send: (batch: SampleBatch, requests: readonly Gathered[]) => void
  #builder = new BatchBuilder(64)
  #requests: Gathered[] = []

  constructor(table: SeriesTable, send: (batch: SampleBatch, requests: readonly Gathered[]) => void) {
    this.#table = table
    this.#send = send
  }

  /** Calls `read` with the builder, and remembers who asked. Throws what `read` throws, and what new series throw. */
  add(read: (builder: BatchBuilder) => void, reply: Reply): void {
    const builder = this.#builder
    const { length, ignored } = builder
    read(builder)
    builder.enter(this.#table, length, ignored)
    this.#requests.push({ accepted: builder.length - length, ignored: builder.ignored - ignored, reply })
    if (this.#requests.length === 1) setImmediate(() => this.#end())
  }

  #end(): void {
    const batch = this.#builder.build(this.#table)
    const requests = this.#requests
    this.#builder = new BatchBuilder(Math.max(64, batch.length))
    this.#requests = []
    this.#send(batch, requests)
  }
}
