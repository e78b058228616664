/**
 * Counts are kept in plain arrays of doubles. V8 stores those unboxed, as it does a `Float64Array`, but in one piece
 * instead of four (array, buffer, its record, its memory), and reads them in fewer steps. It does so for arrays that were
 * filled with fractions first and never had a hole, which is why all of them are copies of one.
 */
const ZEROS = /* @__PURE__ */ makeZeros(512)

/** An array of zeros. */
export function zeros(length: number): number[] {
  let source = ZEROS
  while (source.length < length) source = source.concat(source)
  return source.slice(0, length)
}

/** `from`, followed by zeros. */
export function lengthened(from: readonly number[], length: number): number[] {
  return from.concat(zeros(length - from.length))
}

/** Copies `length` numbers of `from`, from `start` on, to `to`, from `at` on. */
export function copy(from: readonly number[], start: number, to: number[], at: number, length: number): void {
  for (let index = 0; index < length; index++) to[at + index] = from[start + index] as number
}

/** The sum of `length` numbers, a multiple of 8. So many at a time, because an addition waits for the one before. */
export function total(numbers: readonly number[], start: number, length: number): number {
  let [a, b, c, d] = [0, 0, 0, 0]
  let [e, f, g, h] = [0, 0, 0, 0]
  for (let index = start, end = start + length; index < end; index += 8) {
    a += numbers[index] as number
    b += numbers[index + 1] as number
    c += numbers[index + 2] as number
    d += numbers[index + 3] as number
    e += numbers[index + 4] as number
    f += numbers[index + 5] as number
    g += numbers[index + 6] as number
    h += numbers[index + 7] as number
  }
  return a + b + c + d + (e + f + g + h)
}

function makeZeros(length: number): number[] {
  const zeros = Array.from({ length }, () => 0.5)
  for (let index = 0; index < length; index++) zeros[index] = 0
  return zeros
}
