/** What is sent back. */
export interface Answer {
  readonly status: number
  /** JSON. */
  readonly body: Buffer
  /** For `Retry-After`. */
  readonly retryAfterMs?: number
}

export function answer(status: number, body: object, retryAfterMs?: number): Answer {
  return { status, body: Buffer.from(JSON.stringify(body)), ...(retryAfterMs !== undefined && { retryAfterMs }) }
}

/** How many samples were accepted, and how many said nothing. */
export function accepted(count: number, ignored: number): Answer {
  return answer(202, { status: 'accepted', accepted: count, ...(ignored > 0 && { ignored }) })
}

/** The most frequent one. */
export const ONE_ACCEPTED: Answer = accepted(1, 0)

/** Nothing of it was accepted; without a time there is no use in trying again. */
export function rejected(status: number, message: string, retryAfterMs?: number): Answer {
  if (retryAfterMs === undefined) return answer(status, { status: 'rejected', message })
  const wait = Math.ceil(retryAfterMs)
  return answer(status, { status: 'rejected', message, retry_after_ms: wait }, wait)
}
