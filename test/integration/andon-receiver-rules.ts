import type { Received, Reply } from './andon-receiver.ts'

// The documented limits of Slack and PagerDuty, enforced.

interface Text {
  readonly type: string
  readonly text: string
}

interface Block {
  readonly type: string
  readonly text?: Text
  readonly fields?: readonly Text[]
  readonly elements?: readonly Text[]
}

const BAD: Reply = { status: 400, body: 'invalid_payload' }

/** Slack: JSON, text of at most 40,000 characters, 50 blocks, what they hold, and one message a second. */
export function slackRules(): (request: Received) => Reply {
  let nextMs = 0
  return ({ path, headers, body, atMs }) => {
    if (path !== 'POST /services/T00000000/B00000000/token') return { status: 403, body: 'invalid_token' }
    if (!headers['content-type']?.startsWith('application/json')) return BAD
    if (!isSlackMessage(body)) return BAD
    // A little less than a second: requests don't arrive as evenly as they leave.
    if (atMs < nextMs) return { status: 429, body: 'rate_limited', headers: { 'retry-after': '1' } }
    nextMs = atMs + 900
    return { status: 200, body: 'ok' }
  }
}

function isSlackMessage(body: string): boolean {
  const { text, attachments = [] } = JSON.parse(body) as {
    text?: string
    attachments?: { color?: string; blocks?: Block[] }[]
  }
  if (!text || text.length > 40_000 || isUnescaped(text) || attachments.length > 20) return false
  return attachments.every(
    ({ color = '', blocks = [] }) =>
      /^#[0-9a-f]{6}$/.test(color) && blocks.length > 0 && blocks.length <= 50 && blocks.every(isSlackBlock),
  )
}

function isSlackBlock({ type, text, fields, elements }: Block): boolean {
  if (type === 'section' && text) return isText(text, 3_000)
  if (type === 'section' && fields)
    return fields.length > 0 && fields.length <= 10 && fields.every((field) => isText(field, 2_000))
  return (
    type === 'context' &&
    elements !== undefined &&
    elements.length > 0 &&
    elements.length <= 10 &&
    elements.every((element) => isText(element, 3_000))
  )
}

const isText = ({ type, text }: Text, max: number): boolean =>
  type === 'mrkdwn' && text.length > 0 && text.length <= max && !isUnescaped(text)

const isUnescaped = (text: string): boolean => /[<>]|&(?!amp;|lt;|gt;)/.test(text)

interface Event {
  readonly routing_key?: string
  readonly event_action?: string
  readonly dedup_key?: string
  readonly payload?: { readonly summary?: string; readonly source?: string; readonly severity?: string }
}

const refuse = (error: string): Reply => ({
  status: 400,
  body: JSON.stringify({ status: 'invalid event', message: 'Event object is invalid', errors: [error] }),
})

/** PagerDuty: 512 KB, keys of 32 and at most 255 characters, a summary of at most 1,024; keeps incidents. */
export class PagerDutyRules {
  readonly incidents = new Map<string, 'triggered' | 'acknowledged' | 'resolved'>()
  readonly log: string[] = []

  readonly answer = ({ path, body }: Received): Reply => {
    if (path !== 'POST /v2/enqueue') return { status: 404 }
    if (Buffer.byteLength(body) > 512 * 1024) return { status: 413 }
    const { routing_key = '', event_action = '', dedup_key = '', payload } = JSON.parse(body) as Event
    if (!/^[A-Za-z0-9]{32}$/.test(routing_key)) return refuse("Length of 'routing_key' is incorrect")
    if (!['trigger', 'acknowledge', 'resolve'].includes(event_action)) return refuse("'event_action' is invalid")
    if (dedup_key === '' || dedup_key.length > 255) return refuse("Length of 'dedup_key' is incorrect")
    if (event_action === 'trigger') {
      const { summary = '', source = '', severity = '' } = payload ?? {}
      if (summary === '' || summary.length > 1024) return refuse("Length of 'summary' is incorrect")
      if (source === '') return refuse("'source' is missing or blank")
      if (!['critical', 'error', 'warning', 'info'].includes(severity)) return refuse("'severity' is invalid")
    }
    this.#take(event_action, dedup_key)
    return { status: 202, body: JSON.stringify({ status: 'success', message: 'Event processed', dedup_key }) }
  }

  #take(action: string, key: string): void {
    this.log.push(`${action} ${key}`)
    const state = this.incidents.get(key)
    const isOpen = state !== undefined && state !== 'resolved'
    if (action === 'trigger' && !isOpen) this.incidents.set(key, 'triggered')
    if (action === 'acknowledge' && isOpen) this.incidents.set(key, 'acknowledged')
    if (action === 'resolve' && isOpen) this.incidents.set(key, 'resolved')
  }
}
