import type { Severity, Silence } from '@tps/andon'
import type { Tags } from '../sample.ts'
import type { RuleAggregate, RuleOperator } from './rule.ts'

/** Where an alert is. Times in these answers are ms since 1970, durations ms. */
export type AlertStateName = 'ok' | 'pending' | 'firing'

/** What JSON has no number for is a text. `null`: there is none. */
export type ShownNumber = number | '+Inf' | '-Inf' | null

/** What a rule makes of one series, or of one group of series. */
export interface RuleSeriesAnswer {
  /** Of the series; of a group those that it is grouped by. */
  readonly tags: Tags
  readonly value: ShownNumber
  /** How many samples the value is made of. */
  readonly samples: number
  readonly state: AlertStateName
}

/** A rule, and where it stands. */
export interface RuleAnswer {
  readonly name: string
  /** Such as `avg(cpu_usage[60s]) > 80`. */
  readonly expression: string
  readonly metric: string
  readonly agg: RuleAggregate
  readonly windowMs: number
  readonly op: RuleOperator
  readonly threshold: number
  readonly forMs: number
  readonly severity: Severity
  readonly summary: string
  readonly runbook: string | null
  /** That of its worst series. */
  readonly state: AlertStateName
  /** Of its worst series. */
  readonly value: ShownNumber
  /** Of its worst series. */
  readonly samples: number
  /** How many series or groups it watches. */
  readonly seriesCount: number
  /** Series that it does not watch, because it has as many as it may. */
  readonly overflow: number
  /** The worst first, at most 20. */
  readonly series: readonly RuleSeriesAnswer[]
}

/** `GET /rules`. */
export interface RulesAnswer {
  /** `null`: the rules that are built in. */
  readonly file: string | null
  readonly loadedAt: number
  /** Why the file as it is now isn't used; the rules before it hold. Absent when all is well. */
  readonly error?: string
  readonly rules: readonly RuleAnswer[]
}

/** An alert that is pending or fires. */
export interface AlertAnswer {
  /** For `POST /admin/alerts/:id/acknowledge`. The same for the same rule and labels. */
  readonly id: string
  readonly rule: string
  readonly severity: Severity
  readonly state: 'pending' | 'firing'
  readonly labels: Readonly<Record<string, string>>
  readonly expression: string
  readonly value: ShownNumber
  readonly threshold: number
  readonly samples: number
  /** When it began to fire, or to be pending. */
  readonly since: number
  readonly summary: string
  readonly runbook: string | null
  /** Who has acknowledged it. */
  readonly acknowledgedBy?: string
  /** The id of the silence that holds it back. */
  readonly silencedBy?: string
  /** The id of the alert that holds it back. */
  readonly inhibitedBy?: string
}

/** Who is on call. */
export interface OnCallAnswer {
  readonly now: string
  /** `null`: for good. */
  readonly until: number | null
  readonly next: string | null
}

/** `GET /alerts`: firing before pending, red before yellow. */
export interface AlertsAnswer {
  readonly alerts: readonly AlertAnswer[]
  readonly silences: readonly Silence[]
  /** `null` without a schedule. */
  readonly onCall: OnCallAnswer | null
}

/** A change of an alert. */
export interface AlertEventAnswer {
  readonly at: number
  /** That of the alert. */
  readonly id: string
  readonly rule: string
  readonly from: AlertStateName
  readonly to: AlertStateName
  readonly value: ShownNumber
  readonly labels: Readonly<Record<string, string>>
}

/** `GET /alerts/history?limit=`: the latest first. */
export interface AlertHistoryAnswer {
  readonly events: readonly AlertEventAnswer[]
}

/** `alerting` of `GET /status`. */
export interface AlertingSnapshot {
  readonly rules: number
  /** Series and groups that rules watch, each counted for each rule. */
  readonly series: number
  /** Series that found their rule full, each counted for each rule. */
  readonly overflow: number
  /** One evaluation is one rule applied to one sample of a series. */
  readonly evaluations: number
  readonly evaluationsPerSecond: number
  /** Samples older than the window of a rule. */
  readonly late: number
  /** Samples more than a window ahead of the clock. */
  readonly ahead: number
  readonly pending: number
  readonly firing: number
  readonly notifications: {
    readonly sent: number
    readonly failed: number
    readonly retried: number
    readonly dropped: number
  }
  /** From the sample that makes an alert fire, or the end of its `for`, to the end of its notification: p99 of 10 minutes. */
  readonly delayMs: number | null
}

/** A number for JSON. */
export function shown(value: number | null): ShownNumber {
  if (value === null || Number.isNaN(value)) return null
  if (Number.isFinite(value)) return value
  return value > 0 ? '+Inf' : '-Inf'
}
