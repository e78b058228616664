import protobuf from 'protobufjs'
import snappy from 'snappyjs'
import { expect, it } from 'vitest'
import { SeriesTable } from '../series.ts'
import { BatchBuilder } from './batch-builder.ts'
import { readRemoteWrite } from './remote-write.ts'

const { types } = protobuf.Root.fromJSON({
  nested: {
    types: {
      nested: {
        WriteRequest: {
          fields: {
            timeseries: { rule: 'repeated', type: 'TimeSeries', id: 1 },
            metadata: { rule: 'repeated', type: 'Label', id: 3 },
          },
        },
        TimeSeries: {
          fields: {
            labels: { rule: 'repeated', type: 'Label', id: 1 },
            samples: { rule: 'repeated', type: 'Sample', id: 2 },
            exemplars: { rule: 'repeated', type: 'Label', id: 3 },
          },
        },
        Label: { fields: { name: { type: 'string', id: 1 }, value: { type: 'string', id: 2 } } },
        Sample: { fields: { value: { type: 'double', id: 1 }, timestamp: { type: 'int64', id: 2 } } },
      },
    },
  },
}).nested as unknown as { types: protobuf.Namespace }
const WriteRequest = types.lookupType('WriteRequest')
const BOUNDS = { fromMs: 1_000, toMs: 2_000_000_000_000, nowMs: 0 }

function encode(timeseries: readonly object[], more: object = {}): Uint8Array {
  return snappy.compress(WriteRequest.encode(WriteRequest.fromObject({ timeseries, ...more })).finish())
}

function read(body: Uint8Array, table = new SeriesTable(), maxBytes = 10_000) {
  const builder = new BatchBuilder(1)
  readRemoteWrite(body, builder, table, BOUNDS, maxBytes)
  const { ignored } = builder
  const { series, timestamps, values } = builder.build(table)
  return { ignored, rows: Array.from(series, (id, row) => [table.get(id).key, timestamps[row], values[row]]) }
}

const labels = [
  { name: '__name__', value: 'up' },
  { name: 'job', value: 'a' },
  { name: 'empty', value: '' },
]

it('reads series with their samples, and passes over what it does not know', () => {
  const table = new SeriesTable()
  const body = encode(
    [
      {
        labels,
        samples: [
          { value: 1, timestamp: 1_700_000_000_000 },
          { value: -0.5, timestamp: 1_700_000_000_001 },
        ],
        exemplars: labels,
      },
      { labels: labels.slice(0, 1), samples: [{ timestamp: 5_000 }] },
    ],
    { metadata: labels },
  )
  const rows = [
    ['up{job="a"}', 1_700_000_000_000, 1],
    ['up{job="a"}', 1_700_000_000_001, -0.5],
    ['up', 5_000, 0],
  ]
  expect(read(body, table)).toEqual({ ignored: 0, rows })
  expect(read(body, table)).toEqual({ ignored: 0, rows })
})

it('leaves out marks of an end, and what is too old or too far ahead', () => {
  const samples = [
    { value: Number.NaN, timestamp: 5_000 },
    { value: 1, timestamp: 999 },
    { value: 2, timestamp: 2_000_000_000_001 },
    { value: 3, timestamp: -5 },
    { value: 4, timestamp: 5_000 },
  ]
  expect(read(encode([{ labels, samples }]))).toEqual({ ignored: 4, rows: [['up{job="a"}', 5_000, 4]] })
})

it.each([
  ['no Snappy', Buffer.from([10, 255, 255, 255]), 'is not Snappy'],
  ['nothing', Buffer.alloc(0), 'too short'],
  ['no protobuf', snappy.compress(Buffer.from([10, 200, 1, 1])), 'not a WriteRequest'],
  ['a series without a name', encode([{ labels: [], samples: [{ value: 1, timestamp: 5_000 }] }]), 'without a name'],
  ['more than is read', snappy.compress(Buffer.alloc(10_001)), '10001 bytes when it is unpacked'],
])('refuses %s', (_, body, message) => {
  expect(() => read(body)).toThrow(message)
})
