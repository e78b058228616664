import { ChannelDeliveryError } from './channel-delivery-error.ts'
import { retryAfterOf } from './channel-retry-after.ts'
import type { Secrets } from './channel-secrets.ts'
import { cut, oneLine } from './channel-text.ts'

/** What a channel needs of an answer. A `Response` has it. */
export interface ChannelResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: {
    getReader(): {
      read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
      cancel(): Promise<void>
    }
  } | null
}

/** What a channel calls instead of the platform's `fetch`: any function that is called as `fetch` is. */
export type ChannelFetch = (
  url: string,
  init: {
    readonly method: 'POST'
    readonly headers: Record<string, string>
    readonly body: string
    /** No answer leads a notification, and the secrets that go with it, to another address. */
    readonly redirect: 'manual'
    readonly signal: AbortSignal
  },
) => Promise<ChannelResponse>

/** The platform's `fetch`, looked up when it is used. */
export const platformFetch: ChannelFetch = async (url, init) => fetch(url, init)

/** Where and how a channel posts. */
export interface PostOffice {
  /** The channel's name. */
  readonly channel: string
  readonly url: string
  readonly secrets: Secrets
  readonly fetch: ChannelFetch
  readonly wallNow: () => number
}

/**
 * Posts JSON. Throws a `ChannelDeliveryError` for every answer but a 2xx, and when there is none: worth another try are
 * 408, 425, 429, 5xx and a broken connection.
 */
export async function post(
  { channel, url, secrets, fetch, wallNow }: PostOffice,
  body: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const init = { method: 'POST', redirect: 'manual', body, signal } as const
  let response: ChannelResponse
  let answer: string
  try {
    response = await fetch(url, { ...init, headers: { 'content-type': 'application/json', ...headers } })
    answer = await readStart(response)
  } catch (error) {
    signal.throwIfAborted()
    throw unreachable(channel, error)
  }
  const { status } = response
  if (status >= 200 && status < 300) return
  const detail = cut(oneLine(secrets.redact(answer)), 200)
  throw new ChannelDeliveryError({
    channel,
    detail: `status ${status}${detail && `: ${detail}`}`,
    status,
    retryable: isTemporary(status),
    // A gateway answers 502 or 504 also for what its server has taken.
    mayHaveArrived: status >= 500,
    retryAfterMs: retryAfterOf(response.headers.get('retry-after'), wallNow()),
  })
}

const isTemporary = (status: number): boolean => status === 408 || status === 425 || status === 429 || status >= 500

/** Codes of connections that were never made. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

function unreachable(channel: string, error: unknown): ChannelDeliveryError {
  const code = codeOf(error) ?? codeOf(Reflect.get(Object(error), 'cause'))
  return new ChannelDeliveryError({
    channel,
    detail: code === undefined ? 'the connection failed' : `the connection failed (${code})`,
    status: null,
    retryable: true,
    mayHaveArrived: code === undefined || !NEVER_SENT.has(code),
  })
}

/** The `code` of an error when it looks like one: nothing else of it is safe to show. */
export function codeOf(error: unknown): string | undefined {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? code : undefined
}

const MOST_READ_BYTES = 8_192

/** The start of the answer. The rest is not waited for, and the connection is given back. */
async function readStart(response: ChannelResponse): Promise<string> {
  const reader = response.body?.getReader()
  if (!reader) return ''
  const decoder = new TextDecoder()
  let text = ''
  for (let bytes = 0; bytes < MOST_READ_BYTES;) {
    const { done, value } = await reader.read()
    if (done || !value) return text
    bytes += value.length
    text += decoder.decode(value.subarray(0, MOST_READ_BYTES), { stream: true })
  }
  await reader.cancel()
  return text
}
