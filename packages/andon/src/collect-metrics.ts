import { checkFunction, checkInteger, checkName, checkObject, checkOneOf } from '@tps/internal'
import type { NameProfile } from './catalogue-row.ts'
import { Exposition, type Group, type MetricsRegistry } from './exposition.ts'
import type { MetricSource, ReadingsOf, SourceKind } from './snapshots.ts'

/** The sources of one kind, or a function that lists those there are when a scrape comes. */
export type MetricSources<Kind extends SourceKind> =
  | readonly MetricSource<ReadingsOf[Kind]>[]
  | (() => Iterable<MetricSource<ReadingsOf[Kind]>>)

/** What `collectMetrics` reads, and how it names it. */
export interface CollectMetricsOptions {
  readonly breakers?: MetricSources<'breakers'> | undefined
  readonly queues?: MetricSources<'queues'> | undefined
  readonly pools?: MetricSources<'pools'> | undefined
  readonly levelers?: MetricSources<'levelers'> | undefined
  readonly trackers?: MetricSources<'trackers'> | undefined
  readonly deadLetters?: MetricSources<'deadLetters'> | undefined
  readonly signals?: MetricSources<'signals'> | undefined
  readonly alerts?: MetricSources<'alerts'> | undefined
  /**
   * - `tps` (default): every reading once, by the name that the TPS documents use where they have one.
   * - `idiomatic`: every reading once, by the conventions of Prometheus: base units, `_total`, `_ratio`.
   * - `both`: by both.
   */
  readonly names?: NameProfile | undefined
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
  'trackers',
  'deadLetters',
  'signals',
  'alerts',
] as const satisfies SourceKind[]

/** One for each registry, so that several calls for one registry share their metrics. */
const expositions = new WeakMap<MetricsRegistry, Exposition>()

/**
 * Registers the metrics of the given sources in a prom-client registry. Each source's `snapshot()` is read once when
 * the registry is scraped; between scrapes nothing happens. It may be called several times for one registry: sources
 * of a kind must have different names over all calls, else the later one is left out and counted.
 *
 * Returns a function that takes the sources out again.
 * @throws {TypeError | RangeError} when an option is wrong; what prom-client throws when a name is taken.
 */
export function collectMetrics(registry: MetricsRegistry, options: CollectMetricsOptions): () => void {
  checkObject('registry', registry, ['registerMetric', 'removeSingleMetric'])
  checkObject('options', options)
  const { names = 'tps', maxSeries = 1000, onError = ignore } = options
  const sources = new Map<SourceKind, () => Iterable<MetricSource<object>>>()
  for (const kind of KINDS) {
    const given = options[kind] as readonly MetricSource<object>[] | (() => Iterable<MetricSource<object>>) | undefined
    if (given !== undefined) sources.set(kind, typeof given === 'function' ? given : listed(kind, given))
  }
  const group: Group = {
    names: checkOneOf('names', names, ['tps', 'idiomatic', 'both']),
    maxSeries: checkInteger('maxSeries', maxSeries, { min: 1 }),
    sources,
    onError: checkFunction('onError', onError),
  }
  const exposition = expositions.get(registry) ?? new Exposition(registry)
  exposition.add(group)
  expositions.set(registry, exposition)
  return () => exposition.remove(group)
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
