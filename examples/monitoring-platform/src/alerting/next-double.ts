const doubles = new Float64Array(1)
const bits = new BigInt64Array(doubles.buffer)

/** The least number that is more than `value`. That of Infinity is itself. */
export function nextUp(value: number): number {
  if (Number.isNaN(value) || value === Number.POSITIVE_INFINITY) return value
  if (value === 0) return Number.MIN_VALUE
  doubles[0] = value
  bits[0]! += value > 0 ? 1n : -1n
  return doubles[0]
}

/** The greatest number that is less than `value`. That of -Infinity is itself. */
export function nextDown(value: number): number {
  return -nextUp(-value)
}
