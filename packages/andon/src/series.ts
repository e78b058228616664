import { type AlertState, INACTIVE } from './alert-state.ts'
import { Flap } from './flap.ts'
import { type Labels, NO_LABELS, checkLabels, fingerprintOf } from './labels.ts'
import type { EventCounts } from './rule-burn-rate.ts'
import type { CheckedRule } from './rule-check.ts'
import type { Samples } from './samples.ts'

/** What was read or observed; `undefined` is no data. */
export type Reading = number | EventCounts | undefined

/** A rule and one set of labels: the thing that has a state. */
export class Series {
  readonly rule: CheckedRule
  /** What its rule's book knows it by. */
  readonly key: string
  readonly labels: Labels
  /** Its own labels, without those of the rule. */
  readonly given: Labels
  /** Where the alert is, as it is shown and told: firing as long as it is held. */
  state: AlertState = INACTIVE
  /** The last value seen; `null` when it went missing. */
  value: number | null = null
  reading: Reading
  /** When it was last observed; of an absence, when a value was. */
  observedMs = 0
  /** What turns monotonic into wall time for this alert: read once, so that a step of the wall clock bends nothing. */
  wallOffsetMs = 0
  /** Of a rate and a burn rate. */
  samples: Samples | undefined
  /** When the rule has a `flapHold` and the alert has changed lately. */
  flap: Flap | undefined
  /** Whether its user code fails: told once. */
  isFailing = false
  /** Whether it stands for the rule only until something is observed. */
  isImplied = false
  /** While the user's code for it runs. */
  isJudged = false
  /** It is in no book any more: whatever its user's code says now is of no account. */
  isForgotten = false
  #fingerprint: string | undefined

  constructor(rule: CheckedRule, key = '', labels: Labels = NO_LABELS) {
    this.rule = rule
    this.key = key
    this.given = labels
    this.labels = key === '' ? rule.labels : checkLabels('labels', { ...rule.labels, ...labels })
  }

  get fingerprint(): string {
    return (this.#fingerprint ??= fingerprintOf(this.rule.name, this.labels))
  }

  /** Where the alert would be if nothing held it. */
  get inner(): AlertState {
    return this.flap?.isHeld ? this.flap.inner : this.state
  }

  /** Where the alert is to be shown now that it is `after`. */
  shownAfter(after: AlertState, nowMs: number): AlertState {
    const { flap, inner, rule } = this
    if (flap) return flap.show(this.state, inner, after, nowMs)
    if (!rule.flapHold || (inner.kind === 'firing') === (after.kind === 'firing')) return after
    this.flap = new Flap(rule.flapHold)
    return this.flap.show(this.state, inner, after, nowMs)
  }

  /** Whether nothing would be lost by forgetting it. */
  isIdle(nowMs: number): boolean {
    const { rule, samples, flap } = this
    if (this.state !== INACTIVE || rule.whenNoData === 'breach') return false
    if (flap && !flap.isOver(nowMs)) return false
    if (rule.meter) return !samples?.latest || nowMs - samples.latest.ms > rule.meter.keepMs
    return rule.kind === 'threshold'
  }
}
