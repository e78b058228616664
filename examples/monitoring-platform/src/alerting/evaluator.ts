import type { SampleBatch, Tags } from '../sample.ts'
import type { SeriesTable } from '../series.ts'
import type { Rule } from './rule.ts'
import type { RuleSeries, Verdict } from './rule-series.ts'
import { WatchedRule } from './watched-rule.ts'

export interface EvaluatorOptions {
  readonly rules: readonly Rule[]
  /** How many series and groups one rule may watch, at least 1. */
  readonly maxSeries: number
  /** ms since 1970. */
  readonly wallNow: () => number
  /** Told of each change of a verdict, and of the values of trouble that lasts. `undefined`: there is no value. */
  readonly tell: (series: RuleSeries, verdict: Verdict, value: number | undefined) => void
}

const NOTHING: readonly RuleSeries[] = Object.freeze([])

/**
 * Applies rules to samples as they arrive. A series is matched with the rules once, and found by its number from then on. Time
 * passes at `tick`: what is too old leaves its window there.
 */
export class Evaluator {
  readonly #maxSeries: number
  readonly #wallNow: () => number
  readonly #tell: EvaluatorOptions['tell']
  /** By the number of the series. */
  #targets: (readonly RuleSeries[] | undefined)[] = []
  #rules: readonly WatchedRule[] = []
  #byMetric: ReadonlyMap<string, readonly WatchedRule[]> = new Map()
  #evaluations = 0
  #late = 0
  #ahead = 0

  constructor({ rules, maxSeries, wallNow, tell }: EvaluatorOptions) {
    this.#maxSeries = maxSeries
    this.#wallNow = wallNow
    this.#tell = tell
    this.setRules(rules)
  }

  get rules(): readonly WatchedRule[] {
    return this.#rules
  }

  get counts(): { readonly evaluations: number; readonly late: number; readonly ahead: number } {
    return { evaluations: this.#evaluations, late: this.#late, ahead: this.#ahead }
  }

  /** Rules that are the same as before go on with what they know. Returns those that are gone, or that were changed. */
  setRules(rules: readonly Rule[]): readonly WatchedRule[] {
    const before = new Map(this.#rules.map((watched) => [watched.key, watched]))
    this.#rules = rules.map((rule) => before.get(JSON.stringify(rule)) ?? new WatchedRule(rule))
    this.#byMetric = Map.groupBy(this.#rules, ({ rule }) => rule.metric)
    for (const { key, all, overflow } of this.#rules) {
      before.delete(key)
      // All are matched anew.
      overflow.clear()
      for (const { members } of all.values()) members.clear()
    }
    this.#targets = []
    return [...before.values()]
  }

  /** A series whose trouble was told by another process. As long as its window is, it may have no samples without that meaning anything. */
  adopt(rule: string, labels: Tags): RuleSeries {
    const watched = this.#rules.find((each) => each.rule.name === rule)
    if (!watched) throw new RangeError(`there is no rule "${rule}"`)
    const series = watched.adopt(labels)
    series.graceMs = this.#wallNow() + watched.windowMs
    watched.breaching.add(series)
    return series
  }

  /** Takes samples that have just arrived. Verdicts are told once for all of them. */
  take({ length, series, timestamps, values }: SampleBatch, table: SeriesTable): void {
    const nowMs = this.#wallNow()
    for (const watched of this.#rules) watched.turnTo(nowMs)
    const dirty: RuleSeries[] = []
    for (let row = 0; row < length; row++) {
      const id = series[row]!
      const targets = this.#targets[id] ?? this.#match(id, table)
      for (let index = 0; index < targets.length; index++) {
        const target = targets[index]!
        this.#apply(target, timestamps[row]!, values[row]!, nowMs)
        if (target.isDirty || target.verdict === target.told) continue
        target.isDirty = true
        dirty.push(target)
      }
    }
    for (const target of dirty) {
      target.isDirty = false
      this.#settle(target)
    }
  }

  /** Lets go of samples that are too old, tells what comes of it, and what trouble that lasts is at. */
  tick(): void {
    const nowMs = this.#wallNow()
    for (const watched of this.#rules) {
      watched.turnTo(nowMs)
      if (watched.nowSlot === watched.agedSlot) continue
      watched.agedSlot = watched.nowSlot
      for (const series of watched.all.values()) {
        series.window.moveTo(watched.nowSlot)
        if (series.window.samples === 0 && nowMs < series.graceMs) continue
        this.#settle(series)
        if (series.told === 'empty' && series.state === 'ok') this.#remove(series)
      }
      for (const series of watched.breaching) {
        const { value } = series.window
        if (series.window.samples > 0 && !Object.is(value, series.toldValue)) this.#say(series, 'breach', value)
      }
    }
  }

  #apply({ rule, window }: RuleSeries, timeMs: number, value: number, nowMs: number): void {
    if (Number.isNaN(value)) return
    this.#evaluations++
    let atMs = timeMs
    if (atMs > nowMs) {
      if (atMs - nowMs > rule.windowMs) {
        this.#ahead++
        return
      }
      // Clocks that are a little ahead measure now.
      atMs = nowMs
    }
    if (!window.add(Math.floor(atMs / rule.widthMs), rule.nowSlot, value, atMs)) this.#late++
  }

  #settle(series: RuleSeries): void {
    const { verdict } = series
    if (verdict !== series.told) this.#say(series, verdict, verdict === 'empty' ? undefined : series.window.value)
  }

  #say(series: RuleSeries, verdict: Verdict, value: number | undefined): void {
    series.told = verdict
    series.toldValue = value ?? Number.NaN
    if (verdict === 'breach') series.rule.breaching.add(series)
    else series.rule.breaching.delete(series)
    this.#tell(series, verdict, value)
  }

  #match(id: number, table: SeriesTable): readonly RuleSeries[] {
    const series = table.get(id)
    const targets = (this.#byMetric.get(series.name) ?? []).flatMap((watched) =>
      watched.matches(series) ? (watched.seriesFor(series, this.#maxSeries) ?? []) : [],
    )
    while (this.#targets.length <= id) this.#targets.push(undefined)
    return (this.#targets[id] = targets.length > 0 ? targets : NOTHING)
  }

  /** Its place is for others now. Should it come back, it is matched anew, and so is one that there was no room for. */
  #remove({ rule, key, members }: RuleSeries): void {
    rule.all.delete(key)
    for (const id of members) this.#forget(id)
    for (const id of rule.overflow) {
      rule.overflow.delete(id)
      this.#forget(id)
      break
    }
  }

  #forget(id: number): void {
    for (const { members } of this.#targets[id] ?? []) members.delete(id)
    if (id < this.#targets.length) this.#targets[id] = undefined
  }
}
