import type { Alert } from './alert.ts'
import type { AlertNotification } from './channel.ts'

/** The alerts of a notification: those of its group, or the one. */
export function alertsOf({ alert, alerts }: AlertNotification): readonly Alert[] {
  return alerts ?? [alert]
}

/** `text` cut to at most `max` UTF-16 units, never within a character, with "…" where something is missing. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text
  let end = max - 1
  if (isHighSurrogate(text.charCodeAt(end - 1))) end--
  return `${text.slice(0, end)}…`
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff

/** On one line, without control characters: for subjects, headlines and what a server has answered. */
export function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]+/g, ' ').trim()
}

/** `region="eu", shard="a"`; empty without labels. */
export function labelText(alert: Pick<Alert, 'labels'>): string {
  return Object.entries(alert.labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(', ')
}

/** `value 250`, or `no data`. */
export function readingText({ value }: Pick<Alert, 'value'>): string {
  return value === null ? 'no data' : `value ${value}`
}

/** `HighLatency{shard="a"}: the summary (value 250)`, on one line. */
export function alertLine(alert: Alert): string {
  const labels = labelText(alert)
  return oneLine(`${alert.rule}${labels && `{${labels}}`}: ${alert.summary} (${readingText(alert)})`)
}

const WORDS = {
  repeat: 'still firing',
  escalation: 'firing, not acknowledged',
  flapping: 'flapping',
} as const

/** `firing`, `resolved`, or why it is told once more. */
export function stateText({ kind, reason }: AlertNotification): string {
  return kind === 'firing' && reason ? WORDS[reason] : kind
}

/** What has happened, on one line: `HighLatency firing: the summary (value 250)`, or how many of a group. */
export function headline(notification: AlertNotification): string {
  const { alert, alerts } = notification
  const state = stateText(notification)
  if (alerts && alerts.length > 1) {
    const shared = notification.group ? labelText(notification.group) : ''
    return oneLine(`${alerts.length} alerts ${state}${shared && ` (${shared})`}: ${alert.rule}: ${alert.summary}`)
  }
  return oneLine(`${alert.rule} ${state}: ${alert.summary} (${readingText(alert)})`)
}
