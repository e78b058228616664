import { checkName, checkObject } from '@tps/internal'
import type { BurnRateAlert } from './slo-alerts.ts'
import type { SloPeriod } from './slo-period.ts'

/** What an export reads of an objective: an `Slo` fits. */
export interface SloDefinition {
  readonly name: string
  readonly target: number
  readonly period: SloPeriod
  readonly periodMs: number
  readonly minEvents: number
  readonly alerts: readonly BurnRateAlert[]
}

/**
 * Where the events of an objective come from, as PromQL that gives one series of events a second. `$window` stands for
 * the length of time: `sum(rate(http_requests_total{code=~"5.."}[$window]))`. Either `good` or `bad`.
 */
export interface SloQueries {
  readonly total: string
  readonly good?: string | undefined
  readonly bad?: string | undefined
}

/** Returns the queries, checked: the total, and which part of it the other one is. */
export function checkQueries(queries: SloQueries): {
  readonly total: string
  readonly part: 'good' | 'bad'
  readonly query: string
} {
  checkObject('queries', queries)
  const { good, bad } = queries
  if ((good === undefined) === (bad === undefined)) throw new TypeError('queries must have either "good" or "bad"')
  const part = good === undefined ? 'bad' : 'good'
  return {
    total: checkQuery('queries.total', queries.total),
    part,
    query: checkQuery(`queries.${part}`, good ?? bad),
  }
}

function checkQuery(name: string, query: unknown): string {
  const checked = checkName(name, query)
  if (!checked.includes('$window')) throw new RangeError(`${name} must have "$window" where its length of time goes`)
  return checked
}
