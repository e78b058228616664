import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PercentileTracker, type PercentileTrackerOptions } from './index.ts'
import { type ClassicHistogramFamily, classicHistograms, nativeHistograms } from './prometheus.ts'

function trackerOf(values: readonly number[], options: PercentileTrackerOptions = {}): PercentileTracker {
  const tracker = new PercentileTracker(options)
  tracker.recordMany(values)
  return tracker
}

const classic = (family: Partial<ClassicHistogramFamily>, ...values: readonly number[]): string =>
  classicHistograms([{ name: 'h', bounds: [1, 10], series: [{ tracker: trackerOf(values) }], ...family }])

describe('classicHistograms', () => {
  it('writes cumulative counts at the bounds, the sum and the count', () => {
    expect(classic({ name: 'latency_ms', help: 'How long', bounds: [1, 2, 10] }, 0, 1, 1.5, 2, 50)).toBe(
      [
        '# HELP latency_ms How long',
        '# TYPE latency_ms histogram',
        'latency_ms_bucket{le="1"} 2',
        'latency_ms_bucket{le="2"} 4',
        'latency_ms_bucket{le="10"} 4',
        'latency_ms_bucket{le="+Inf"} 5',
        'latency_ms_sum 54.5',
        'latency_ms_count 5',
        '',
      ].join('\n'),
    )
  })

  it('escapes labels and help, and puts the bound last', () => {
    const series = [{ tracker: trackerOf([5]), labels: { route: '/a"\\\n' } }]
    const text = classic({ help: 'a\\b\nc', series })
    expect(text).toContain('# HELP h a\\\\b\\nc\n')
    expect(text).toContain('h_bucket{route="/a\\"\\\\\\n",le="10"} 1\n')
    expect(text).toContain('h_sum{route="/a\\"\\\\\\n"} 5\n')
  })

  it('counts what is at most a bound, but for what shares its bucket', () => {
    const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 100 })
    const bounds = fc.uniqueArray(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(values, bounds, (given, unsorted) => {
        const sorted = unsorted.toSorted((a, b) => a - b)
        const counts = [...classic({ bounds: sorted }, ...given).matchAll(/le="(.+)"\} (\d+)/g)]
        expect(counts).toHaveLength(sorted.length + 1)
        for (const [index, [, le, count]] of counts.entries()) {
          const bound = le === '+Inf' ? Infinity : Number(le)
          expect(bound).toBe(sorted[index] ?? Infinity)
          const [atLeast, atMost] = [bound, bound * 1.011].map((max) => given.filter((value) => value <= max).length)
          expect(Number(count)).toBeGreaterThanOrEqual(atLeast as number)
          expect(Number(count)).toBeLessThanOrEqual(atMost as number)
        }
      }),
    )
  })

  it('counts collapsed values from their upper limit on', () => {
    const tracker = trackerOf([1.5, 3, 6, 12, 24, 48, 96, 192], { maxBuckets: 256 })
    const text = classic({ bounds: [8, 16, 32], series: [{ tracker }] })
    expect([...text.matchAll(/le="\d+"\} (\d+)/g)].map(([, count]) => count)).toEqual(['0', '4', '5'])
  })

  it('writes a sum that no double can hold as infinite', () => {
    expect(classic({}, 1e308, 1e308)).toContain('h_sum +Inf\n')
  })

  it.each<[Partial<ClassicHistogramFamily>, ErrorConstructor, string]>([
    [{ name: '1' }, RangeError, 'name must match [a-zA-Z_:][a-zA-Z0-9_:]*, got "1"'],
    [{ name: 5 as never }, TypeError, 'name must be a string, got 5'],
    [{ help: 5 as never }, TypeError, 'help must be a string, got number'],
    [{ bounds: [] }, RangeError, 'bounds must not be empty'],
    [{ bounds: [2, 1] }, RangeError, 'bounds must be a finite number in (2, ∞), got 1'],
    [{ bounds: [0] }, RangeError, 'bounds must be a finite number in (0, ∞), got 0'],
    [{ bounds: 'x' as never }, TypeError, 'bounds must be an array of numbers, got string'],
    [{ series: [{ tracker: trackerOf([]), labels: { le: '1' } }] }, RangeError, 'got "le"'],
    [{ series: [{ tracker: trackerOf([]), labels: { 'a-b': '1' } }] }, RangeError, 'got "a-b"'],
    [{ series: [{ tracker: trackerOf([]), labels: { a: 1 as never } }] }, TypeError, 'label a must be a string'],
    [{ series: [{ tracker: [] as never }] }, TypeError, 'tracker must be an object, got an array'],
    [{ series: [{ tracker: trackerOf([], { windowMs: 5 }) }] }, TypeError, 'tracker must have no window, got one of 5'],
  ])('refuses %o', (family, error, message) => {
    expect(() => classic(family)).toThrow(error)
    expect(() => classic(family)).toThrow(message)
  })
})

/** A message as its fields, each a list of numbers, doubles or bytes. */
function decode(bytes: Uint8Array): Map<number, (number | Uint8Array)[]> {
  const fields = new Map<number, (number | Uint8Array)[]>()
  const reader = new Varints(bytes)
  while (!reader.isDone) {
    const tag = reader.next()
    const value =
      (tag & 7) === 0
        ? reader.next()
        : (tag & 7) === 1
          ? reader.double()
          : reader.bytes((tag & 7) === 2 ? reader.next() : -1)
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), value])
  }
  return fields
}

