import { type Labels, checkLabels, labelKey } from './labels.ts'
import type { CheckedRule } from './rule.ts'
import { Series } from './series.ts'

/** One label set of a rule. */
export interface SeriesKey {
  /** The rule's name. */
  readonly rule: string
  /** Added to the rule's labels; one of the same name wins. Default none. */
  readonly labels?: Labels | undefined
}

interface Page {
  readonly rule: CheckedRule
  /** The one series of a rule with a source. */
  readonly own: Series | undefined
  /** The series that were observed and have a state worth keeping. */
  readonly observed: Map<string, Series>
}

/** Where an observation goes. */
export interface Place {
  readonly rule: CheckedRule
  readonly key: string
  readonly labels: Labels | undefined
  readonly series: Series | undefined
}

/** Every series that has a state, by rule and labels. Observed ones are bounded. */
export class SeriesBook {
  readonly #pages: readonly Page[]
  readonly #byName: ReadonlyMap<string, Page>
  readonly #max: number
  #observed = 0

  constructor(rules: readonly CheckedRule[], max: number) {
    this.#pages = rules.map((rule) => ({ rule, own: rule.source && new Series(rule), observed: new Map() }))
    this.#byName = new Map(this.#pages.map((page) => [page.rule.name, page]))
    this.#max = max
  }

  get pages(): readonly Page[] {
    return this.#pages
  }

  /** How many observed series have a state. */
  get observed(): number {
    return this.#observed
  }

  /** Where observations of `key` go. @throws {RangeError} when there is no such rule, or when it has a source. */
  find(key: string | SeriesKey): Place {
    const name = typeof key === 'string' ? key : key.rule
    const page = this.#byName.get(name)
    if (!page) throw new RangeError(`there is no rule "${name}"`)
    if (page.own) throw new RangeError(`rule "${name}" has a source: its values are read, not observed`)
    const labels = typeof key === 'string' || key.labels === undefined ? undefined : checkLabels('labels', key.labels)
    const text = labels === undefined ? '' : labelKey(labels)
    return { rule: page.rule, key: text, labels, series: page.observed.get(text) }
  }

  /** Keeps a series from now on; `undefined` when the book is full. */
  add({ rule, key, labels }: Place): Series | undefined {
    if (this.#observed >= this.#max) return undefined
    const series = new Series(rule, key, labels)
    this.#byName.get(rule.name)?.observed.set(key, series)
    this.#observed++
    return series
  }

  remove(series: Series): void {
    if (this.#byName.get(series.rule.name)?.observed.delete(series.key)) this.#observed--
  }
}
