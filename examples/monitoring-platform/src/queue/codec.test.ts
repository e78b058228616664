import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SeriesTable } from '../series.ts'
import { BatchCodec, BatchDecodeError } from './codec.ts'

const series = fc.record({
  name: fc.constantFrom('cpu', 'memory', 'disk'),
  tags: fc.dictionary(fc.constantFrom('host', 'zone'), fc.string({ unit: 'grapheme', minLength: 1 }), {
    noNullPrototype: true,
  }),
})
const rows = fc.array(fc.tuple(series, fc.nat(2 ** 45), fc.double({ noNaN: true })), { maxLength: 50 })

/** What a batch says, whatever numbers its series have. */
function say(table: SeriesTable, batch: ReturnType<BatchCodec['decode']>): readonly unknown[] {
  return Array.from(batch.series, (id, row) => [table.get(id).key, batch.timestamps[row], batch.values[row]])
}

it('gives another process the same samples, wherever in a buffer they are', () => {
  fc.assert(
    fc.property(
      fc.array(rows, { minLength: 1, maxLength: 3 }),
      fc.nat(9),
      fc.boolean(),
      (batches, offset, isContinued) => {
        const [from, to] = [new SeriesTable(), new SeriesTable()]
        // Another order of numbers there.
        to.intern('zzz')
        const [writer, reader] = [new BatchCodec(from, { isContinued }), new BatchCodec(to, { isContinued })]
        for (const some of batches) {
          const batch = {
            length: some.length,
            series: Uint32Array.from(some, ([{ name, tags }]) => from.intern(name, tags)),
            timestamps: Float64Array.from(some, ([, time]) => time),
            values: Float64Array.from(some, ([, , value]) => value),
          }
          const bytes = writer.encode(batch)
          const read = reader.decode(Buffer.concat([Buffer.alloc(offset), bytes]).subarray(offset))
          expect(say(to, read)).toEqual(say(from, batch))
          // What was said once is not said again.
          if (isContinued) expect(writer.encode(batch).length).toBe(24 + 20 * some.length)
        }
      },
    ),
  )
})

it('refuses bytes of which one has changed, and such that are cut off', () => {
  const table = new SeriesTable()
  const codec = new BatchCodec(table)
  const bytes = codec.encode({
    length: 2,
    series: Uint32Array.of(table.intern('a'), table.intern('b', { c: 'd' })),
    timestamps: Float64Array.of(1, 2),
    values: Float64Array.of(3, 4),
  })
  for (let at = 0; at < bytes.length; at++) {
    // Four bytes of the header say nothing.
    if (at >= 20 && at < 24) continue
    const changed = bytes.slice()
    changed[at]! ^= 1
    expect(() => codec.decode(changed)).toThrow(BatchDecodeError)
  }
  expect(() => codec.decode(bytes.subarray(0, 10))).toThrow(BatchDecodeError)
  expect(() => codec.decode(bytes.subarray(0, bytes.length - 1))).toThrow(BatchDecodeError)
})
