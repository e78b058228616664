import { showDuration } from './slo-alerts.ts'
import { type SloDefinition, type SloQueries, checkQueries } from './slo-queries.ts'
import { type YamlValue, toYaml } from './yaml.ts'

/** What alerts in a Prometheus rule file are labelled with. */
const SEVERITY = { red: 'page', yellow: 'ticket' } as const

const ERRORS = 'slo:error_ratio:rate'
const EVENTS = 'slo:events:rate'

/**
 * A Prometheus rule file for an objective: recording rules for the share of errors and the rate of events in each window,
 * for the budget that is left, and one alert for each of the objective's `alerts`. All series carry `slo="<name>"`.
 *
 * The alerts are those of `alertRules()`, except that they take shares as they are, without the Wilson interval. The
 * budget is that of the last period's length: Prometheus knows no calendar.
 * @throws TypeError or RangeError when a query is missing or has no `$window`.
 */
export function prometheusRules(slo: SloDefinition, queries: SloQueries): string {
  const { total, part, query } = checkQueries(queries)
  const labels = { slo: slo.name }
  const selector = `{slo=${JSON.stringify(slo.name)}}`
  const budget = Number((1 - slo.target).toPrecision(12))
  const errorRatio = (window: string): string => {
    const share = `(${over(query, window)}) / (${over(total, window)})`
    return part === 'bad' ? share : `1 - (${share})`
  }
  const windows = new Set(slo.alerts.flatMap(({ longMs, shortMs }) => [showDuration(shortMs), showDuration(longMs)]))
  const longs = new Map(slo.alerts.map(({ longMs }) => [showDuration(longMs), longMs]))
  const period = showDuration(slo.periodMs)
  const recordings: YamlValue[] = [
    ...[...windows].map((window) => ({ record: `${ERRORS}${window}`, expr: errorRatio(window), labels })),
    ...[...longs.keys()].map((window) => ({ record: `${EVENTS}${window}`, expr: over(total, window), labels })),
  ]
  const alerts: YamlValue[] = slo.alerts.map(({ severity, longMs, shortMs, factor }) => {
    const [long, short] = [showDuration(longMs), showDuration(shortMs)]
    const limit = `(${factor} * ${budget})`
    return {
      alert: 'SloBudgetBurn',
      expr:
        `${ERRORS}${long}${selector} > ${limit} and ${ERRORS}${short}${selector} > ${limit} ` +
        `and ${EVENTS}${long}${selector} * ${longMs / 1000} >= ${slo.minEvents}`,
      labels: { severity: SEVERITY[severity], factor: String(factor), long_window: long, short_window: short },
      annotations: {
        summary: `${slo.name} burns its error budget more than ${factor} times too fast`,
        description:
          `Over the last ${long} and the last ${short} more than ${factor} times as many events failed as a target ` +
          `of ${slo.target} allows.`,
      },
    }
  })
  const budgetRule = {
    record: 'slo:error_budget_remaining:ratio',
    expr: `1 - (${errorRatio(period)}) / ${budget}`,
    labels,
  }
  const groups: YamlValue[] = [
    { name: `slo ${slo.name} windows`, rules: recordings },
    { name: `slo ${slo.name} budget`, interval: '5m', rules: [budgetRule] },
    { name: `slo ${slo.name} alerts`, rules: alerts },
  ]
  return toYaml({ groups: groups.filter((group) => (group as { rules: YamlValue[] }).rules.length > 0) })
}

function over(text: string, window: string): string {
  return text.replaceAll('$window', window)
}
