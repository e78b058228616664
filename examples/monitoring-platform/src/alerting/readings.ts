import type { AlertingSnapshot } from './answers.ts'

/** A line of the page of metrics. */
export type AlertingReading = readonly [name: string, type: 'counter' | 'gauge', help: string, value: number]

/** What the alerting engine says of itself. */
export function alertingReadings(snapshot: AlertingSnapshot): readonly AlertingReading[] {
  const { rules, series, overflow, evaluations, late, ahead, pending, firing, notifications, delayMs } = snapshot
  const { sent, failed, retried, dropped } = notifications
  return [
    ['alert_rules', 'gauge', 'Alert rules.', rules],
    ['alert_series', 'gauge', 'Series and groups that alert rules watch.', series],
    ['alert_overflow_series', 'gauge', 'Series that found their alert rule full.', overflow],
    ['alert_evaluations_total', 'counter', 'Alert rules applied to samples.', evaluations],
    ['alert_late_samples_total', 'counter', 'Samples older than the window of an alert rule.', late],
    ['alert_ahead_samples_total', 'counter', 'Samples too far ahead of the clock for an alert rule.', ahead],
    ['alerts_pending', 'gauge', 'Alerts that are pending.', pending],
    ['alerts_firing', 'gauge', 'Alerts that fire.', firing],
    ['notifications_sent_total', 'counter', 'Notifications that were delivered.', sent],
    ['notifications_failed_total', 'counter', 'Notifications that were given up.', failed],
    ['notifications_retried_total', 'counter', 'Notifications that were tried again, once a try.', retried],
    ['notifications_dropped_total', 'counter', 'Notifications that found their channel full.', dropped],
    [
      'notification_delay_p99_seconds',
      'gauge',
      'From the sample that makes an alert fire to its notification, over 10 minutes.',
      (delayMs ?? 0) / 1_000,
    ],
  ]
}