class Varints {
  readonly #bytes: Uint8Array
  #position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isDone(): boolean {
    return this.#position === this.#bytes.length
  }

  next(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.#position++] ?? 0
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }

  signed(): number {
    const value = this.next()
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2
  }

  bytes(length: number): Uint8Array {
    return this.#bytes.subarray(this.#position, (this.#position += length))
  }

  double(): number {
    const bytes = this.bytes(8)
    return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0, true)
  }
}

const text = (field: (number | Uint8Array)[] | undefined): string => new TextDecoder().decode(field?.[0] as Uint8Array)
const signedOf = (bytes: Uint8Array): number[] => {
  const reader = new Varints(bytes)
  const all: number[] = []
  while (!reader.isDone) all.push(reader.signed())
  return all
}

/** The bounds and counts of a native histogram, as Prometheus expands them. */
function expand(histogram: Map<number, (number | Uint8Array)[]>): { upper: number; count: number }[] {
  const deltas = (histogram.get(13) ?? []).flatMap((bytes) => signedOf(bytes as Uint8Array))
  const found: { upper: number; count: number }[] = []
  let [index, count] = [0, 0]
  for (const span of histogram.get(12) ?? []) {
    const fields = decode(span as Uint8Array)
    const raw = fields.get(1)?.[0] as number
    index += raw % 2 === 1 ? -(raw + 1) / 2 : raw / 2
    for (let rest = fields.get(2)?.[0] as number; rest > 0; rest--) {
      count += deltas.shift() as number
      found.push({ upper: 2 ** (index++ / 64), count })
    }
  }
  expect(deltas).toEqual([])
  return found
}

/** The families in a body, each with its metrics. */
function families(
  body: Uint8Array,
): { name: string; type: unknown; metrics: Map<number, (number | Uint8Array)[]>[] }[] {
  const reader = new Varints(body)
  const all: ReturnType<typeof families> = []
  while (!reader.isDone) {
    const family = decode(reader.bytes(reader.next()))
    const metrics = (family.get(4) ?? []).map((metric) => decode(metric as Uint8Array))
    all.push({ name: text(family.get(1)), type: family.get(3)?.[0], metrics })
  }
  return all
}

describe('nativeHistograms', () => {
  it('writes every bucket as Prometheus numbers it', () => {
    const value = fc.oneof(
      fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
      fc.double({ min: 1e-300, max: 1e300, noNaN: true }),
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(value, fc.constant(0)), { maxLength: 100 }), (values) => {
        const tracker = trackerOf(values, { maxBuckets: 137_664 })
        const [family] = families(nativeHistograms([{ name: 'h', series: [{ tracker }] }]))
        const histogram = decode(family?.metrics[0]?.get(7)?.[0] as Uint8Array)
        const field = (number: number): unknown => histogram.get(number)?.[0]
        expect([field(1), field(2), field(5), field(7)]).toEqual([tracker.count, tracker.sum, 12, tracker.zeros])
        const expected = [...tracker.buckets()].filter(({ upper }) => upper > 0)
        const actual = expand(histogram)
        expect(actual.map(({ count }) => count)).toEqual(expected.map(({ count }) => count))
        for (const [index, { upper }] of actual.entries())
          expect(upper / (expected[index]?.upper ?? 0)).toBeCloseTo(1, 12)
      }),
    )
  })

  it('names the family, its type, its help and the labels', () => {
    const sliding = trackerOf([1], { windowMs: 1000 })
    const body = nativeHistograms([
      {
        name: 'a',
        help: 'Größe',
        series: [{ tracker: trackerOf([1]), labels: { x: '1', y: 'é' } }, { tracker: trackerOf([]) }],
      },
      { name: 'b', series: [{ tracker: sliding }] },
      { name: 'none', series: [] },
    ])
    const [a, b, ...rest] = families(body)
    expect(rest).toEqual([])
    expect([a?.name, a?.type, a?.metrics.length, b?.name, b?.type]).toEqual(['a', 4, 2, 'b', 5])
    const labels = a?.metrics[0]?.get(1)?.map((pair) => decode(pair as Uint8Array)) ?? []
    expect(labels.map((pair) => [text(pair.get(1)), text(pair.get(2))])).toEqual([
      ['x', '1'],
      ['y', 'é'],
    ])
  })

  it('refuses trackers with and without a window under one name', () => {
    const series = [{ tracker: trackerOf([]) }, { tracker: trackerOf([], { windowMs: 5 }) }]
    expect(() => nativeHistograms([{ name: 'h', series }])).toThrow('trackers must all have a window, or none of them')
  })

  it('puts collapsed values into the zero bucket, and takes subnormal ones for the smallest normal one', () => {
    const collapsed = trackerOf([1.5, 3, 6, 12, 24, 48, 96, 192], { maxBuckets: 256 })
    const subnormal = trackerOf([Number.MIN_VALUE, 3e-320, 2.3e-308, 2.2250738585072014e-308])
    const [family] = families(
      nativeHistograms([{ name: 'h', series: [{ tracker: collapsed }, { tracker: subnormal }] }]),
    )
    const [first, second] = (family?.metrics ?? []).map((metric) => decode(metric.get(7)?.[0] as Uint8Array))
    expect([first?.get(6), first?.get(7)]).toEqual([[16], [4]])
    expect([second?.get(6), second?.get(7)]).toEqual([[2 ** -1022], [0]])
    expect(expand(second as never).map(({ count }) => count)).toEqual([3, 1])
  })
})
