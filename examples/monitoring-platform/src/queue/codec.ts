import { crc32 } from 'node:zlib'
import type { SampleBatch, Tags } from '../sample.ts'
import type { SeriesTable } from '../series.ts'

const VERSION = 1
const HEADER_BYTES = 24
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/** Thrown for bytes that are not a batch. */
export class BatchDecodeError extends Error {
  override readonly name = 'BatchDecodeError'
  readonly code = 'ERR_BATCH_DECODE'
}

/**
 * Batches as bytes that another process can read: names and tags come with them, once each. With `isContinued` a batch brings
 * only the series that none before it had, since `restart`; then batches have to be read from there on, all of them.
 *
 * Little-endian: version, rows, series, bytes of the dictionary, checksum of all the rest (u32 each), 4 bytes of
 * nothing; times and values (f64 each); the place in the dictionary of each row (u32); what is added to the dictionary, JSON lines of
 * `[name, tags]`. Columns begin at multiples of their width, so they are copied as they are.
 */
export class BatchCodec {
  readonly #table: SeriesTable
  /** The dictionary entries of the series that were ever written, by number. */
  readonly #entries: (Uint8Array | undefined)[] = []
  /** In which batch a series was last seen, and where in its dictionary. */
  #seenIn = new Uint32Array(1_024)
  #placeIn = new Uint32Array(1_024)
  /** Which dictionary is written: a new one for each batch, or since `restart`. */
  #written = 1
  #size = 0
  /** The dictionary that is read. */
  #dictionary: number[] = []
  readonly #isContinued: boolean
  /** Entries that were read before. */
  readonly #ids = new Map<string, number>()

  constructor(table: SeriesTable, { isContinued = false }: { readonly isContinued?: boolean } = {}) {
    this.#table = table
    this.#isContinued = isContinued
  }

  /** What is written and read from here on has a dictionary of its own. */
  restart(): void {
    this.#written++
    this.#size = 0
    this.#dictionary = []
  }

  encode({ length, series, timestamps, values }: SampleBatch): Uint8Array {
    this.#makeRoom()
    if (!this.#isContinued) this.restart()
    const places = new Uint32Array(length)
    const dictionary: Uint8Array[] = []
    let dictionaryBytes = 0
    for (let row = 0; row < length; row++) {
      const id = series[row]!
      if (this.#seenIn[id] !== this.#written) {
        this.#seenIn[id] = this.#written
        this.#placeIn[id] = this.#size++
        const entry = (this.#entries[id] ??= this.#entryOf(id))
        dictionary.push(entry)
        dictionaryBytes += entry.length
      }
      places[row] = this.#placeIn[id]!
    }
    const bytes = new Uint8Array(HEADER_BYTES + 20 * length + dictionaryBytes)
    bytes.set(bytesOf(timestamps.subarray(0, length)), HEADER_BYTES)
    bytes.set(bytesOf(values.subarray(0, length)), HEADER_BYTES + 8 * length)
    bytes.set(bytesOf(places), HEADER_BYTES + 16 * length)
    let at = HEADER_BYTES + 20 * length
    for (const entry of dictionary) {
      bytes.set(entry, at)
      at += entry.length
    }
    const header = new DataView(bytes.buffer)
    for (const [index, number] of [VERSION, length, dictionary.length, dictionaryBytes].entries())
      header.setUint32(4 * index, number, true)
    header.setUint32(16, checksumOf(bytes), true)
    return bytes
  }

  /** @throws {BatchDecodeError} */
  decode(bytes: Uint8Array): SampleBatch {
    if (bytes.length < HEADER_BYTES) throw new BatchDecodeError(`${bytes.length} bytes are too few`)
    const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES)
    const [version = 0, length = 0, count = 0, dictionaryBytes = 0, checksum] = [0, 4, 8, 12, 16].map((at) =>
      header.getUint32(at, true),
    )
    if (version !== VERSION) throw new BatchDecodeError(`version ${version} is not known`)
    if (bytes.length !== HEADER_BYTES + 20 * length + dictionaryBytes)
      throw new BatchDecodeError(`there are ${bytes.length} bytes for ${length} samples`)
    if (checksumOf(bytes) !== checksum) throw new BatchDecodeError('the checksum is wrong')
    // A copy begins at a multiple of eight, which the bytes of a message need not.
    const columns = new Uint8Array(bytes.subarray(HEADER_BYTES, HEADER_BYTES + 20 * length)).buffer
    if (!this.#isContinued) this.restart()
    this.#readDictionary(bytes.subarray(HEADER_BYTES + 20 * length), count)
    const dictionary = this.#dictionary
    return {
      length,
      timestamps: new Float64Array(columns, 0, length),
      values: new Float64Array(columns, 8 * length, length),
      series: new Uint32Array(columns, 16 * length, length).map((place) => dictionary[place] ?? 0),
    }
  }

  #readDictionary(bytes: Uint8Array, count: number): void {
    const lines = decoder.decode(bytes).split('\n')
    for (let index = 0; index < count; index++) {
      const line = lines[index]!
      let id = this.#ids.get(line)
      if (id === undefined) {
        const [name, tags] = JSON.parse(line) as [string, Tags]
        id = this.#table.intern(name, tags)
        this.#ids.set(line, id)
      }
      this.#dictionary.push(id)
    }
  }

  #entryOf(id: number): Uint8Array {
    const { name, tags } = this.#table.get(id)
    return encoder.encode(`${JSON.stringify([name, tags])}\n`)
  }

  #makeRoom(): void {
    const { size } = this.#table
    if (size <= this.#seenIn.length) return
    const [seen, places] = [new Uint32Array(2 * size), new Uint32Array(2 * size)]
    seen.set(this.#seenIn)
    places.set(this.#placeIn)
    this.#seenIn = seen
    this.#placeIn = places
  }
}

function checksumOf(bytes: Uint8Array): number {
  return crc32(bytes.subarray(HEADER_BYTES), crc32(bytes.subarray(0, 16)))
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array | Uint32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
