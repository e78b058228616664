import type { Alert } from './alert.ts'
import type { AlertNotification } from './channel.ts'
import { alertLine, cut, headline, labelText, oneLine, readingText } from './channel-text.ts'
import { type AlertDigest, countLine, digestHeadline, leftOut } from './digest.ts'

/** How many alerts of a group are named. */
const ALERTS_MAX = 50
const SUBJECT_MAX = 200
const TEXT_MAX = 16_384

/** What a message says. */
export interface EmailText {
  readonly subject: string
  readonly text: string
}

/** One notification. */
export function emailText(notification: AlertNotification): EmailText {
  const { kind, alert, alerts } = notification
  const label = kind === 'resolved' ? 'resolved' : alert.severity
  const lines = alerts && alerts.length > 1 ? groupLines(alerts) : alertLines(alert)
  return textOf(`[${label}] ${headline(notification)}`, lines)
}

/** A storm as one message. */
export function emailDigest(digest: AlertDigest): EmailText {
  const { severity, firing, counts, alerts } = digest
  const lines = [...counts.map(countLine), '', ...alerts.map(alertLine), ...leftOut(digest)]
  return textOf(`[${firing > 0 ? severity : 'resolved'}] ${digestHeadline(digest)}`, lines)
}

function textOf(subject: string, lines: readonly string[]): EmailText {
  return {
    subject: cut(oneLine(subject), SUBJECT_MAX),
    text: cut(`${oneLine(subject)}\n\n${lines.join('\n')}\n`, TEXT_MAX),
  }
}

function alertLines(alert: Alert): string[] {
  const { severity, condition, description, activeSince, endsAt, fingerprint } = alert
  return [
    ...(description ? [description, ''] : []),
    `Severity: ${severity}`,
    `Reading:  ${readingText(alert)}, ${condition}`,
    `Since:    ${activeSince}`,
    ...(endsAt ? [`Until:    ${endsAt}`] : []),
    ...(labelText(alert) ? [`Labels:   ${labelText(alert)}`] : []),
    `Alert:    ${fingerprint}`,
  ]
}

function groupLines(alerts: readonly Alert[]): string[] {
  const lines = alerts.slice(0, ALERTS_MAX).map(alertLine)
  return alerts.length > ALERTS_MAX ? [...lines, `and ${alerts.length - ALERTS_MAX} more`] : lines
}
