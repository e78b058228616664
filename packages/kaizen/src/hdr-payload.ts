/**
 * The V2 encoding of HdrHistogram (Gil Tene, public domain), compressed and in base64. zlib's format allows data to be
 * stored as it is: that needs no library, and runs of zeros are packed already.
 */

const COOKIE = 0x1c84_9313
const COMPRESSED_COOKIE = 0x1c84_9314
const DIGITS = 3
/** For three digits: 2048 counts for the smallest values, and 1024 for each doubling from there. */
const HALF = 1024
const HALF_BITS = 10
const LONGEST_STORED = 0xffff
/** The adler32 sum is taken modulo this. */
const ADLER = 65_521

/** Encodes ascending values, each with its count. None may be above `max`. */
export function hdrPayload(values: Iterable<readonly [value: number, count: number]>, max: number): string {
  const counts: number[] = []
  let [next, pending] = [0, 0]
  for (const [value, count] of values) {
    const index = indexOf(value)
    if (index === next - 1) pending += count
    else {
      if (next > 0) writeCount(counts, pending)
      if (index > next) writeZeros(counts, index - next)
      ;[next, pending] = [index + 1, count]
    }
  }
  if (next > 0) writeCount(counts, pending)
  // Cookie, length, offset, digits, least value above 0, greatest value, ratio to doubles.
  const header = [...int32(COOKIE), ...int32(counts.length), ...int32(0), ...int32(DIGITS)]
  header.push(...int64(1), ...int64(Math.max(2 * HALF, max)), ...float64(1))
  const deflated = stored(Uint8Array.from([...header, ...counts]))
  return base64([...int32(COMPRESSED_COOKIE), ...int32(deflated.length), ...deflated])
}

/** The slot of a value. The first 2048 are one unit wide, and the width doubles with each 1024 that follow. */
function indexOf(value: number): number {
  let [rest, doublings] = [value, 0]
  for (; rest >= 2 * HALF; rest = Math.floor(rest / 2)) doublings++
  return (doublings << HALF_BITS) + rest
}

function writeCount(to: number[], count: number): void {
  writeZigZag(to, 2 * count)
}

/** A single zero is a count of zero; more of them are their negative number. */
function writeZeros(to: number[], zeros: number): void {
  writeZigZag(to, zeros === 1 ? 0 : 2 * zeros - 1)
}

function writeZigZag(to: number[], value: number): void {
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) to.push((rest % 128) | 128)
  to.push(rest)
}

/** zlib's format (RFC 1950), with blocks that are stored and not compressed (RFC 1951, section 3.2.4). */
function stored(data: Uint8Array): number[] {
  const out = [0x78, 0x01]
  let [low, high] = [1, 0]
  for (const byte of data) {
    low = (low + byte) % ADLER
    high = (high + low) % ADLER
  }
  for (let start = 0; start < data.length; start += LONGEST_STORED) {
    const block = data.subarray(start, start + LONGEST_STORED)
    const { length } = block
    const isLast = start + length === data.length ? 1 : 0
    out.push(isLast, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255)
    for (const byte of block) out.push(byte)
  }
  return [...out, ...int32(high * 65_536 + low)]
}

function base64(bytes: readonly number[]): string {
  let text = ''
  for (const byte of bytes) text += String.fromCodePoint(byte)
  return btoa(text)
}

function int32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]
}

function int64(value: number): number[] {
  return [...int32(Math.floor(value / 2 ** 32)), ...int32(value >>> 0)]
}

function float64(value: number): number[] {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return [...new Uint8Array(view.buffer)]
}
