import type { Alert } from '@tps/andon'
import { idOf, keyOf } from './alert-id.ts'
import { type AlertAnswer, shown } from './answers.ts'
import { type Rule, expressionOf } from './rule.ts'
import type { RuleSeries } from './rule-series.ts'

/** What is known beside an alert. */
export interface AlertContext {
  readonly rule: Rule | undefined
  readonly series: RuleSeries | undefined
  /** All alerts: one of them may hold this one back. */
  readonly all: readonly Alert[]
}

/** An alert with the value of now. */
export function alertAnswerOf(alert: Alert, { rule: known, series, all }: AlertContext): AlertAnswer {
  const { rule, severity, state, labels, value, summary, startsAt, activeSince, inhibitedBy } = alert
  const inhibitor = inhibitedBy === undefined ? undefined : all.find(({ fingerprint }) => fingerprint === inhibitedBy)
  return {
    id: idOf(keyOf(alert)),
    rule,
    severity,
    state: state === 'firing' ? 'firing' : 'pending',
    labels,
    expression: known ? expressionOf(known) : '',
    value: shown(series && series.window.samples > 0 ? series.window.value : value),
    threshold: known?.threshold ?? Number.NaN,
    samples: series?.window.samples ?? 0,
    since: Date.parse(startsAt ?? activeSince),
    summary,
    runbook: known?.runbook ?? null,
    ...(alert.acknowledgedBy !== undefined && { acknowledgedBy: alert.acknowledgedBy }),
    ...(alert.silencedBy !== undefined && { silencedBy: alert.silencedBy }),
    ...(inhibitor && { inhibitedBy: idOf(keyOf(inhibitor)) }),
  }
}
