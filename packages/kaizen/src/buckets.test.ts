import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OTEL_OFFSET, bucketOf, lowerBound, middle, normalBucket, upperBound } from './buckets.ts'

const SMALLEST_NORMAL = 2 ** -1022
const positive = fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true })
const normal = fc.double({ min: SMALLEST_NORMAL, minExcluded: true, max: Number.MAX_VALUE, noNaN: true })

/** Whether `value`, a normal double, is above 2^(index / 64): in whole numbers, so exactly. */
function isAbove(value: number, index: number): boolean {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const mantissa = (bits & ((1n << 52n) - 1n)) | (1n << 52n)
  const exponent = Number(bits >> 52n) - 1075
  const power = index - exponent * 64
  return power < 0 || mantissa ** 64n > 1n << BigInt(power)
}

function neighbours(value: number): readonly [below: number, value: number, above: number] {
  const float = new Float64Array([value])
  const bits = new BigInt64Array(float.buffer)
  const at = bits[0] as bigint
  const read = (offset: bigint): number => {
    bits[0] = at + offset
    return float[0] as number
  }
  return [read(-1n), value, read(1n)]
}

/** Of the number that stands for `value`, relative to it. */
function error(value: number): number {
  return Math.abs(middle(bucketOf(value)) / value - 1)
}

function assertContains(value: number): void {
  const index = bucketOf(value) - OTEL_OFFSET
  expect([value, isAbove(value, index), isAbove(value, index + 1)]).toEqual([value, true, false])
}

describe('buckets', () => {
  it("have the bounds of OpenTelemetry's scale 6, exactly", () => {
    fc.assert(fc.property(normal, (value) => assertContains(value)))
  })

  it('take each bound itself in the bucket below and its neighbour in the bucket above', () => {
    for (let k = 0; k < 64; k++) {
      const bucket = bucketOf(1.5) - (bucketOf(1.5) & 63) + k
      for (const value of neighbours(upperBound(bucket))) assertContains(value)
      expect(bucketOf(upperBound(bucket))).toBe(bucket)
      expect(bucketOf(neighbours(upperBound(bucket))[2])).toBe(bucket + 1)
    }
  })

  it('take a power of two as the last of the bucket below, as its neighbours show', () => {
    for (let exponent = -1021; exponent <= 1023; exponent++) {
      const power = 2 ** exponent
      expect(bucketOf(power) - OTEL_OFFSET).toBe(exponent * 64 - 1)
      for (const value of neighbours(power)) assertContains(value)
    }
  })

  it('contain what is put into them', () => {
    fc.assert(
      fc.property(positive, (value) => {
        const bucket = bucketOf(value)
        expect(lowerBound(bucket)).toBeLessThan(value)
        expect(upperBound(bucket)).toBeGreaterThanOrEqual(value)
        expect(bucketOf(upperBound(bucket))).toBe(bucket)
        expect(bucketOf(middle(bucket))).toBe(bucket)
      }),
    )
  })

  it('grow with the value', () => {
    fc.assert(
      fc.property(positive, positive, (a, b) => {
        expect(Math.sign(bucketOf(a) - bucketOf(b)) * Math.sign(a - b)).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it('stand for each of their values to within 0.5415 %', () => {
    const edges = [Number.MIN_VALUE, SMALLEST_NORMAL, ...neighbours(SMALLEST_NORMAL), Number.MAX_VALUE]
    const subnormal = fc.bigInt({ min: 1n, max: 1n << 52n }).map((units) => Number(units) * Number.MIN_VALUE)
    for (const value of edges) expect(error(value)).toBeLessThan(0.005416)
    for (let units = 1; units < 20_000; units++) expect(error(units * Number.MIN_VALUE)).toBeLessThan(0.004)
    fc.assert(fc.property(positive, (value) => error(value) < 0.005416))
    fc.assert(fc.property(subnormal, (value) => error(value) < 0.005416))
  })

  it('give no page that is ever handed out to what is no ordinary number', () => {
    const odd = [0, -0, -1, -Number.MAX_VALUE, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    const pages = [...odd, Number.MIN_VALUE, SMALLEST_NORMAL].map((value) => normalBucket(value) >> 6)
    for (const page of pages) expect([-1, 0].includes(page) || page > 2046).toBe(true)
    expect(bucketOf(Number.MAX_VALUE) >> 6).toBe(2046)
    expect(bucketOf(Number.MIN_VALUE) >> 6).toBe(-106)
    expect(bucketOf(SMALLEST_NORMAL) >> 6).toBe(-2)
  })
})
