import { CATALOGUE } from './catalogue.ts'
import { type CatalogueRow, type ExportedName, type NameProfile, type SampleSuffix, namesOf } from './catalogue-row.ts'
import { LabelCache, type LabelSet } from './label-cache.ts'
import type { MetricSource, ReadingsOf, SourceKind } from './snapshots.ts'

/** One sample of a family. */
export interface Sample {
  readonly value: number
  readonly set: LabelSet
  /** What follows the family's name. */
  readonly suffix: SampleSuffix
}

/** Everything that goes by one name. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly row: CatalogueRow
  readonly samples: Sample[]
  /** How many feeds it has. */
  users: number
}

/** What is read together, by the same options. */
export interface Group {
  readonly names: NameProfile
  readonly maxSeries: number
  readonly sources: ReadonlyMap<SourceKind, () => Iterable<MetricSource<object>>>
  readonly onError: (error: unknown, source: string) => void
}

/** Is told which families there are. */
export interface FamilyKeeper {
  /** @throws when the name is taken. */
  opened(family: Family): void
  closed(family: Family): void
}

interface Feed {
  readonly family: Family
  readonly row: CatalogueRow
  readonly scale: number
}

const KINDS = Object.keys(CATALOGUE) as SourceKind[]

/** The families, and how they are filled: each source is read once a collection, whatever it has of metrics. */
export class SampleBook {
  readonly #keeper: FamilyKeeper
  readonly #groups = new Map<Group, ReadonlyMap<SourceKind, readonly Feed[]>>()
  readonly #families = new Map<string, Family>()
  readonly #labels = new WeakMap<MetricSource<object>, LabelCache>()
  readonly #health = { readFailures: 0, droppedSeries: 0 }
  readonly #self: MetricSource<ReadingsOf['collectors']> = { name: 'collectors', snapshot: () => this.#health }

  constructor(keeper: FamilyKeeper) {
    this.#keeper = keeper
  }

  get families(): Iterable<Family> {
    return this.#families.values()
  }

  /** Opens what the group's kinds have. Nothing stays open when a name is taken. */
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

  /** Takes a group out, and closes what nobody else uses. */
  remove(group: Group): void {
    const feeds = this.#groups.get(group)
    if (!feeds) return
    this.#groups.delete(group)
    this.#release(feeds)
  }

  /** Reads every source into the families, in place of what was read before. */
  collect(): void {
    this.clear()
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
    // Last, so that it tells about this very collection.
    const [last] = [...this.#groups].slice(-1)
    if (last) this.#read(this.#self, last[1].get('collectors') ?? [], last[0], taken.get('collectors'))
  }

  /** Lets go of the samples. */
  clear(): void {
    for (const { samples } of this.#families.values()) samples.length = 0
  }

  #use({ name, help }: ExportedName, row: CatalogueRow): Family {
    let family = this.#families.get(name)
    if (!family) {
      family = { name, help, row, samples: [], users: 0 }
      this.#keeper.opened(family)
      this.#families.set(name, family)
    }
    family.users++
    return family
  }

  #release(feeds: ReadonlyMap<SourceKind, readonly Feed[]>): void {
    const released = new Set([...feeds.values()].flat().map(({ family }) => family))
    for (const family of this.#families.values()) {
      if (!released.has(family) || --family.users > 0) continue
      this.#families.delete(family.name)
      this.#keeper.closed(family)
    }
  }

  #read(source: MetricSource<object>, feeds: readonly Feed[], group: Group, taken = new Set<string>()): void {
    if (taken.has(source.name)) {
      this.#health.droppedSeries += feeds.length
      return
    }
    taken.add(source.name)
    const cache = this.#labelsOf(source, group)
    try {
      const readings = source.snapshot()
      for (const { family, row, scale } of feeds) {
        row.read(readings, (value, detail, suffix = '') => {
          if (typeof value !== 'number' || Number.isNaN(value)) return
          if (family.samples.length >= group.maxSeries) this.#health.droppedSeries++
          else {
            const isCount = suffix === '_count' || suffix === '_bucket'
            family.samples.push({ value: isCount ? value : value * scale, set: cache.get(row.labels, detail), suffix })
          }
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
