/** Buckets to the next power of two. */
const SCALE = 64
const LEAST = -2_048
const MOST = 4_096
const FINITE = MOST - LEAST + 1

/**
 * The bucket of a value: exponential ones of base 2^(1/64), for each sign, and one for 0. Values below 2^-32 and above 2^64
 * share the outermost ones, so that there are at most 12,293. Buckets are in the order of their values.
 */
export function bucketOf(value: number): number {
  if (value === 0) return 0
  const size = Math.abs(value)
  const exponent = Math.min(MOST, Math.max(LEAST, Math.ceil(Math.log2(size) * SCALE)))
  const bucket = size === Number.POSITIVE_INFINITY ? FINITE + 1 : exponent - LEAST + 1
  return value > 0 ? bucket : -bucket
}

/** The value that stands for a bucket: at most 0.55 % from each in it. */
export function middleOf(bucket: number): number {
  if (bucket === 0) return 0
  const size = Math.abs(bucket)
  const value =
    size > FINITE ? Number.POSITIVE_INFINITY : (2 * 2 ** ((size - 1 + LEAST) / SCALE)) / (1 + 2 ** (1 / SCALE))
  return bucket > 0 ? value : -value
}
