import { exponentialOf } from './histogram-source.ts'
import { type CheckedFamily, type HistogramFamily, checkFamily } from './prometheus-family.ts'

/** The content type of what `nativeHistograms` writes. */
export const NATIVE_CONTENT_TYPE =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited'

const SCHEMA = 6
const HISTOGRAM = 4
const GAUGE_HISTOGRAM = 5
/** Above 0, so that one without values is known as native, too. The smallest normal double: below is counted as zero. */
const ZERO_THRESHOLD = 2 ** -1022

type Field = number[]

/**
 * Writes trackers as Prometheus native histograms, in the protobuf format, bucket for bucket: Prometheus' schema 6 is
 * the tracker's own layout. Serve it as `NATIVE_CONTENT_TYPE` to a Prometheus with native histograms switched on
 * (`--enable-feature=native-histograms`; it scrapes nothing else from the same path as text then).
 *
 * A tracker with a window is written as a gauge histogram, because its counts fall; `rate` is no use on it.
 * Collapsed values are in the zero bucket. Source: metrics.proto of prometheus/client_model.
 * @throws TypeError when a family has trackers with and without a window, because Prometheus knows one type for a name.
 * @throws TypeError or RangeError when a name or a label is not what it must be.
 */
export function nativeHistograms(families: Iterable<HistogramFamily>): Uint8Array<ArrayBuffer> {
  const bytes: Field = []
  for (const family of families) {
    const checked = checkFamily(family, [])
    const gauges = checked.series.filter(({ tracker }) => tracker.windowMs !== undefined).length
    if (gauges > 0 && gauges < checked.series.length)
      throw new TypeError(`trackers must all have a window, or none of them, got both in ${checked.name}`)
    const message = familyOf(checked, gauges > 0 ? GAUGE_HISTOGRAM : HISTOGRAM)
    if (checked.series.length > 0) append(bytes, varint(message.length), message)
  }
  return Uint8Array.from(bytes)
}

function familyOf({ name, help, series }: CheckedFamily, type: number): Field {
  const message = [...text(1, name), ...text(2, help), ...integer(3, type)]
  for (const { tracker, labels } of series) {
    const pairs = labels.flatMap(([label, value]) => nested(1, [...text(1, label), ...text(2, value)]))
    append(message, nested(4, [...pairs, ...nested(7, histogramOf(exponentialOf(tracker), tracker.sum))]))
  }
  return message
}

function histogramOf(
  { count, zeroCount, zeroThreshold, counts }: ReturnType<typeof exponentialOf>,
  sum: number,
): Field {
  const spans: { readonly offset: number; length: number }[] = []
  const deltas: Field = []
  let [next, previous] = [0, 0]
  for (const [index, held] of counts) {
    const last = spans.at(-1)
    // Prometheus numbers a bucket by its upper bound, OpenTelemetry by its lower one.
    const number = index + 1
    if (last && number === next) last.length++
    else spans.push({ offset: number - next, length: 1 })
    append(deltas, varint(zigzag(held - previous)))
    ;[next, previous] = [number + 1, held]
  }
  return [
    ...integer(1, count),
    ...double(2, sum),
    ...integer(5, zigzag(SCHEMA)),
    ...double(6, Math.max(zeroThreshold, ZERO_THRESHOLD)),
    ...integer(7, zeroCount),
    ...spans.flatMap(({ offset, length }) => nested(12, [...integer(1, zigzag(offset)), ...integer(2, length)])),
    ...nested(13, deltas),
  ]
}

function integer(field: number, value: number): Field {
  return [field << 3, ...varint(value)]
}

function double(field: number, value: number): Field {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value, true)
  return [(field << 3) | 1, ...new Uint8Array(view.buffer)]
}

function text(field: number, value: string): Field {
  return nested(field, [...new TextEncoder().encode(value)])
}

function nested(field: number, message: Field): Field {
  return append([(field << 3) | 2], varint(message.length), message)
}

function varint(value: number): Field {
  const bytes: Field = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  bytes.push(rest)
  return bytes
}

/** Small numbers of either sign as small numbers from 0. */
function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

/** In place: spreading a long list into arguments would overflow the stack. */
function append(to: Field, ...parts: readonly Field[]): Field {
  for (const part of parts) for (const byte of part) to.push(byte)
  return to
}
