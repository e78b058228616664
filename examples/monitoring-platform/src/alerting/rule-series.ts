import type { Tags } from '../sample.ts'
import type { AlertStateName } from './answers.ts'
import { type Level, levelOf } from './level.ts'
import { RankWindow } from './rank-window.ts'
import type { Rule } from './rule.ts'
import type { SlidingWindow } from './sliding-window.ts'
import { ExtremeWindow, LastWindow, SumWindow } from './value-windows.ts'
import type { WatchedRule } from './watched-rule.ts'

/** What a window says: trouble, no trouble, or nothing because it has no samples. */
export type Verdict = 'breach' | 'clear' | 'empty'

/** One series of a rule, or one group of series: what has a window, and may have an alert. */
export class RuleSeries {
  readonly rule: WatchedRule
  /** What the rule knows it by. */
  readonly key: string
  readonly tags: Tags
  /** The tags as labels of an alert. */
  readonly labels: Tags
  readonly window: SlidingWindow
  /** Numbers of the series that it is made of. */
  readonly members: Set<number> = new Set()
  /** The verdict that was told last. */
  told: Verdict = 'empty'
  /** The value that was told last. */
  toldValue = Number.NaN
  /** Until when it may have no samples, in ms since 1970, because another process had them. */
  graceMs = Number.NEGATIVE_INFINITY
  /** Whether it is to be looked at when the batch is through. */
  isDirty = false
  /** Where its alert is. */
  state: AlertStateName = 'ok'

  constructor(rule: WatchedRule, key: string, tags: Tags, labels: Tags) {
    this.rule = rule
    this.key = key
    this.tags = tags
    this.labels = labels
    this.window = windowOf(rule.rule, levelOf(rule.rule))
  }

  get verdict(): Verdict {
    const { window, rule } = this
    if (window.samples === 0) return 'empty'
    return window.samples >= rule.minSamples && window.isBeyond ? 'breach' : 'clear'
  }
}

function windowOf({ agg }: Rule, level: Level): SlidingWindow {
  if (agg === 'last') return new LastWindow(level)
  if (agg === 'avg' || agg === 'sum' || agg === 'count') return new SumWindow(level, agg)
  if (agg === 'min' || agg === 'max') return new ExtremeWindow(level, agg === 'max')
  return new RankWindow(level, Number(agg.slice(1)))
}
