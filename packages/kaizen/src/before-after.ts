import { checkObject } from '@tps/internal'
import { type Estimate, type ExperimentResult, type Metric, differenceOf, judge, meanOf } from './comparison.ts'
import { type ComparisonOptions, checkComparison } from './experiment-options.ts'
import { finiteOrNull } from './snapshot.ts'

/** What has been measured: values in the order they came in, or a tracker that is finished. */
export type Measured =
  | readonly number[]
  | {
      readonly count: number
      readonly mean: number
      quantile(q: number): number
      buckets(): Iterable<{ readonly lower: number; readonly upper: number; readonly count: number }>
    }

/** How many batches a series of values is cut into. */
const BATCHES = 20

/**
 * Compares what was measured before a change with what was measured after it, or here with there. The result is labelled
 * `observational`, because the difference is that of everything that was different, the change or not; an `Experiment`
 * tells them apart.
 *
 * Values in order are cut into 20 batches and the error is estimated from how those differ, which allows for memory
 * shorter than a batch. A tracker has lost the order: its values are taken to be independent, and the interval is too
 * narrow where they aren't. Values that are not finite and above 0 are left out.
 * @throws TypeError or RangeError when an argument or option is not what it must be.
 */
export function compareBeforeAfter(
  before: Measured,
  after: Measured,
  options: ComparisonOptions = {},
): ExperimentResult {
  const comparison = checkComparison(options)
  const { metric, minValues, confidence, equivalenceRatio, better, name } = comparison
  const [first, second] = [sampleOf('before', before, metric), sampleOf('after', after, metric)]
  const fewest = Math.min(first.count, second.count)
  const found =
    fewest >= minValues
      ? judge(differenceOf(second.estimate(), first.estimate()), comparison)
      : ({
          verdict: 'inconclusive',
          reason: `Too little data: ${fewest} values, where ${minValues} are asked for.`,
          effect: null,
          pValue: null,
          detectableRatio: null,
        } as const)
  return {
    name,
    design: 'observational',
    metric,
    better,
    ...found,
    baseline: { variant: 'before', count: first.count, value: finiteOrNull(first.value) },
    candidate: { variant: 'after', count: second.count, value: finiteOrNull(second.value) },
    confidence,
    equivalenceRatio,
    groups: Math.min(first.groups, second.groups),
  }
}

interface Sample {
  readonly count: number
  readonly value: number
  readonly groups: number
  /** Of the logarithm of the metric. */
  readonly estimate: () => Estimate
}

function sampleOf(at: string, measured: Measured, metric: Metric): Sample {
  if (!isSeries(measured)) {
    checkObject(at, measured, ['quantile', 'buckets'])
    const { count } = measured
    return {
      count,
      value: metric === 'mean' ? measured.mean : measured.quantile(metric.quantile),
      groups: 1,
      estimate: () => ofTracker(measured, metric),
    }
  }
  const values = measured.filter((value) => value > 0 && value < Number.POSITIVE_INFINITY)
  const batches = Array.from({ length: BATCHES }, (_, batch) =>
    values.slice(Math.floor((batch * values.length) / BATCHES), Math.floor(((batch + 1) * values.length) / BATCHES)),
  )
  return {
    count: values.length,
    value: metricOf(values, metric),
    groups: BATCHES,
    estimate: () => meanOf(batches.map((batch) => Math.log(metricOf(batch, metric)))),
  }
}

function isSeries(measured: Measured): measured is readonly number[] {
  return Array.isArray(measured)
}

function metricOf(values: readonly number[], metric: Metric): number {
  if (metric === 'mean') return values.reduce((sum, value) => sum + value, 0) / values.length
  const sorted = Float64Array.from(values).toSorted()
  return sorted[Math.max(0, Math.ceil(metric.quantile * sorted.length) - 1)] ?? Number.NaN
}

/** The error of a mean by the delta method; of a quantile by the spread of the ranks it might have been. */
function ofTracker(tracker: Exclude<Measured, readonly number[]>, metric: Metric): Estimate {
  const { count, mean } = tracker
  if (metric === 'mean') {
    let squares = 0
    for (const bucket of tracker.buckets()) squares += bucket.count * ((bucket.lower + bucket.upper) / 2 - mean) ** 2
    const standardError = Math.sqrt(squares / (count - 1) / count) / mean
    return { logRatio: Math.log(mean), standardError, freedom: count - 1 }
  }
  const { quantile } = metric
  const spread = Math.sqrt((quantile * (1 - quantile)) / count)
  const high = tracker.quantile(Math.min(1, quantile + spread))
  const low = tracker.quantile(Math.max(0, quantile - spread))
  const standardError = Math.log(high / low) / 2
  return { logRatio: Math.log(tracker.quantile(quantile)), standardError, freedom: count - 1 }
}
