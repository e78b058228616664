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

/** The sum of `length` numbers, a multiple of 16. In pairs of pairs, because an addition waits for what it adds to. */
export function total(numbers: readonly number[], start: number, length: number): number {
  let [sum, other] = [0, 0]
  for (let index = start, end = start + length; index < end; index += 16) {
    sum += eight(numbers, index)
    other += eight(numbers, index + 8)
  }
  return sum + other
}

function eight(numbers: readonly number[], at: number): number {
  const low = pair(numbers, at) + pair(numbers, at + 2)
  return low + (pair(numbers, at + 4) + pair(numbers, at + 6))
}

function pair(numbers: readonly number[], at: number): number {
  return (numbers[at] as number) + (numbers[at + 1] as number)
}

function makeZeros(length: number): number[] {
  const zeros = Array.from({ length }, () => 0.5)
  for (let index = 0; index < length; index++) zeros[index] = 0
  return zeros
}
