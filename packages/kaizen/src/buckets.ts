/**
 * The layout: which bucket a positive double belongs to, and what each bucket stands for.
 *
 * Buckets grow by a factor of 2^(1/64): 64 a power of two. This is scale 6 of the OpenTelemetry exponential histogram
 * and schema 6 of the Prometheus native histogram. Bucket `b` from `FIRST_NORMAL` on holds
 * (2^((b − 65472) / 64), 2^((b − 65471) / 64)], so that `b − OTEL_OFFSET` is OpenTelemetry's index.
 *
 * No representable number lies near the middle of such a bucket once doubles are as sparse as in the subnormal range,
 * so 2^-1022 and below have buckets of their own, 128 a power of two of equal width, numbered below zero. The first 256
 * subnormals get one each.
 *
 * A page is 64 buckets next to each other. Pages -1 and 0 are left empty: what the bits of 0, negative numbers,
 * subnormals, NaN and infinities would give by the fast way always lands on a page that is never handed out.
 */

export const PAGE_BITS = 6
export const PAGE_SIZE = 64
/** Of those that hold anything, the lowest. */
export const FIRST_PAGE: number = -106
/** Of those that hold anything, the highest. */
export const LAST_PAGE: number = 2046
/** How many pages hold anything at all. */
export const PAGES: number = LAST_PAGE - FIRST_PAGE + 1 - 2

/** Bucket number minus the index that OpenTelemetry gives the same bucket. */
export const OTEL_OFFSET: number = 1023 * PAGE_SIZE
const SMALLEST_NORMAL = 2 ** -1022
const UNITS_BELOW_NORMAL = 2 ** 52
const TINY_OFFSET = 6721

const FLOAT = new Float64Array(1)
const WORDS = new Int32Array(FLOAT.buffer)
FLOAT[0] = 1
const HIGH = WORDS[1] === 0 ? 0 : 1
const LOW = 1 - HIGH
const MANTISSA = 0xf_ffff

/** 2^(k / 64) for k from 0 to 64, rounded down: a double is above the real number exactly if it is above this one. */
const BOUNDS = /* @__PURE__ */ Float64Array.from({ length: PAGE_SIZE + 1 }, (_, k) => rootOfTwo(k))

/** Low words of `BOUNDS`. Nothing is above the last. */
const BOUNDS_LOW = /* @__PURE__ */ Uint32Array.from(BOUNDS, (bound, k) =>
  k < PAGE_SIZE ? wordsOf(bound).low : 2 ** 32 - 1,
)

/**
 * For each of the 256 values of a mantissa's top 8 bits, a number that, with the mantissa's top 20 bits added, has the
 * sub-bucket above bit 20: such a cell holds one bound at most, and adding carries exactly when the mantissa is above.
 */
const CELLS = /* @__PURE__ */ makeCells()

/** The number with the least relative error for everything between two bounds: their harmonic mean. */
const MIDDLES = /* @__PURE__ */ Float64Array.from({ length: PAGE_SIZE }, (_, k) => {
  const [low, high] = [BOUNDS[k] as number, BOUNDS[k + 1] as number]
  return (2 * low * high) / (low + high)
})

/**
 * The bucket of a double of 2^-1022 or more. Any other number gets one on a page that is never handed out: below 65 or
 * from 131008 on. A table, an addition and a shift; no logarithm.
 */
export const normalBucket: (value: number) => number = /* @__PURE__ */ makeNormalBucket()

/**
 * In a function of its own with everything it needs, for speed: V8 builds constants of a function around it into the
 * code. Those of a module are variables once a bundler has been over them, and are loaded and checked each time.
 */
