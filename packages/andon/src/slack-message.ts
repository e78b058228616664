import type { Alert } from './alert.ts'
import type { AlertNotification } from './channel.ts'
import { alertLine, headline, readingText } from './channel-text.ts'
import { type AlertDigest, countLine, digestHeadline, leftOut } from './digest.ts'

// Slack's limits: https://docs.slack.dev/reference/block-kit/blocks/section-block and …/context-block.
const TEXT_MAX = 3_000
const FIELD_MAX = 2_000
const FIELDS_MAX = 10
/** How many alerts of a group are named. Slack takes 50 blocks. */
const ALERTS_MAX = 10
/** So that ten alerts are no wall of text. */
const LINE_MAX = 500

interface SlackText {
  readonly type: 'mrkdwn'
  readonly text: string
}

type SlackBlock =
  | { readonly type: 'section'; readonly text: SlackText }
  | { readonly type: 'section'; readonly fields: readonly SlackText[] }
  | { readonly type: 'context'; readonly elements: readonly SlackText[] }

/** What is posted to an incoming webhook. */
export interface SlackMessage {
  readonly text: string
  readonly attachments: readonly { readonly color: string; readonly blocks: readonly SlackBlock[] }[]
}

const COLOURS = { red: '#d32f2f', yellow: '#f9a825', resolved: '#2e7d32' } as const
const SIGNS = { red: '🔴', yellow: '🟡', resolved: '🟢' } as const

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** `text` for Slack, at most `max` long: with `& < >` escaped, so that nothing in it can call anybody. */
export function escapeSlack(text: string, max: number): string {
  let escaped = ''
  let lengthBefore = 0
  for (const char of text) {
    escaped += ENTITIES[char] ?? char
    if (escaped.length > max) return `${escaped.slice(0, lengthBefore)}…`
    // Where the "…" still fits.
    if (escaped.length < max) lengthBefore = escaped.length
  }
  return escaped
}

const mrkdwn = (text: string, max: number): SlackText => ({ type: 'mrkdwn', text: escapeSlack(text, max) })
const section = (text: string, max = TEXT_MAX): SlackBlock => ({ type: 'section', text: mrkdwn(text, max) })
const context = (text: string): SlackBlock => ({ type: 'context', elements: [mrkdwn(text, TEXT_MAX)] })

/** One notification: a headline, and what is behind it. */
export function slackMessage(notification: AlertNotification): SlackMessage {
  const { kind, alert, alerts } = notification
  const look = kind === 'resolved' ? 'resolved' : alert.severity
  const blocks = alerts && alerts.length > 1 ? groupBlocks(alerts) : alertBlocks(alert)
  return messageOf(look, headline(notification), blocks)
}

/** A storm as one message. */
export function slackDigest(digest: AlertDigest): SlackMessage {
  const { severity, firing, counts, alerts } = digest
  const rest = leftOut(digest)
  const blocks = [
    section(counts.map(countLine).join('\n')),
    ...alerts.slice(0, ALERTS_MAX).map((alert) => section(alertLine(alert), LINE_MAX)),
    ...(rest.length > 0 ? [context(rest.join(' · '))] : []),
  ]
  return messageOf(firing > 0 ? severity : 'resolved', digestHeadline(digest), blocks)
}

function messageOf(look: keyof typeof COLOURS, text: string, blocks: readonly SlackBlock[]): SlackMessage {
  return { text: escapeSlack(`${SIGNS[look]} ${text}`, TEXT_MAX), attachments: [{ color: COLOURS[look], blocks }] }
}

function alertBlocks(alert: Alert): SlackBlock[] {
  const { description, severity, condition, activeSince, endsAt } = alert
  const facts: [string, string][] = [
    ['Severity', severity],
    ['Reading', `${readingText(alert)}, ${condition}`],
    [endsAt ? 'Lasted' : 'Since', endsAt ? `${activeSince} to ${endsAt}` : activeSince],
  ]
  const labels = Object.entries(alert.labels)
  const room = FIELDS_MAX - facts.length
  const shown = labels.length > room ? labels.slice(0, room - 1) : labels
  const fields = [...facts, ...shown].map(([name, value]) => mrkdwn(`*${name}*\n${value}`, FIELD_MAX))
  if (shown.length < labels.length) fields.push(mrkdwn(`and ${labels.length - shown.length} more labels`, FIELD_MAX))
  return [...(description ? [section(description)] : []), { type: 'section', fields }]
}

function groupBlocks(alerts: readonly Alert[]): SlackBlock[] {
  const lines = alerts.slice(0, ALERTS_MAX).map((alert) => section(alertLine(alert), LINE_MAX))
  return alerts.length > ALERTS_MAX ? [...lines, context(`and ${alerts.length - ALERTS_MAX} more`)] : lines
}
