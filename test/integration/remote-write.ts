/** A series as remote write sends it. */
export interface WrittenSeries {
  readonly labels: Readonly<Record<string, string>>
  readonly samples: readonly (readonly [timestampMs: number, value: number])[]
}

/** A `WriteRequest` of Prometheus remote write 1.0, written by hand, so that no library is tested against itself. */
export function encodeWriteRequest(series: readonly WrittenSeries[]): Buffer {
  return snappy(Buffer.concat(series.map((one) => field(1, timeSeries(one)))))
}

function timeSeries({ labels, samples }: WrittenSeries): Buffer {
  const sorted = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Buffer.concat([
    ...sorted.map(([name, value]) =>
      field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))])),
    ),
    ...samples.map(([timestampMs, value]) => {
      const double = Buffer.alloc(8)
      double.writeDoubleLE(value)
      return field(2, Buffer.concat([Buffer.from([(1 << 3) | 1]), double, Buffer.from([2 << 3]), varint(timestampMs)]))
    }),
  ])
}

function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(bytes.length), bytes])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128)
  return Buffer.from([...bytes, value])
}

/** Snappy's block format, with nothing but literals. */
function snappy(data: Buffer): Buffer {
  const parts = [varint(data.length)]
  for (let at = 0; at < data.length; at += 65_536) {
    const literal = data.subarray(at, at + 65_536)
    const length = literal.length - 1
    parts.push(Buffer.from([61 << 2, length & 255, length >> 8]), literal)
  }
  return Buffer.concat(parts)
}