function makeNormalBucket(): (value: number) => number {
  const [float, words, cells, lows, highWord, lowWord] = [FLOAT, WORDS, CELLS, BOUNDS_LOW, HIGH, LOW]
  return (value) => {
    float[0] = value
    const high = words[highWord] as number
    const mantissa = high & 0xf_ffff
    const cell = (cells[mantissa >>> 12] as number) + mantissa
    const bucket = ((high >>> 20) << 6) + (cell >> 20)
    if ((cell & 0xf_ffff) !== 0xf_ffff) return bucket
    // The upper half of the bits equals that of the bound (powers of two, mostly): the lower half decides. Infinity is
    // above it, because otherwise it would be in the bucket of the greatest doubles.
    const isAbove = (words[lowWord] as number) >>> 0 > (lows[(cell >> 20) + 1] as number) || high === 0x7ff0_0000
    return isAbove ? bucket + 1 : bucket
  }
}

/** The bucket of any finite double above 0. Grows with the value. */
export function bucketOf(value: number): number {
  if (value > SMALLEST_NORMAL) return normalBucket(value)
  FLOAT[0] = units(value)
  return ((WORDS[HIGH] as number) >>> 13) - (1023 << 7) - TINY_OFFSET
}

/** The largest double in `bucket`. */
export function upperBound(bucket: number): number {
  if (bucket < 0) return Math.min(firstUnit(bucket + 1) - 1, UNITS_BELOW_NORMAL) * Number.MIN_VALUE
  return Math.min((BOUNDS[(bucket & (PAGE_SIZE - 1)) + 1] as number) * powerOfTwo(bucket), Number.MAX_VALUE)
}

/** The largest double below `bucket`; 0 below the first. */
export function lowerBound(bucket: number): number {
  if (bucket < 0) return (firstUnit(bucket) - 1) * Number.MIN_VALUE
  return (BOUNDS[bucket & (PAGE_SIZE - 1)] as number) * powerOfTwo(bucket)
}

/** The number that stands for what is in `bucket`: off by 0.5415 % at most, 0.39 % in the subnormal range. */
export function middle(bucket: number): number {
  if (bucket >= 0) return (MIDDLES[bucket & (PAGE_SIZE - 1)] as number) * powerOfTwo(bucket)
  const last = Math.min(firstUnit(bucket + 1) - 1, UNITS_BELOW_NORMAL)
  return Math.floor((firstUnit(bucket) + last) / 2) * Number.MIN_VALUE
}

/** A subnormal as a count of the smallest one. In two steps: 2^1074 itself is no double. */
function units(value: number): number {
  return value * 2 ** 1000 * 2 ** 74
}

/** The smallest whole number of units in a bucket of the subnormal range. */
function firstUnit(bucket: number): number {
  const linear = bucket + TINY_OFFSET
  return Math.ceil((1 + (linear & 127) / 128) * 2 ** (linear >> 7))
}

function powerOfTwo(bucket: number): number {
  WORDS[LOW] = 0
  WORDS[HIGH] = (bucket >> PAGE_BITS) << 20
  return FLOAT[0] as number
}

function wordsOf(value: number): { high: number; low: number } {
  FLOAT[0] = value
  return { high: WORDS[HIGH] as number, low: (WORDS[LOW] as number) >>> 0 }
}

/** In whole numbers, because `Math.pow` may be off in the last bit, by engine. */
function rootOfTwo(k: number): number {
  const power = 2n ** BigInt(k + 52 * PAGE_SIZE)
  let mantissa = BigInt(Math.round(2 ** (k / PAGE_SIZE) * 2 ** 52)) + 1n
  while (mantissa ** BigInt(PAGE_SIZE) > power) mantissa--
  return Number(mantissa) / 2 ** 52
}

function makeCells(): Int32Array {
  const cells = new Int32Array(256)
  let next = 0
  for (let cell = 0; cell < cells.length; cell++) {
    const bound = next < PAGE_SIZE ? wordsOf(BOUNDS[next] as number).high & MANTISSA : MANTISSA
    const hasBound = bound >>> 12 === cell && next < PAGE_SIZE
    cells[cell] = ((next - 1) << 20) + (hasBound ? MANTISSA - bound : 0)
    if (hasBound) next++
  }
  return cells
}
