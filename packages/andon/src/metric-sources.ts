import { checkFunction, checkInteger, checkName, checkObject, checkOneOf } from '@tps/internal'
import type { NameProfile } from './catalogue-row.ts'
import { LatencyBuckets } from './latency-buckets.ts'
import type { Group } from './sample-book.ts'
import type { MetricSource, ReadingsOf, SourceKind } from './snapshots.ts'

/** The sources of one kind, or a function that lists those there are when a scrape comes. */
export type MetricSources<Kind extends SourceKind> =
  | readonly MetricSource<ReadingsOf[Kind]>[]
  | (() => Iterable<MetricSource<ReadingsOf[Kind]>>)

/** What is read for metrics, and how it is named. */
export interface CollectMetricsOptions {
  readonly breakers?: MetricSources<'breakers'> | undefined
  readonly queues?: MetricSources<'queues'> | undefined
  readonly pools?: MetricSources<'pools'> | undefined
  readonly levelers?: MetricSources<'levelers'> | undefined
  readonly limiters?: MetricSources<'limiters'> | undefined
  readonly autoscalers?: MetricSources<'autoscalers'> | undefined
  readonly trackers?: MetricSources<'trackers'> | undefined
  readonly slos?: MetricSources<'slos'> | undefined
  readonly deadLetters?: MetricSources<'deadLetters'> | undefined
  readonly signals?: MetricSources<'signals'> | undefined
  readonly alerts?: MetricSources<'alerts'> | undefined
  readonly boards?: MetricSources<'boards'> | undefined
  /**
   * - `tps` (default): every reading once, by the name that the TPS documents use where they have one.
   * - `idiomatic`: every reading once, by the conventions of Prometheus: base units, `_total`, `_ratio`.
   * - `both`: by both.
   */
  readonly names?: NameProfile | undefined
  /**
   * Upper bounds, in ms, ascending from above 0, of a histogram for each tracker without a window that has
   * `countsUpTo(bounds, into)`, as `PercentileTracker` has: `tps_signal_duration_seconds`, with the profiles `idiomatic` and
   * `both`. Default none; `buckets` of a snapshot go before it.
   */
  readonly latencyBoundsMs?: readonly number[] | undefined
  /** How many series a metric may have, at least 1. What is over it is left out and counted. Default 1000. */
  readonly maxSeries?: number | undefined
  /** Receives what a source's `snapshot()` threw, with the source's name. The scrape goes on. Default: only counted. */
  readonly onError?: ((error: unknown, source: string) => void) | undefined
}

const KINDS = [
  'breakers',
  'queues',
  'pools',
  'levelers',
  'limiters',
  'autoscalers',
  'trackers',
  'slos',
  'deadLetters',
  'signals',
  'alerts',
  'boards',
] as const satisfies SourceKind[]

/** @throws {TypeError | RangeError} */
export function checkSources(options: CollectMetricsOptions): Group {
  checkObject('options', options)
  const { names = 'tps', maxSeries = 1000, latencyBoundsMs, onError = ignore } = options
  const sources = new Map<SourceKind, () => Iterable<MetricSource<object>>>()
  for (const kind of KINDS) {
    const given = options[kind] as readonly MetricSource<object>[] | (() => Iterable<MetricSource<object>>) | undefined
    if (given !== undefined) sources.set(kind, typeof given === 'function' ? given : listed(kind, given))
  }
  return {
    names: checkOneOf('names', names, ['tps', 'idiomatic', 'both']),
    maxSeries: checkInteger('maxSeries', maxSeries, { min: 1 }),
    latencyBuckets: latencyBoundsMs === undefined ? undefined : new LatencyBuckets(latencyBoundsMs),
    sources,
    onError: checkFunction('onError', onError),
  }
}

function listed(kind: SourceKind, given: readonly MetricSource<object>[]): () => Iterable<MetricSource<object>> {
  if (!Array.isArray(given)) throw new TypeError(`${kind} must be an array or a function`)
  const seen = new Set<string>()
  for (const [index, source] of given.entries()) {
    const name = checkName(`${kind}[${index}].name`, checkObject(`${kind}[${index}]`, source, ['snapshot']).name)
    if (seen.has(name)) throw new RangeError(`${kind} must have unique names, got "${name}" twice`)
    seen.add(name)
  }
  const copy = [...given]
  return () => copy
}

function ignore(): void {}
