import protobuf from 'protobufjs'
import snappy from 'snappyjs'
import { seriesKey } from '../sample.ts'
import type { SeriesTable } from '../series.ts'
import type { BatchBuilder } from './batch-builder.ts'
import { BodyError } from './body.ts'
import type { TimeBounds } from './rules.ts'

const { Reader } = protobuf
const LENGTH_DELIMITED = 2

/**
 * Reads what Prometheus remote write 1.0 sends: a `WriteRequest`, compressed with Snappy. Exemplars, metadata and histograms
 * are passed over. Samples that are too old or too far ahead, and those that only mark an end (NaN), are left out and counted
 * as ignored: Prometheus would drop everything that came with them.
 * @throws {BodyError}
 */
export function readRemoteWrite(
  body: Uint8Array,
  builder: BatchBuilder,
  table: SeriesTable,
  bounds: TimeBounds,
  maxBytes: number,
): void {
  try {
    const reader = Reader.create(uncompress(body, maxBytes))
    while (reader.pos < reader.len) {
      const tag = reader.uint32()
      // WriteRequest.timeseries
      if (tag === ((1 << 3) | LENGTH_DELIMITED))
        readSeries(reader, reader.uint32() + reader.pos, builder, table, bounds)
      else reader.skipType(tag & 7)
    }
  } catch (error) {
    if (error instanceof BodyError) throw error
    throw new BodyError(`The body is not a WriteRequest: ${error instanceof Error ? error.message : String(error)}.`)
  }
}

function uncompress(body: Uint8Array, maxBytes: number): Uint8Array {
  // The length comes first, as a varint: what is too large is not unpacked.
  let length = 0
  for (let index = 0, factor = 1; index < 5; index++, factor *= 128) {
    const byte = body[index]
    if (byte === undefined) throw new BodyError('The body is not Snappy: it is too short.')
    length += (byte & 127) * factor
    if (byte < 128) break
  }
  if (length > maxBytes)
    throw new BodyError(`The body has ${length} bytes when it is unpacked, at most ${maxBytes} are read.`)
  try {
    return snappy.uncompress(body)
  } catch (error) {
    throw new BodyError(`The body is not Snappy: ${error instanceof Error ? error.message : String(error)}.`)
  }
}

/** Reads a TimeSeries that ends at `end`. */
function readSeries(
  reader: protobuf.Reader,
  end: number,
  builder: BatchBuilder,
  table: SeriesTable,
  { fromMs, toMs }: TimeBounds,
): void {
  let name = ''
  const tags: Record<string, string> = {}
  const samples: [number, number][] = []
  while (reader.pos < end) {
    const tag = reader.uint32()
    const field = tag >>> 3
    if (field === 1) {
      const [label, value] = readLabel(reader, reader.uint32() + reader.pos)
      if (label === '__name__') name = value
      else if (value !== '') tags[label] = value
    } else if (field === 2) samples.push(readSample(reader, reader.uint32() + reader.pos))
    else reader.skipType(tag & 7)
  }
  if (name === '') throw new BodyError('The body has a series without a name.')
  const id = table.byKey(seriesKey(name, tags))?.id
  for (const [timestampMs, value] of samples) {
    if (timestampMs < fromMs || timestampMs > toMs) builder.add(0, timestampMs, Number.NaN)
    else if (id === undefined) builder.addNamed(name, tags, timestampMs, value)
    else builder.add(id, timestampMs, value)
  }
}

function readLabel(reader: protobuf.Reader, end: number): readonly [string, string] {
  let name = ''
  let value = ''
  while (reader.pos < end) {
    const tag = reader.uint32()
    if (tag >>> 3 === 1) name = reader.string()
    else if (tag >>> 3 === 2) value = reader.string()
    else reader.skipType(tag & 7)
  }
  return [name, value]
}

function readSample(reader: protobuf.Reader, end: number): [number, number] {
  let value = 0
  let timestampMs = 0
  while (reader.pos < end) {
    const tag = reader.uint32()
    if (tag >>> 3 === 1) value = reader.double()
    else if (tag >>> 3 === 2) timestampMs = Number(reader.int64())
    else reader.skipType(tag & 7)
  }
  return [timestampMs, value]
}
