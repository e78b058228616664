import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_TAGS, type Tags, seriesKey } from '../sample.ts'
import { SeriesTable } from '../series.ts'
import { BatchBuilder } from './batch-builder.ts'
import { BodyReader } from './body.ts'
import { KnownTexts } from './known-texts.ts'
import { PlainSample } from './plain-sample.ts'

const BOUNDS = { fromMs: 0, toMs: 2 ** 45, nowMs: 1_700_000_000_000 }

interface Written {
  readonly name: string
  readonly value: number | string
  readonly timestamp?: number
  readonly tags?: Tags
}

const tagValue = fc.oneof(
  fc.constantFrom('a', 'web-1', 'x"y', '{}', '\\', ''),
  fc.string({ unit: 'grapheme', maxLength: 5 }),
)
const written: fc.Arbitrary<Written> = fc.record(
  {
    name: fc.constantFrom('cpu_usage', 'memory', 'm.n:o-p'),
    value: fc.oneof(
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer({ min: -99_999, max: 99_999 }).map((cents) => cents / 100),
      fc.constantFrom<number | string>('+Inf', '-Inf', 'NaN', -0, 1e300, 5e-324, 123_456_789_012_345_680),
    ),
    timestamp: fc.oneof(
      fc.integer({ min: 0, max: 2 ** 45 }),
      fc.integer({ min: 1_600_000_000_000, max: 1_800_000_000_000 }),
    ),
    tags: fc.dictionary(fc.constantFrom('host', 'zone', 'name', 'value'), tagValue, {
      noNullPrototype: true,
      maxKeys: 3,
    }),
  },
  { requiredKeys: ['name', 'value'], noNullPrototype: true },
)

/** JSON of a sample with its properties in some order, and spaces here and there. */
const text = fc.tuple(written, fc.nat(23), fc.constantFrom('', ' ', '  ')).map(([sample, order, space]) => {
  const entries = Object.entries(sample)
  for (let index = 0; index < order; index++) entries.push(entries.splice(index % entries.length, 1)[0]!)
  const inner = entries.map(
    ([key, value]) => `${JSON.stringify(key)}:${space}${JSON.stringify(value).replaceAll('-0', '-0')}`,
  )
  return { sample, json: `{${inner.join(`,${space}`)}}` }
})

function expected({ name, value, timestamp = BOUNDS.nowMs, tags = NO_TAGS }: Written): string | undefined {
  const number = typeof value === 'string' ? Number(value.replace('Inf', 'Infinity')) : value
  if (Number.isNaN(number)) return undefined
  const kept = Object.fromEntries(Object.entries(tags).filter(([, one]) => one !== ''))
  return `${seriesKey(name, kept)} ${timestamp} ${number + 0}`
}

/** What a body says, line by line, with how many samples said nothing. */
function read(reader: BodyReader, table: SeriesTable, body: string): { lines: readonly string[]; ignored: number } {
  const builder = new BatchBuilder(1)
  reader.read(Buffer.from(body), builder, BOUNDS)
  const { ignored } = builder
  const { series, timestamps, values } = builder.build(table)
  return {
    lines: Array.from(series, (id, row) => `${table.get(id).key} ${timestamps[row]} ${values[row]! + 0}`),
    ignored,
  }
}

describe('a body', () => {
  it('is read as JSON.parse reads it, however it is written, the first time and the third', () => {
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 20 }),
        fc.constantFrom('\n', '\r\n', ' \n\n'),
        (all, newline) => {
          const table = new SeriesTable()
          const reader = new BodyReader(table)
          const lines = all.map(({ sample }) => expected(sample)).filter((line) => line !== undefined)
          const answer = { lines, ignored: all.length - lines.length }
          for (let time = 0; time < 3; time++) {
            expect(read(reader, table, all.map(({ json }) => json).join(newline))).toEqual(answer)
            expect(read(reader, table, `[${all.map(({ json }) => json).join(` ,${newline}`)}]`)).toEqual(answer)
            expect(
              read(
                reader,
                table,
                JSON.stringify(
                  all.map(({ sample }) => sample),
                  undefined,
                  2,
                ),
              ).ignored,
            ).toBe(answer.ignored)
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('is read in columns as it is sample by sample', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(2 ** 45), fc.double({ noDefaultInfinity: true, noNaN: true })), { maxLength: 30 }),
        (rows) => {
          const table = new SeriesTable()
          const reader = new BodyReader(table)
          const tags = { host: 'a' }
          const columns = {
            name: 'x',
            tags,
            timestamps: rows.map(([time]) => time),
            values: rows.map(([, value]) => value),
          }
          const one = read(reader, table, JSON.stringify({ columns }))
          expect(one.lines).toEqual(rows.map(([timestamp, value]) => expected({ name: 'x', value, timestamp, tags })))
          expect(read(reader, table, JSON.stringify({ columns: [columns, columns] })).lines).toEqual([
            ...one.lines,
            ...one.lines,
          ])
        },
      ),
    )
  })

  it('that is refused leaves nothing behind, neither samples nor series', () => {
    const table = new SeriesTable()
    const reader = new BodyReader(table)
    const builder = new BatchBuilder(4)
    reader.read(Buffer.from('{"name":"good","value":1}'), builder, BOUNDS)
    expect(() => reader.read(Buffer.from('{"name":"new","value":1}\n{"name":"bad"}'), builder, BOUNDS)).toThrow(
      'sample 1: it has no value',
    )
    expect(() => reader.read(Buffer.from('[{"name":"new","value":1},{"name":"bad"}]'), builder, BOUNDS)).toThrow(
      'sample 1',
    )
    reader.read(Buffer.from('{"name":"good","value":2}'), builder, BOUNDS)
    expect(builder.build(table).values).toEqual(Float64Array.of(1, 2))
    expect(table.all().map(({ name }) => name)).toEqual(['good'])
  })
})

it.each([
  '{"name":"a","value":01}',
  '{"name":"a","value":1.}',
  '{"name":"a","value":.5}',
  '{"name":"a","value":-}',
  '{"name":"a","value":1 2}',
  '{"name":"a","value":1,}',
  '{"name":"a","name":"b","value":1}',
  '{"name":"a","value":1,"timestamp":-1}',
  '{"name":"a","value":1,"tags":{"a":{"b":"c"}}}',
  '{"name":"a","value":1',
  '{"name":"a',
  '{"value":1}',
  '{}',
])('leaves %s to JSON.parse', (json) => {
  expect(new PlainSample().read(Buffer.from(json), 0)).toBe(-1)
})

const bytesOf = (index: number): Buffer => Buffer.from(`series_${index}`)

it('knows the bytes that it was given, and begins anew when it is full', () => {
  const known = new KnownTexts()
  const at = (index: number): number => known.find(index % 7, bytesOf(index), 0, bytesOf(index).length, 0, 0)
  for (let index = 0; index < 5_000; index++)
    known.add(index % 7, bytesOf(index), 0, bytesOf(index).length, 0, 0, index)
  expect([0, 1, 2_500, 4_999, 5_000].map(at)).toEqual([0, 1, 2_500, 4_999, -1])
  const large = Buffer.alloc(1 << 25)
  for (let index = 0; index < 3; index++) known.add(9, large, 0, large.length - index, 0, 0, index)
  expect([known.size, at(1)]).toEqual([2, -1])
})
