import { PAGE_SIZE } from './buckets.ts'
import { countOf } from './contents.ts'
import { crc32 } from './crc32.ts'
import { DecodeError } from './errors.ts'
import { type Stored, checkStored } from './stored.ts'

/**
 * Version 1, in this order: "KP", the version, and flags (1: there are values; 2: totals follow); zeros, invalid,
 * collapsed and the number of buckets as base-128 numbers, low digits first; the floor page, where values are
 * collapsed; sum, least and greatest as doubles, where there are values; count and sum of the totals, where they
 * differ from count and sum; for each bucket the distance from the one before and its count; a CRC-32 of all of it.
 * Doubles and the CRC are little-endian. Numbers below zero are avoided by counting from `START`.
 */
const MAGIC = [0x4b, 0x50] as const
const VERSION = 1
const HAS_VALUES = 1
const HAS_TOTALS = 2
/** Below every page, in pages. */
const START = -128
const CHECKSUM_BYTES = 4
/** So that a reader never multiplies beyond 2^53. */
const LONGEST_NUMBER = 8

/** Writes it. About three bytes a bucket in use. */
export function toBytes({ contents, totals }: Stored): Uint8Array<ArrayBuffer> {
  const { zeros, invalid, collapsed, floor, sum, min, max, counts } = contents
  const count = countOf(contents)
  const hasTotals = totals.count !== count || totals.sum !== sum
  const writer = new Writer()
  writer.bytes([...MAGIC, VERSION, (count > 0 ? HAS_VALUES : 0) | (hasTotals ? HAS_TOTALS : 0)])
  for (const number of [zeros, invalid, collapsed, counts.length]) writer.number(number)
  if (collapsed > 0) writer.number(floor - START)
  if (count > 0) for (const value of [sum, min, max]) writer.double(value)
  if (hasTotals) {
    writer.number(totals.count)
    writer.double(totals.sum)
  }
  let previous = START * PAGE_SIZE
  for (const [bucket, held] of counts) {
    writer.number(bucket - previous)
    writer.number(held)
    previous = bucket
  }
  return writer.finish()
}

/**
 * Reads it back.
 * @throws DecodeError when the bytes are cut off, changed, or of another version.
 */
export function fromBytes(bytes: Uint8Array): Stored {
  const reader = new Reader(bytes)
  if (bytes[0] !== MAGIC[0] || bytes[1] !== MAGIC[1]) throw new DecodeError('it does not begin with "KP"')
  if (bytes[2] !== VERSION) throw new DecodeError(`version ${bytes[2]} is not known, only ${VERSION}`)
  reader.checkSum()
  const flags = reader.byte(3)
  if (flags > (HAS_VALUES | HAS_TOTALS)) throw new DecodeError('a flag is not known')
  const [zeros, invalid, collapsed, size] = [reader.number(), reader.number(), reader.number(), reader.number()]
  const floor = collapsed > 0 ? reader.number() + START : Number.NEGATIVE_INFINITY
  const hasValues = (flags & HAS_VALUES) > 0
  const [sum, min, max] = hasValues
    ? [reader.double(), reader.double(), reader.double()]
    : [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const totals = flags & HAS_TOTALS ? { count: reader.number(), sum: reader.double() } : undefined
  const counts: [number, number][] = []
  let bucket = START * PAGE_SIZE
  for (let index = 0; index < size; index++) {
    bucket += reader.number()
    counts.push([bucket, reader.number()])
  }
  reader.end()
  const contents = { zeros, invalid, collapsed, floor, sum, min, max, counts }
  const count = countOf(contents)
  if (hasValues !== count > 0) throw new DecodeError('a flag is wrong')
  return checkStored({ contents, totals: totals ?? { count, sum } })
}

class Writer {
  #bytes = new Uint8Array(256)
  #length = 0

  bytes(bytes: ArrayLike<number>): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  number(value: number): void {
    this.#reserve(LONGEST_NUMBER)
    let rest = value
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes[this.#length++] = (rest % 128) | 128
    this.#bytes[this.#length++] = rest
  }

  double(value: number): void {
    const view = new DataView(new ArrayBuffer(8))
    view.setFloat64(0, value, true)
    this.bytes(new Uint8Array(view.buffer))
  }

  finish(): Uint8Array<ArrayBuffer> {
    const view = new DataView(new ArrayBuffer(CHECKSUM_BYTES))
    view.setUint32(0, crc32(this.#bytes.subarray(0, this.#length)), true)
    this.bytes(new Uint8Array(view.buffer))
    return this.#bytes.slice(0, this.#length)
  }

  #reserve(length: number): void {
    if (this.#length + length <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + length))
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

class Reader {
  readonly #view: DataView
  /** Where the checksum begins. */
  readonly #end: number
  #position = 4

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#end = bytes.byteLength - CHECKSUM_BYTES
  }

  checkSum(): void {
    const { buffer, byteOffset } = this.#view
    if (this.#end < this.#position) throw new DecodeError('it is cut off')
    if (this.#view.getUint32(this.#end, true) !== crc32(new Uint8Array(buffer, byteOffset, this.#end)))
      throw new DecodeError('the checksum differs')
  }

  byte(position: number): number {
    return this.#view.getUint8(position)
  }

  number(): number {
    let value = 0
    for (let [factor, length] = [1, 1]; length <= LONGEST_NUMBER; factor *= 128, length++) {
      this.#need(1)
      const byte = this.byte(this.#position++)
      value += (byte & 127) * factor
      if (byte >= 128) continue
      // One number, one spelling.
      if (byte === 0 && length > 1) break
      return value
    }
    throw new DecodeError('a number is misspelt')
  }

  double(): number {
    this.#need(8)
    const value = this.#view.getFloat64(this.#position, true)
    this.#position += 8
    return value
  }

  end(): void {
    if (this.#position !== this.#end) throw new DecodeError('there is something behind its end')
  }

  #need(length: number): void {
    if (this.#position + length > this.#end) throw new DecodeError('it is cut off')
  }
}
