import type { Series, Tags } from '../sample.ts'
import { labelsOf } from './labels.ts'
import type { Rule } from './rule.ts'
import { RuleSeries } from './rule-series.ts'
import { SUB_WINDOWS } from './sliding-window.ts'

/** A rule with everything that it watches. */
export class WatchedRule {
  readonly rule: Rule
  /** The same for the same rule. */
  readonly key: string
  readonly minSamples: number
  readonly windowMs: number
  readonly widthMs: number
  /** The sub-window that is now. */
  nowSlot = Number.NEGATIVE_INFINITY
  /** The sub-window in which old samples were let go last. */
  agedSlot = Number.NEGATIVE_INFINITY
  readonly all: Map<string, RuleSeries> = new Map()
  /** Those whose trouble was told. */
  readonly breaching: Set<RuleSeries> = new Set()
  /** Numbers of series that there was no room for. */
  readonly overflow: Set<number> = new Set()

  constructor(rule: Rule) {
    this.rule = rule
    this.key = JSON.stringify(rule)
    this.minSamples = rule.minSamples
    this.windowMs = rule.windowMs
    this.widthMs = rule.windowMs / SUB_WINDOWS
  }

  /** Sets the clock. */
  turnTo(nowMs: number): void {
    this.nowSlot = Math.floor(nowMs / this.widthMs)
  }

  matches(series: Series): boolean {
    const { metric, tags } = this.rule
    if (series.name !== metric) return false
    for (const tag of Object.keys(tags)) if (!tags[tag]!.includes(series.tags[tag] ?? '')) return false
    return true
  }

  /** A series that has an alert, known by the labels of that. */
  adopt(labels: Tags): RuleSeries {
    const series = new RuleSeries(this, JSON.stringify(labels), labels, labels)
    series.told = 'breach'
    this.all.set(series.key, series)
    return series
  }

  /** What the samples of `series` go to; `undefined` when there are `max` already. */
  seriesFor(series: Series, max: number): RuleSeries | undefined {
    const { groupBy, labels: own } = this.rule
    const tags = groupBy ? Object.fromEntries(groupBy.map((tag) => [tag, series.tags[tag] ?? ''])) : series.tags
    const labels = labelsOf(tags, own)
    const key = JSON.stringify(labels)
    let found = this.all.get(key)
    if (!found) {
      if (this.all.size >= max) {
        this.overflow.add(series.id)
        return undefined
      }
      found = new RuleSeries(this, key, tags, labels)
      this.all.set(key, found)
    }
    found.members.add(series.id)
    return found
  }
}
