/** Columns of samples. */
export interface SampleColumns {
  readonly series: Uint32Array
  readonly timestamps: Float64Array
  readonly values: Float64Array
}

const DIGIT_BITS = 11
const DIGITS = 1 << DIGIT_BITS

/** The same samples by series, then by time. Those of one series and time stay in the order in which they came. */
export function sortSamples({ series, timestamps, values }: SampleColumns): SampleColumns {
  const count = series.length
  const sorted: SampleColumns = {
    series: new Uint32Array(count),
    timestamps: new Float64Array(count),
    values: new Float64Array(count),
  }
  const order = orderBySeries(series, timestamps)
  for (let row = 0; row < count; row++) {
    const from = order[row]!
    sorted.series[row] = series[from]!
    sorted.timestamps[row] = timestamps[from]!
    sorted.values[row] = values[from]!
  }
  return sorted
}

/**
 * The places of the samples in their new order. By radix, digit by digit from the last one of the time to the first one of
 * the series: each pass keeps what the one before did. The times of a series mostly come in order, and then they need none.
 */
function orderBySeries(series: Uint32Array, timestamps: Float64Array): Uint32Array {
  const count = series.length
  let greatest = 0
  for (let row = 0; row < count; row++) if (series[row]! > greatest) greatest = series[row]!
  let order = new Uint32Array(count)
  for (let row = 0; row < count; row++) order[row] = row
  if (count < 256) {
    // Passes over all digits would cost more than the comparisons.
    return order.toSorted((a, b) => series[a]! - series[b]! || timestamps[a]! - timestamps[b]! || a - b)
  }
  if (!isInOrder(series, timestamps, greatest)) order = orderByTime(timestamps, order)
  for (let shift = 0; greatest >= 2 ** shift; shift += DIGIT_BITS) order = pass(order, (row) => series[row]! >>> shift)
  return order
}

function isInOrder(series: Uint32Array, timestamps: Float64Array, greatest: number): boolean {
  const last = new Float64Array(greatest + 1)
  for (let row = 0; row < series.length; row++) {
    const id = series[row]!
    if (timestamps[row]! < last[id]!) return false
    last[id] = timestamps[row]!
  }
  return true
}

function orderByTime(timestamps: Float64Array, order: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  let first = Number.POSITIVE_INFINITY
  let last = 0
  for (const time of timestamps) {
    if (time < first) first = time
    if (time > last) last = time
  }
  for (let factor = 1; last - first >= factor; factor *= DIGITS)
    order = pass(order, (row) => Math.floor((timestamps[row]! - first) / factor))
  return order
}

/** Sorts places by the last bits of their digit, and leaves those with the same in their order. */
function pass(order: Uint32Array<ArrayBuffer>, digitOf: (row: number) => number): Uint32Array<ArrayBuffer> {
  const count = order.length
  const digits = new Uint16Array(count)
  const starts = new Uint32Array(DIGITS + 1)
  for (let index = 0; index < count; index++) {
    const digit = digitOf(order[index]!) % DIGITS
    digits[index] = digit
    starts[digit + 1]!++
  }
  for (let digit = 1; digit < DIGITS; digit++) starts[digit]! += starts[digit - 1]!
  const next = new Uint32Array(count)
  for (let index = 0; index < count; index++) next[starts[digits[index]!]!++] = order[index]!
  return next
}
