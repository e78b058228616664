import { type Judgement, type Outcome, type Verdict, plainVerdict } from './outcome.ts'

/** What the HTTP classification reads of a response. A `Response` is one. */
export interface HttpReply {
  readonly status: number
  readonly headers: { get(name: string): string | null }
}

/**
 * What an HTTP call says about the server. A 5xx and everything that rejects is a failure. A 429 or 503 with
 * `Retry-After` is one that opens the circuit at once, for as long as it says (at most `break.maxMs`). Every other
 * answer is a success: the server works, though it may not like the request.
 */
export function classifyHttp(outcome: Outcome<HttpReply>): Verdict | Judgement {
  if (!outcome.ok) return plainVerdict(outcome)
  const { status } = outcome.value
  const retryAfterMs = status === 429 || status === 503 ? retryAfterOf(outcome.value) : undefined
  if (retryAfterMs !== undefined) return { verdict: 'failure', retryAfterMs, trip: true }
  return status >= 500 ? 'failure' : 'success'
}

/**
 * What `Retry-After` says, in ms from now: seconds, or an HTTP date, which is compared with the `Date` of the same
 * response where there is one, so that the server's clock may be wrong. `undefined` without one that can be read.
 */
export function retryAfterOf({ headers }: HttpReply): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (!value) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1_000
  // `Date.parse` takes a lone number for a year.
  const atMs = /\d:\d/.test(value) ? Date.parse(value) : Number.NaN
  if (Number.isNaN(atMs)) return undefined
  const serverMs = Date.parse(headers.get('date') ?? '')
  return Math.max(0, atMs - (Number.isNaN(serverMs) ? Date.now() : serverMs))
}
