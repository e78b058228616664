import { type ScalabilityFit, type ThroughputPoint, relativeSquares, uslThroughput } from './usl.ts'

/**
 * What keeps more workers from doing more:
 * - `'coherency'`: they get in each other's way, so that more do less. Told by a throughput with the most workers that is
 *   clearly below the best, or by the law, where it fits, having its peak among what was measured.
 * - `'contention'`: something that one worker at a time can have; each one more brings less, from the first on. Told by the
 *   Universal Scalability Law fitting better than a line with a flat end.
 * - `'downstream'`: something with a capacity of its own, such as a service, a database or a limit. Workers add up in full
 *   until it is used up, and then bring nothing. Told by a line with a flat end fitting better.
 * - `'unknown'`: fewer than three numbers of workers were measured, which can't tell these apart.
 */
export type Bottleneck = 'coherency' | 'contention' | 'downstream' | 'unknown'

/** `sameRatio` is by how much throughput may differ and still count as the same. */
export function bottleneckOf(
  points: readonly ThroughputPoint[],
  fit: ScalabilityFit | undefined,
  sameRatio: number,
): Bottleneck {
  const sorted = points.toSorted((a, b) => a.concurrency - b.concurrency)
  const last = sorted.at(-1)
  const best = Math.max(...sorted.map(({ throughput }) => throughput))
  if (last && last.throughput < best * (1 - sameRatio)) return 'coherency'
  if (sorted.length < 3 || !fit) return 'unknown'
  const bent = relativeSquares(sorted, (n) => uslThroughput(fit, n))
  if (flatEnd(sorted) <= bent) return 'downstream'
  return fit.peakWorkers !== null && fit.peakWorkers < (last?.concurrency ?? 0) ? 'coherency' : 'contention'
}

/** The least squared relative errors of throughput = min(λn, C). */
function flatEnd(sorted: readonly ThroughputPoint[]): number {
  let least = Number.POSITIVE_INFINITY
  for (let rising = 1; rising < sorted.length; rising++) {
    const slope = mean(sorted.slice(0, rising).map(({ concurrency, throughput }) => throughput / concurrency))
    const capacity = mean(sorted.slice(rising).map(({ throughput }) => throughput))
    least = Math.min(
      least,
      relativeSquares(sorted, (n) => Math.min(slope * n, capacity)),
    )
  }
  return least
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
