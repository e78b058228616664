import { inspect } from 'node:util'
import type { Alert } from './alert.ts'
import type { AlertNotification } from './channel.ts'
import type { ChannelFetch, ChannelResponse } from './channel-http.ts'

export const START_MS: number = Date.parse('2026-03-01T12:00:00.000Z')

/** An alert with as little as a test has to say. */
export function alertWith(options: Partial<Alert> = {}): Alert {
  const { rule = 'HighLatency', labels = {}, state = 'firing' } = options
  const text = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  return {
    fingerprint: `${rule}{${text.join(',')}}`,
    rule,
    labels,
    severity: 'red',
    state,
    condition: 'above 200',
    summary: 'p99 is too high',
    description: '',
    value: 250,
    activeSince: new Date(START_MS).toISOString(),
    startsAt: new Date(START_MS).toISOString(),
    endsAt: state === 'resolved' ? new Date(START_MS + 60_000).toISOString() : null,
    activeMs: 0,
    ...options,
  }
}

/** The firing of an alert, or its resolve. */
export function notificationOf(
  kind: 'firing' | 'resolved',
  options: Partial<Alert> = {},
  more: Partial<AlertNotification> = {},
): AlertNotification {
  const alert = alertWith({ state: kind, ...options })
  return { id: `${alert.fingerprint}@${alert.startsAt}/${kind}`, kind, alert, ...more }
}

/** One notification about several alerts. */
export function groupOf(kind: 'firing' | 'resolved', alerts: readonly Alert[]): AlertNotification {
  const [alert = alertWith()] = alerts
  return { id: `group@1/${kind}`, kind, alert, alerts, group: { key: 'group', labels: { region: 'eu' }, firing: 1 } }
}

/** A signal that never aborts. */
export const calm = (): { signal: AbortSignal } => ({ signal: new AbortController().signal })

export interface Posted {
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: string
  readonly signal: AbortSignal
  readonly redirect: string
}

export type FakeAnswer = number | { status: number; text?: string; headers?: Record<string, string> } | Error | 'hang'

/** A `fetch` that remembers what it was given and answers as told, then 200. */
export function fakeFetch(answers: FakeAnswer[] = []): { fetch: ChannelFetch; posted: Posted[] } {
  const posted: Posted[] = []
  const fetch: ChannelFetch = async (url, { headers, body, signal, redirect }) => {
    posted.push({ url, headers, body, signal, redirect })
    const answer = answers.shift() ?? 200
    if (answer === 'hang')
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    if (answer instanceof Error) throw answer
    return typeof answer === 'number' ? respond({ status: answer }) : respond(answer)
  }
  return { fetch, posted }
}

function respond({ status, text = '', headers }: Exclude<FakeAnswer, number | Error | 'hang'>): ChannelResponse {
  return new Response(text === '' ? null : text, { status, ...(headers && { headers }) })
}

/** Everything of a value that somebody may come to see: fields, hidden ones too, causes, stacks and JSON. */
export function shown(value: unknown): string {
  return `${inspect(value, { depth: 20, showHidden: true, maxStringLength: null })} ${JSON.stringify(value)} ${String(value)}`
}

/** What a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: unknown) => error,
  )
}
