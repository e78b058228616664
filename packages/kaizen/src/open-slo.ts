import { checkName, checkObject } from '@tps/internal'
import { showDuration } from './slo-alerts.ts'
import type { CalendarUnit } from './slo-period.ts'
import { type SloDefinition, type SloQueries, checkQueries } from './slo-queries.ts'
import { type YamlValue, toYaml } from './yaml.ts'

/** What OpenSLO wants to know beyond the objective itself. */
export interface OpenSloOptions {
  /** The service that the objective is for. Default the objective's name. */
  readonly service?: string | undefined
  /** What it is, for people; at most 1050 characters. Default none. */
  readonly description?: string | undefined
  /** Where the events come from: PromQL, as for `prometheusRules`. */
  readonly queries: SloQueries
  /** Names of `AlertNotificationTarget`s. OpenSLO has no alert without one: without any, alerts are left out. */
  readonly notificationTargets?: readonly string[] | undefined
}

const DURATIONS: Readonly<Record<CalendarUnit, string>> = {
  day: '1d',
  week: '1w',
  month: '1M',
  quarter: '1Q',
  year: '1Y',
}
const SEVERITY = { red: 'page', yellow: 'ticket' } as const

/**
 * An objective as an OpenSLO v1 document in YAML. Names become what RFC 1123 allows. OpenSLO's alert conditions have one
 * window: theirs is the long one. Its durations are whole minutes: shorter ones become one minute.
 * @throws TypeError or RangeError when an option is not what it must be.
 */
export function openSlo(slo: SloDefinition, options: OpenSloOptions): string {
  checkObject('options', options)
  const { service = slo.name, description, notificationTargets = [] } = options
  const { total, part, query } = checkQueries(options.queries)
  if (!Array.isArray(notificationTargets)) throw new TypeError('notificationTargets must be an array of strings')
  const targets = notificationTargets.map((name: string, at) => checkName(`notificationTargets[${at}]`, name))
  if (description !== undefined && checkName('description', description).length > 1050)
    throw new RangeError(`description must be at most 1050 characters, got ${description.length}`)
  const name = objectName(slo.name)
  // OpenSLO's own queries have no variable for the window; that of the whole period is the one it asks about.
  const metric = (text: string): YamlValue => ({
    metricSource: { type: 'Prometheus', spec: { query: text.replaceAll('$window', showDuration(slo.periodMs)) } },
  })
  return toYaml({
    apiVersion: 'openslo/v1',
    kind: 'SLO',
    metadata: { name, displayName: slo.name },
    spec: {
      ...(description === undefined ? {} : { description }),
      service: objectName(checkName('service', service)),
      indicator: {
        metadata: { name: objectName(slo.name, `${part} events`) },
        spec: { ratioMetric: { counter: true, [part]: metric(query), total: metric(total) } },
      },
      timeWindow: [timeWindow(slo)],
      budgetingMethod: 'Occurrences',
      objectives: [{ displayName: slo.name, target: slo.target }],
      ...(targets.length === 0 ? {} : { alertPolicies: policies(slo, targets) }),
    },
  })
}

function timeWindow({ period }: SloDefinition): YamlValue {
  if (period.kind === 'rolling') return { duration: minutes(period.ms), isRolling: true }
  return {
    duration: DURATIONS[period.unit],
    // The first day of a year that is a Monday: every unit began on it.
    calendar: { startTime: '2024-01-01 00:00:00', timeZone: 'UTC' },
    isRolling: false,
  }
}

function policies(slo: SloDefinition, targets: readonly string[]): YamlValue {
  return slo.alerts.map(({ severity, longMs, factor }) => {
    const name = objectName(slo.name, `burn ${factor} over ${showDuration(longMs)}`)
    const condition = { kind: 'burnrate', threshold: factor, lookbackWindow: minutes(longMs), alertAfter: '0m' }
    return {
      kind: 'AlertPolicy',
      metadata: { name },
      spec: {
        alertWhenBreaching: true,
        alertWhenResolved: true,
        alertWhenNoData: false,
        conditions: [{ kind: 'AlertCondition', metadata: { name }, spec: { severity: SEVERITY[severity], condition } }],
        notificationTargets: targets.map((targetRef) => ({ targetRef })),
      },
    }
  })
}

/** A duration of whole minutes, as OpenSLO has them. */
function minutes(ms: number): string {
  return showDuration(Math.max(1, Math.round(ms / 60_000)) * 60_000)
}

/** Lower case letters, digits and dashes, at most 63, with neither end a dash. `ending` is never cut off. */
function objectName(text: string, ending = ''): string {
  const end = ending === '' ? '' : `-${dashed(ending)}`
  const start = dashed(text)
    .slice(0, 63 - end.length)
    .replace(/-$/, '')
  return `${start === '' ? 'slo' : start}${end}`
}

function dashed(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
}
