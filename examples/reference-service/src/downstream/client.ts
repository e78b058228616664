/** The downstream answered, but not with success. */
export class DownstreamError extends Error {
  override readonly name = 'DownstreamError'
  readonly code = 'ERR_DOWNSTREAM'
  readonly status: number

  constructor(status: number, detail: string) {
    super(`downstream answered ${status}: ${detail}`)
    this.status = status
  }
}

/** Calls the downstream over HTTP. */
export class DownstreamClient {
  readonly #url: string
  readonly #timeoutMs: number

  constructor(url: string, timeoutMs: number) {
    this.#url = url
    this.#timeoutMs = timeoutMs
  }

  /** Has the downstream do its part of a signal. Rejects on any answer but 2xx, on no answer in time, and on abort. */
  async work(signal: AbortSignal): Promise<unknown> {
    return await this.#call('/work', { method: 'POST' }, signal)
  }

  /** Asks whether the downstream is well. */
  async health(): Promise<unknown> {
    return await this.#call('/health', { method: 'GET' })
  }

  async #call(path: string, init: RequestInit, signal?: AbortSignal): Promise<unknown> {
    const timeout = AbortSignal.timeout(this.#timeoutMs)
    const response = await fetch(this.#url + path, {
      ...init,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
    // The body is read in any case: an unread one would keep its connection.
    const body = await response.text()
    if (!response.ok) throw new DownstreamError(response.status, body.slice(0, 200))
    return JSON.parse(body)
  }
}
