/** Columns of samples that may be put into another order. */
export interface SampleColumns {
  readonly series: Uint32Array
  readonly timestamps: Float64Array
  readonly values: Float64Array
}

/** The same samples by series, then by time. Those of one series and time stay in the order in which they came. */
export function sortSamples({ series, timestamps, values }: SampleColumns): SampleColumns {
  const count = series.length
  const sorted: SampleColumns = {
    series: new Uint32Array(count),
    timestamps: new Float64Array(count),
    values: new Float64Array(count),
  }
  const order = bySeries(series)
  let start = 0
  while (start < count) {
    const id = series[order[start]!]!
    let end = start
    let isInOrder = true
    let last = Number.NEGATIVE_INFINITY
    for (; end < count && series[order[end]!] === id; end++) {
      const time = timestamps[order[end]!]!
      if (time < last) isInOrder = false
      last = time
    }
    // The sort of typed arrays is not stable with equal times, so the place decides between them.
    if (!isInOrder) order.subarray(start, end).sort((a, b) => timestamps[a]! - timestamps[b]! || a - b)
    start = end
  }
  for (let row = 0; row < count; row++) {
    const from = order[row]!
    sorted.series[row] = series[from]!
    sorted.timestamps[row] = timestamps[from]!
    sorted.values[row] = values[from]!
  }
  return sorted
}

/** The places of the samples, by series, otherwise as they came. */
function bySeries(series: Uint32Array): Uint32Array {
  const count = series.length
  const order = new Uint32Array(count)
  let greatest = 0
  for (let row = 0; row < count; row++) if (series[row]! > greatest) greatest = series[row]!
  // Counting is linear, but in the greatest number; few samples are sorted as they are.
  if (greatest > 16 * count + 1_024) {
    for (let row = 0; row < count; row++) order[row] = row
    return order.toSorted((a, b) => series[a]! - series[b]! || a - b)
  }
  const places = new Uint32Array(greatest + 2)
  for (let row = 0; row < count; row++) places[series[row]! + 1]!++
  for (let id = 1; id < places.length; id++) places[id]! += places[id - 1]!
  for (let row = 0; row < count; row++) order[places[series[row]!]!++] = row
  return order
}
