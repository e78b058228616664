import { CATALOGUE } from './catalogue.ts'
import { type CatalogueRow, type ExportedName, type NameProfile, namesOf } from './catalogue-row.ts'
import { Family } from './family.ts'
import { Feed, type Read } from './feed.ts'
import { LabelCache } from './label-cache.ts'
import type { LatencyBuckets } from './latency-buckets.ts'
import type { MetricSource, ReadingsOf, SourceKind } from './snapshots.ts'

/** What is read together, by the same options. */
export interface Group {
  readonly names: NameProfile
  readonly maxSeries: number
  readonly latencyBuckets: LatencyBuckets | undefined
  readonly sources: ReadonlyMap<SourceKind, () => Iterable<MetricSource<object>>>
  readonly onError: (error: unknown, source: string) => void
}

/** Is told which families there are. */
export interface FamilyKeeper {
  /** @throws when the name is taken. */
  opened(family: Family): void
  closed(family: Family): void
}

/** What the sources of a kind, in a group, are read into, and what was read of them. */
interface Shelf {
  readonly feeds: readonly Feed[]
  reads: Read[]
}

const KINDS = Object.keys(CATALOGUE) as SourceKind[]

/** The families, and how they are filled: each source is read once a collection, whatever it has of metrics. */
export class SampleBook {
  readonly #keeper: FamilyKeeper
  readonly #groups = new Map<Group, ReadonlyMap<SourceKind, Shelf>>()
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
    const shelves = new Map<SourceKind, Shelf>()
    try {
      for (const kind of KINDS) {
        if (kind !== 'collectors' && !group.sources.has(kind)) continue
        const feeds: Feed[] = []
        shelves.set(kind, { feeds, reads: [] })
        for (const row of CATALOGUE[kind])
          for (const name of namesOf(row, group.names)) feeds.push(new Feed(this.#use(name, row), row, name.divisor))
      }
    } catch (error) {
      this.#release(shelves)
      throw error
    }
    this.#groups.set(group, shelves)
  }

  /** Takes a group out, and closes what nobody else uses. */
  remove(group: Group): void {
    const shelves = this.#groups.get(group)
    if (!shelves) return
    this.#groups.delete(group)
    this.#release(shelves)
  }

  /** Reads every source into the families, in place of what was read before. */
  collect(): void {
    this.clear()
    const taken = new Map<SourceKind, Set<string>>(KINDS.map((kind) => [kind, new Set()]))
    for (const [group, shelves] of this.#groups)
      for (const [kind, shelf] of shelves) if (kind !== 'collectors') this.#read(kind, shelf, group, taken.get(kind))
    for (const [group, shelves] of this.#groups)
      for (const [kind, shelf] of shelves) if (kind !== 'collectors') this.#fill(shelf, group)
    // Last, so that it tells about this very collection.
    const [last] = [...this.#groups].slice(-1)
    const shelf = last?.[1].get('collectors')
    if (last && shelf) {
      shelf.reads = [this.#readingOf(this.#self, undefined, last[0])]
      this.#fill(shelf, last[0])
    }
    for (const family of this.#families.values()) family.trim()
  }

  /** Lets go of the samples. */
  clear(): void {
    for (const family of this.#families.values()) family.clear()
  }

  #use({ name, help }: ExportedName, row: CatalogueRow): Family {
    let family = this.#families.get(name)
    if (!family) {
      family = new Family(name, help, row)
      this.#keeper.opened(family)
      this.#families.set(name, family)
    }
    family.users++
    return family
  }

  #release(shelves: ReadonlyMap<SourceKind, Shelf>): void {
    const released = new Set([...shelves.values()].flatMap(({ feeds }) => feeds).map(({ family }) => family))
    for (const family of this.#families.values()) {
      if (!released.has(family) || --family.users > 0) continue
      this.#families.delete(family.name)
      this.#keeper.closed(family)
    }
  }

  /** Reads the sources of a kind: each once. */
  #read(kind: SourceKind, shelf: Shelf, group: Group, taken = new Set<string>()): void {
    const buckets = kind === 'trackers' ? group.latencyBuckets : undefined
    try {
      for (const source of group.sources.get(kind)?.() ?? []) {
        if (taken.has(source.name)) {
          this.#health.droppedSeries += shelf.feeds.length
          continue
        }
        taken.add(source.name)
        try {
          shelf.reads.push(this.#readingOf(source, buckets, group))
        } catch (error) {
          this.#fail(error, source.name, group)
        }
      }
    } catch (error) {
      this.#fail(error, kind, group)
    }
  }

  #readingOf(source: MetricSource<object>, buckets: LatencyBuckets | undefined, group: Group): Read {
    const readings = source.snapshot()
    const held = buckets?.of(source, readings)
    return { name: source.name, labels: this.#labelsOf(source, group), readings, held, isGood: true }
  }

  /** Family by family, so that the series of a family are gone through in one go. */
  #fill(shelf: Shelf, group: Group): void {
    for (const feed of shelf.feeds) {
      for (const read of shelf.reads) {
        if (!read.isGood) continue
        try {
          this.#health.droppedSeries += feed.take(read, group.maxSeries)
        } catch (error) {
          read.isGood = false
          this.#fail(error, read.name, group)
        }
      }
    }
    shelf.reads = []
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
