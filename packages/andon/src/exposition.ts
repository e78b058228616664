import { CATALOGUE } from './catalogue.ts'
import { type CatalogueRow, type ExportedName, type NameProfile, namesOf } from './catalogue-row.ts'
import { LabelCache } from './label-cache.ts'
import { MetricFamily, type MetricSample } from './metric-family.ts'
import type { MetricSource, Reading, ReadingsOf, SourceKind } from './snapshots.ts'

/** The part of a prom-client registry that is used; its successors have it as well. */
export interface MetricsRegistry {
  registerMetric(metric: never): void
  removeSingleMetric(name: string): void
}

/** What one call of `collectMetrics` added. */
export interface Group {
  readonly names: NameProfile
  readonly maxSeries: number
  readonly sources: ReadonlyMap<SourceKind, () => Iterable<MetricSource<object>>>
  readonly onError: (error: unknown, source: string) => void
}

interface Feed {
  readonly family: Family
  readonly row: CatalogueRow
  readonly scale: number
}

interface Family {
  readonly metric: MetricFamily
  samples: MetricSample[]
  users: number
}

const KINDS = Object.keys(CATALOGUE) as SourceKind[]

/** Everything that is collected into one registry. Each source is read once a scrape, whatever it has of metrics. */
export class Exposition {
  readonly #registry: MetricsRegistry
  readonly #groups = new Map<Group, ReadonlyMap<SourceKind, readonly Feed[]>>()
  readonly #families = new Map<string, Family>()
  readonly #labels = new WeakMap<MetricSource<object>, LabelCache>()
  readonly #health = { readFailures: 0, droppedSeries: 0 }
  readonly #self: MetricSource<ReadingsOf['collectors']> = { name: 'collectors', snapshot: () => this.#health }
  #isFresh = false

  constructor(registry: MetricsRegistry) {
    this.#registry = registry
  }

  /** Registers what the group's kinds have. Nothing stays registered when a name is taken. */
  add(group: Group): void {
    const feeds = new Map<SourceKind, Feed[]>()
    try {
      for (const kind of KINDS) {
        if (kind !== 'collectors' && !group.sources.has(kind)) continue
        const list: Feed[] = []
        feeds.set(kind, list)
        for (const row of CATALOGUE[kind])
          for (const name of namesOf(row, group.names))
            list.push({ family: this.#use(name, row), row, scale: name.scale })
      }
    } catch (error) {
      this.#release(feeds)
      throw error
    }
    this.#groups.set(group, feeds)
  }

  /** Takes a group out, and what nobody else uses out of the registry. */
  remove(group: Group): void {
    const feeds = this.#groups.get(group)
    if (!feeds) return
    this.#groups.delete(group)
    this.#release(feeds)
  }

  #use(name: ExportedName, row: CatalogueRow): Family {
    let family = this.#families.get(name.name)
    if (!family) {
      const made: Family = { metric: new MetricFamily(name, row, () => this.#samplesOf(made)), samples: [], users: 0 }
      this.#registry.registerMetric(made.metric as never)
      this.#families.set(name.name, made)
      family = made
    }
    family.users++
    return family
  }

  #release(feeds: ReadonlyMap<SourceKind, readonly Feed[]>): void {
    const released = new Set([...feeds.values()].flat().map(({ family }) => family))
    for (const [name, family] of this.#families) {
      if (!released.has(family) || --family.users > 0) continue
      this.#families.delete(name)
      this.#registry.removeSingleMetric(name)
    }
  }

  /** A registry asks for all of its metrics in one go: what was read for the first one serves them all. */
  #samplesOf(family: Family): readonly MetricSample[] {
    if (!this.#isFresh) {
      this.#collect()
      this.#isFresh = true
      queueMicrotask(() => {
        this.#isFresh = false
        for (const each of this.#families.values()) each.samples = []
      })
    }
    return family.samples
  }

  #collect(): void {
    const taken = new Map<SourceKind, Set<string>>(KINDS.map((kind) => [kind, new Set()]))
    for (const [group, feeds] of this.#groups) {
      for (const [kind, list] of feeds) {
        if (kind === 'collectors') continue
        try {
          for (const source of group.sources.get(kind)?.() ?? []) this.#read(source, list, group, taken.get(kind))
        } catch (error) {
          this.#fail(error, kind, group)
        }
      }
    }
    // Last, so that it tells about this very scrape.
    const [last] = [...this.#groups].slice(-1)
    if (last) this.#read(this.#self, last[1].get('collectors') ?? [], last[0], taken.get('collectors'))
  }

  #read(source: MetricSource<object>, feeds: readonly Feed[], group: Group, taken = new Set<string>()): void {
    if (taken.has(source.name)) {
      this.#health.droppedSeries += feeds.length
      return
    }
    taken.add(source.name)
    const labels = this.#labelsOf(source, group)
    try {
      const readings = source.snapshot()
      for (const { family, row, scale } of feeds) {
        row.read(readings as never, (value, detail, suffix) => {
          if (typeof value !== 'number' || Number.isNaN(value)) return
          if (family.samples.length >= group.maxSeries) this.#health.droppedSeries++
          else family.samples.push(sampleOf(family, value, scale, labels.get(row.labels, detail), suffix))
        })
      }
    } catch (error) {
      this.#fail(error, source.name, group)
    }
  }

  #labelsOf(source: MetricSource<object>, { maxSeries }: Group): LabelCache {
    let labels = this.#labels.get(source)
    if (!labels) this.#labels.set(source, (labels = new LabelCache(source.name, maxSeries)))
    return labels
  }

  #fail(error: unknown, source: string, group: Group): void {
    this.#health.readFailures++
    try {
      group.onError(error, source)
    } catch {
      // A scrape goes on whatever the handler does. The failure has been counted.
    }
  }
}

function sampleOf(
  { metric }: Family,
  value: NonNullable<Reading>,
  scale: number,
  labels: MetricSample['labels'],
  suffix: '_sum' | '_count' | undefined,
): MetricSample {
  if (suffix === undefined) return { value: value * scale, labels }
  return { value: suffix === '_count' ? value : value * scale, labels, metricName: `${metric.name}${suffix}` }
}
