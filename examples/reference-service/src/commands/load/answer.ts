/** What became of one signal that was sent, as its sender sees it. */
export interface Answer {
  /**
   * `accepted`: 2xx. `rejected`: 429 or 503, the service protects itself. `failed`: any other status, no answer in time,
   * no connection, or, when its result was waited for, not completed.
   */
  readonly kind: 'accepted' | 'rejected' | 'failed'
  /** The service's words for a refusal, or what went wrong; empty when accepted. */
  readonly reason: string
}

const ACCEPTED: Answer = { kind: 'accepted', reason: '' }

/** Judges an HTTP answer. `body` is only looked at where it matters. */
export function judge(status: number, body: string, isWaiting: boolean): Answer {
  if (status >= 200 && status < 300) {
    if (!isWaiting) return ACCEPTED
    const outcome = field(body, 'status')
    return outcome === 'completed' ? ACCEPTED : { kind: 'failed', reason: outcome ?? `status ${status}` }
  }
  if (status === 429 || status === 503) return { kind: 'rejected', reason: field(body, 'reason') ?? `status ${status}` }
  return { kind: 'failed', reason: `status ${status}` }
}

function field(body: string, name: string): string | undefined {
  try {
    const value = (JSON.parse(body) as Record<string, unknown> | null)?.[name]
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
