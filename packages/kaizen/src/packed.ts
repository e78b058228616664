/**
 * Counts of a finished slice as bytes: for each bucket that holds anything, in ascending order, the distance from the
 * bucket before and the count, each as a base-128 number, low digits first. Two or three bytes a bucket, as a rule.
 */

let scratch = new Uint8Array(1024)
let length = 0

/** Enough for two numbers of 53 bits. */
const LONGEST_ENTRY = 16
/** Below every bucket. */
const START = -8192

/** Packs what `write` puts. Not reentrant. */
export function pack(write: (put: (bucket: number, count: number) => void) => void): Uint8Array {
  let previous = START
  length = 0
  write((bucket, count) => {
    if (length + LONGEST_ENTRY > scratch.length) grow()
    writeNumber(bucket - previous)
    writeNumber(count)
    previous = bucket
  })
  return scratch.slice(0, length)
}

/** Calls `take` with each bucket and its count, in ascending order. */
export function unpack(bytes: Uint8Array, take: (bucket: number, count: number) => void): void {
  let bucket = START
  let position = 0
  const read = (): number => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[position++] as number
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }
  while (position < bytes.length) {
    bucket += read()
    take(bucket, read())
  }
}

function writeNumber(value: number): void {
  let rest = value
  while (rest >= 128) {
    scratch[length++] = (rest % 128) | 128
    rest = Math.floor(rest / 128)
  }
  scratch[length++] = rest
}

function grow(): void {
  const larger = new Uint8Array(scratch.length * 2)
  larger.set(scratch)
  scratch = larger
}
