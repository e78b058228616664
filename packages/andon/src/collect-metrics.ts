import { checkObject } from '@tps/internal'
import { Exposition, type MetricsRegistry } from './exposition.ts'
import { type CollectMetricsOptions, checkSources } from './metric-sources.ts'

/** One for each registry, so that several calls for one registry share their metrics. */
const expositions = new WeakMap<MetricsRegistry, Exposition>()

/**
 * Registers the metrics of the given sources in a prom-client registry, beside what else is there. Each source's
 * `snapshot()` is read once when the registry is scraped; between scrapes nothing happens. It may be called several times
 * for one registry: sources of a kind must have different names over all calls, else the later one is left out and counted.
 *
 * Returns a function that takes the sources out again. Without a registry, and faster: `MetricsPage`.
 * @throws {TypeError | RangeError} when an option is wrong; what prom-client throws when a name is taken.
 */
export function collectMetrics(registry: MetricsRegistry, options: CollectMetricsOptions): () => void {
  checkObject('registry', registry, ['registerMetric', 'removeSingleMetric'])
  const group = checkSources(options)
  const exposition = expositions.get(registry) ?? new Exposition(registry)
  exposition.add(group)
  expositions.set(registry, exposition)
  return () => exposition.remove(group)
}
