import { type Alert, byUrgency } from './alert.ts'
import type { AlertNotification, Channel, SendContext } from './channel.ts'
import { alertsOf } from './channel-text.ts'
import type { Severity } from './rule.ts'

/** How many alerts of one rule a digest tells. */
export interface DigestCount {
  readonly rule: string
  readonly severity: Severity
  readonly firing: number
  readonly resolved: number
}

/** Many notifications as one. Plain JSON. Everything in it is bounded. */
export interface AlertDigest {
  /** How many notifications it stands for. Each of them counts as delivered with it. */
  readonly notifications: number
  /** How many alerts those tell as firing. */
  readonly firing: number
  /** How many alerts those tell as resolved. */
  readonly resolved: number
  /** `red` as soon as one firing alert is. */
  readonly severity: Severity
  /** By rule and severity: red before yellow, then the rule with the most alerts. At most `maxRules`. */
  readonly counts: readonly DigestCount[]
  /** Rules that are not in `counts`. */
  readonly otherRules: number
  /** The most urgent alerts, at most `maxAlerts`. */
  readonly alerts: readonly Alert[]
  /** Notifications that the channel dropped since the digest before, because it was full. */
  readonly dropped: number
}

/** A channel for people, which can tell many notifications in one message. */
export interface DigestChannel extends Channel {
  /** Delivers one digest. A throw or a rejection says that it was not delivered. */
  sendDigest(digest: AlertDigest, context: SendContext): void | Promise<void>
}

/** When and how a channel folds notifications into a digest. */
export interface DigestOptions {
  /** More notifications than this that wait for their turn are told as one, at least 1. Default 10. */
  readonly above?: number | undefined
  /**
   * The least time from one digest to the next, in ms, 0 or more. What waits meanwhile waits for the next one, as soon
   * as it is more than `above`. Default 30000.
   */
  readonly windowMs?: number | undefined
  /** How many alerts a digest names, 0 or more. Default 5. */
  readonly maxAlerts?: number | undefined
  /** How many rules a digest counts one by one, at least 1. Default 20. */
  readonly maxRules?: number | undefined
}

/** Folds `notifications`. O(n log n) in their alerts. */
export function digestOf(
  notifications: readonly AlertNotification[],
  { maxAlerts, maxRules, dropped }: { readonly maxAlerts: number; readonly maxRules: number; readonly dropped: number },
): AlertDigest {
  const counts = new Map<string, { rule: string; severity: Severity; firing: number; resolved: number }>()
  const alerts: Alert[] = []
  const total = { firing: 0, resolved: 0 }
  for (const notification of notifications)
    for (const alert of alertsOf(notification)) {
      const { rule, severity } = alert
      const key = `${severity} ${rule}`
      let count = counts.get(key)
      if (!count) counts.set(key, (count = { rule, severity, firing: 0, resolved: 0 }))
      count[notification.kind]++
      total[notification.kind]++
      alerts.push(alert)
    }
  const sorted = [...counts.values()].toSorted(byWeight)
  return {
    notifications: notifications.length,
    ...total,
    severity: sorted.some(({ severity, firing }) => severity === 'red' && firing > 0) ? 'red' : 'yellow',
    counts: sorted.slice(0, maxRules),
    otherRules: Math.max(0, sorted.length - maxRules),
    alerts: alerts.toSorted(byUrgency).slice(0, maxAlerts),
    dropped,
  }
}

const SEVERITY_RANK = { red: 0, yellow: 1 } as const

const byWeight = (a: DigestCount, b: DigestCount): number =>
  SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] || b.firing + b.resolved - (a.firing + a.resolved)

/** `999 notifications in one: 990 firing, 9 resolved`. */
export function digestHeadline({ notifications, firing, resolved }: AlertDigest): string {
  return `${notifications} notifications in one: ${firing} firing, ${resolved} resolved`
}

/** `HighLatency (red): 12 firing, 3 resolved`. */
export function countLine({ rule, severity, firing, resolved }: DigestCount): string {
  return `${rule} (${severity}): ${firing} firing, ${resolved} resolved`
}

/** What a digest leaves out, as lines. */
export function leftOut({ otherRules, dropped, alerts, firing, resolved }: AlertDigest): string[] {
  const unnamed = firing + resolved - alerts.length
  return [
    ...(otherRules > 0 ? [`and ${otherRules} more rules`] : []),
    ...(unnamed > 0 ? [`${unnamed} alerts are not named here`] : []),
    ...(dropped > 0 ? [`${dropped} more notifications were dropped, because too many waited`] : []),
  ]
}
