import type { PercentileSnapshot } from '@tps/kaizen'
import { roundOrNull } from './round.ts'

/** The percentiles under the keys of the seeds, in ms; `null` without samples. */
export interface Percentiles {
  readonly percentile_p50: number | null
  readonly percentile_p90: number | null
  readonly percentile_p99: number | null
  readonly avg: number | null
  readonly max: number | null
  readonly samples: number
}

export function percentilesOf({ p50, p90, p99, mean, max, count }: PercentileSnapshot): Percentiles {
  return {
    percentile_p50: roundOrNull(p50),
    percentile_p90: roundOrNull(p90),
    percentile_p99: roundOrNull(p99),
    avg: roundOrNull(mean),
    max: roundOrNull(max),
    samples: count,
  }
}
