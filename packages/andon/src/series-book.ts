import { type Labels, checkLabels, labelKey } from './labels.ts'
import type { CheckedRule } from './rule-check.ts'
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
  /** The series that were observed and have a state worth keeping, and those that are expected. */
  readonly observed: Map<string, Series>
}

/** What a rule with a source has observed. */
const NONE = new Map<string, never>()

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
  /** The series that are there from the beginning. */
  readonly #expected: Set<Series>
  #observed = 0

  constructor(rules: readonly CheckedRule[], max: number, nowMs: number) {
    this.#pages = rules.map((rule) =>
      rule.source
        ? { rule, own: expected(rule, nowMs), observed: NONE }
        : { rule, own: undefined, observed: new Map<string, Series>() },
    )
    this.#byName = new Map(this.#pages.map((page) => [page.rule.name, page]))
    this.#max = max
    for (const { rule, own, observed } of this.#pages) {
      if (own) continue
      // Those that were written down as options are not counted as observed.
      if (!rule.expect) observed.set('', Object.assign(expected(rule, nowMs), { isImplied: true }))
      for (const labels of rule.expect ?? []) observed.set(labelKey(labels), expected(rule, nowMs, labels))
    }
    this.#expected = new Set(this.#pages.flatMap(({ observed }) => [...observed.values()]))
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

  /** The rule of this name with its series, if there is one. */
  page(rule: string): Page | undefined {
    return this.#byName.get(rule)
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
    if (!this.#byName.get(series.rule.name)?.observed.delete(series.key)) return
    if (!this.#expected.delete(series)) this.#observed--
  }

  /** The series that stood for `rule` until another one was observed. */
  implied({ name }: CheckedRule): Series | undefined {
    const series = this.#byName.get(name)?.observed.get('')
    return series?.isImplied ? series : undefined
  }
}

function expected(rule: CheckedRule, nowMs: number, labels?: Labels): Series {
  const series = new Series(rule, labels && labelKey(labels), labels)
  series.observedMs = nowMs
  return series
}
