import type { AlertRule } from '@tps/andon'
import { levelOf } from './level.ts'
import { type Rule, expressionOf } from './rule.ts'

/** A rule as andon takes it: it observes the values of the windows. */
export function ruleForAndon(rule: Rule): AlertRule {
  const { name, severity, labels, summary, runbook, forMs, keepFiringMs, noData } = rule
  const { isAbove, limit } = levelOf(rule)
  const expression = expressionOf(rule)
  return {
    name,
    severity,
    labels,
    summary,
    description: runbook === undefined ? expression : `${expression}\nRunbook: ${runbook}`,
    threshold: isAbove ? { above: limit } : { below: limit },
    forMs,
    keepFiringMs,
    noData,
  }
}
