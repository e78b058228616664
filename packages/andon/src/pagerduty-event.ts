import type { Alert } from './alert.ts'
import type { AlertNotification } from './channel.ts'
import { cut, oneLine, readingText } from './channel-text.ts'

// The limits of Events API v2: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/
const DEDUP_KEY_MAX = 255
const SUMMARY_MAX = 1_024
/** Of ours: with it an event stays well below the 512 KB that PagerDuty takes. */
const TEXT_MAX = 4_096

/** How bad an event is for PagerDuty. */
export type PagerDutySeverity = 'critical' | 'error' | 'warning' | 'info'

/** What an alert becomes at PagerDuty. */
export interface PagerDutyEvent {
  readonly event_action: 'trigger' | 'acknowledge' | 'resolve'
  readonly dedup_key: string
  readonly payload?: object
}

/** What an event says about where it comes from. */
export interface PagerDutySource {
  readonly source: string
  readonly severities: Readonly<Record<Alert['severity'], PagerDutySeverity>>
}

/** The event of a notification of one alert. A repeat triggers again, under the same key: no new incident. */
export async function pagerDutyEvent(
  { kind, alert, reason }: AlertNotification,
  from: PagerDutySource,
): Promise<PagerDutyEvent> {
  const dedup_key = await dedupKeyOf(alert.fingerprint)
  if (kind === 'resolved') return { event_action: 'resolve', dedup_key }
  const { rule, summary, severity, condition, description, labels, value, activeSince, startsAt } = alert
  return {
    event_action: 'trigger',
    dedup_key,
    payload: {
      summary: cut(oneLine(`${rule}: ${summary} (${readingText(alert)})`), SUMMARY_MAX),
      source: from.source,
      severity: from.severities[severity],
      timestamp: startsAt ?? activeSince,
      class: cut(rule, SUMMARY_MAX),
      custom_details: {
        condition: cut(condition, TEXT_MAX),
        value,
        labels,
        description: cut(description, TEXT_MAX),
        activeSince,
        ...(reason && { reason }),
      },
    },
  }
}

/** The fingerprint where it fits, else its start and its SHA-256: the same for the same alert, also after a restart. */
export async function dedupKeyOf(fingerprint: string): Promise<string> {
  const bytes = new TextEncoder().encode(fingerprint)
  // In bytes, which is the strictest way to count characters.
  if (bytes.length <= DEDUP_KEY_MAX) return fingerprint
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  const hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const start = new TextDecoder().decode(bytes.subarray(0, 180)).replace(/\uFFFD+$/, '')
  return `${start}~${hash}`
}
