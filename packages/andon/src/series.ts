import { type AlertState, INACTIVE } from './alert-state.ts'
import { type Labels, NO_LABELS, checkLabels, fingerprintOf } from './labels.ts'
import type { CheckedRule } from './rule.ts'

/** A rule and one set of labels: the thing that has a state. */
export class Series {
  readonly rule: CheckedRule
  /** What its rule's book knows it by. */
  readonly key: string
  readonly labels: Labels
  state: AlertState = INACTIVE
  /** The last value seen; `null` when it went missing. */
  value: number | null = null
  /** What was last observed; `undefined` is no data. */
  reading: number | undefined
  observedMs = 0
  /** What turns monotonic into wall time for this alert: read once, so that a step of the wall clock bends nothing. */
  wallOffsetMs = 0

  constructor(rule: CheckedRule, key = '', labels: Labels = NO_LABELS) {
    this.rule = rule
    this.key = key
    this.labels = key === '' ? rule.labels : checkLabels('labels', { ...rule.labels, ...labels })
  }

  get fingerprint(): string {
    return fingerprintOf(this.rule.name, this.labels)
  }
}
