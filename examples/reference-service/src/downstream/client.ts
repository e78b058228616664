import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

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

/** The downstream did not answer in time. */
export class DownstreamTimeoutError extends Error {
  override readonly name = 'DownstreamTimeoutError'
  readonly code = 'ERR_DOWNSTREAM_TIMEOUT'
  readonly timeoutMs: number

  constructor(timeoutMs: number) {
    super(`downstream did not answer within ${timeoutMs} ms`)
    this.timeoutMs = timeoutMs
  }
}

/** What the downstream says of its work. */
export interface DownstreamAnswer {
  readonly done: boolean
  /** What it did without, because it could not be reached. */
  readonly without?: readonly string[]
}

/** Where a downstream is, and how patient to be. */
export interface DownstreamClientOptions {
  /** `/work` and `/health` are added. */
  readonly url: string
  readonly timeoutMs: number
}

const MAX_ANSWER_BYTES = 65_536

/** Calls a downstream over HTTP. Connections are kept; by `node:http`, since a `fetch` costs several times as much. */
export class DownstreamClient {
  readonly #url: URL
  readonly #timeoutMs: number
  readonly #agent: HttpAgent
  readonly #request: typeof httpRequest

  constructor({ url, timeoutMs }: DownstreamClientOptions) {
    this.#url = new URL(url)
    this.#timeoutMs = timeoutMs
    const isSecure = this.#url.protocol === 'https:'
    this.#agent = isSecure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true })
    this.#request = isSecure ? httpsRequest : httpRequest
  }

  /**
   * Has the downstream do its part of a signal. Rejects on any answer but 2xx, on no answer in time, and on abort. `headers`
   * are sent along: a trace context.
   */
  async work(signal?: AbortSignal, headers?: Readonly<Record<string, string>>): Promise<DownstreamAnswer> {
    return (await this.#call('POST', '/work', signal, headers)) as DownstreamAnswer
  }

  /** Asks whether the downstream is well. */
  async health(signal?: AbortSignal): Promise<unknown> {
    return await this.#call('GET', '/health', signal)
  }

  /** Closes the connections that are kept. */
  close(): void {
    this.#agent.destroy()
  }

  async #call(
    method: 'GET' | 'POST',
    path: string,
    signal?: AbortSignal,
    headers?: Readonly<Record<string, string>>,
  ): Promise<unknown> {
    const { hostname, port, pathname } = this.#url
    signal?.throwIfAborted()
    return await new Promise((resolve, reject) => {
      const request = this.#request({
        method,
        hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
        port,
        path: (pathname === '/' ? '' : pathname) + path,
        agent: this.#agent,
        headers: { ...headers, ...(method === 'POST' && { 'content-length': 0 }) },
      })
      const cut = (reason: unknown): void => {
        settle(() => reject(reason))
        request.destroy()
      }
      const abort = (): void => cut(signal?.reason)
      const timer = setTimeout(() => cut(new DownstreamTimeoutError(this.#timeoutMs)), this.#timeoutMs)
      const settle = (act: () => void): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', abort)
        act()
      }
      signal?.addEventListener('abort', abort, { once: true })
      request.on('error', (error) => settle(() => reject(error)))
      request.on('response', (response) =>
        readBody(response, (error, body) =>
          settle(() => (error ? reject(error) : answer(response, body, resolve, reject))),
        ),
      )
      request.end()
    })
  }
}

/** The body is read in any case: an unread one would keep its connection. */
function readBody(response: IncomingMessage, done: (error: Error | undefined, body: string) => void): void {
  let body = ''
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    body += chunk
    if (body.length > MAX_ANSWER_BYTES)
      response.destroy(new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`))
  })
  response.on('end', () => done(undefined, body))
  response.on('error', (error) => done(error, body))
}

function answer(
  { statusCode = 0 }: IncomingMessage,
  body: string,
  resolve: (value: unknown) => void,
  reject: (reason: Error) => void,
): void {
  if (statusCode < 200 || statusCode > 299) return reject(new DownstreamError(statusCode, body.slice(0, 200)))
  try {
    resolve(JSON.parse(body))
  } catch (error) {
    reject(new DownstreamError(statusCode, `no JSON: ${error instanceof Error ? error.message : String(error)}`))
  }
}
