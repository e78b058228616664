/**
 * Learns how long something takes from how long it took. What it keeps lies in an array that it shares with others, from
 * `at` on.
 */
export interface DurationEstimator {
  /** How many durations it looks back on. */
  readonly samples: number
  /** How many numbers it keeps. */
  readonly numbers: number
  /** Adds a duration, before which there were `count`. Returns what it expects now; before, it expected `expectedMs`. */
  add(numbers: Float64Array, at: number, count: number, expectedMs: number, ms: number): number
}

/**
 * The quantile of the last `samples` durations, by nearest rank. It keeps them twice: in the order they came, round and
 * round, and sorted. Adding is O(samples).
 */
export function quantileEstimator(quantile: number, samples: number): DurationEstimator {
  return {
    samples,
    numbers: 2 * samples,
    add(numbers, at, count, _expectedMs, ms) {
      const sorted = at + samples
      const latest = at + (count % samples)
      const size = Math.min(count + 1, samples)
      let place = sorted + size - 1
      if (count >= samples) {
        // The place of the oldest becomes free, and goes to where the new one belongs.
        const oldest = numbers[latest] as number
        place = sorted
        while ((numbers[place] as number) !== oldest) place++
        for (; place + 1 < sorted + size && (numbers[place + 1] as number) < ms; place++)
          numbers[place] = numbers[place + 1] as number
      }
      for (; place > sorted && (numbers[place - 1] as number) > ms; place--)
        numbers[place] = numbers[place - 1] as number
      numbers[place] = ms
      numbers[latest] = ms
      return numbers[sorted + Math.ceil(quantile * size) - 1] as number
    },
  }
}

/** A mean in which each new duration has the same share and older ones fade: an exponentially weighted moving average. */
export function averageEstimator(newestRatio: number): DurationEstimator {
  return {
    samples: Number.POSITIVE_INFINITY,
    numbers: 0,
    // At first it is the plain mean: otherwise the very first would weigh as much as many of the next ones together.
    add: (_numbers, _at, count, expectedMs, ms) =>
      expectedMs + (ms - expectedMs) * Math.max(newestRatio, 1 / (count + 1)),
  }
}
