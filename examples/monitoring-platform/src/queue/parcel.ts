import type { SampleBatch } from '../sample.ts'
import type { SeriesTable } from '../series.ts'
import { BatchCodec } from './codec.ts'

/** A batch on its way through a queue that others can read. */
export interface Parcel {
  /** By which it is known when it is delivered twice: a UUID. */
  readonly key: string
  readonly batch: SampleBatch
}

const KEY_BYTES = 36

/** Parcels as bytes: the key, then the batch. */
export function parcelCodec(table: SeriesTable): {
  encode(parcel: Parcel): Uint8Array
  decode(written: string | Uint8Array): Parcel
} {
  const codec = new BatchCodec(table)
  return {
    encode: ({ key, batch }) => Buffer.concat([Buffer.from(key, 'latin1'), codec.encode(batch)]),
    decode: (written) => {
      const bytes = typeof written === 'string' ? Buffer.from(written, 'latin1') : written
      const key = Buffer.from(bytes.buffer, bytes.byteOffset, KEY_BYTES).toString('latin1')
      return { key, batch: codec.decode(bytes.subarray(KEY_BYTES)) }
    },
  }
}
