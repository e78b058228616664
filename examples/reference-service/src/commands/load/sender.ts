import http from 'node:http'
import https from 'node:https'
import { type Answer, judge } from './answer.ts'

/** Where signals go and how. */
export interface Target {
  /** The service, or the exact address to post to when it has a path. */
  readonly url: URL
  /** The JSON body of signal number `index`. */
  readonly body: (index: number) => string
  /** Whether to wait for each signal's result. */
  readonly wait: boolean
  /** A signal without an answer for this long has failed. */
  readonly timeoutMs: number
}

/** Posts signals. Takes another connection whenever all that it has are busy: none ever waits for one before it. */
export class Sender {
  readonly #target: Target
  readonly #url: URL
  readonly #agent: http.Agent
  readonly #request: typeof http.request

  constructor(target: Target) {
    this.#target = target
    const secure = target.url.protocol === 'https:'
    this.#url = new URL(target.url)
    if (this.#url.pathname === '/') this.#url.pathname = '/signal'
    if (target.wait) this.#url.searchParams.set('wait', 'true')
    this.#agent = new (secure ? https : http).Agent({ keepAlive: true, scheduling: 'lifo' })
    this.#request = secure ? https.request : http.request
  }

  /** Sends signal number `index`. Never rejects. */
  async send(index: number): Promise<Answer> {
    const { body, wait, timeoutMs } = this.#target
    const payload = body(index)
    return await new Promise<Answer>((resolve) => {
      const fail = (reason: string): void => resolve({ kind: 'failed', reason })
      const request = this.#request(
        this.#url,
        {
          method: 'POST',
          agent: this.#agent,
          headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) },
        },
        (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (chunk: string) => (text += chunk))
          response.on('end', () => resolve(judge(response.statusCode ?? 0, text, wait)))
          response.on('error', (error) => fail(nameOf(error)))
        },
      )
      request.setTimeout(timeoutMs, () => request.destroy(Object.assign(new Error(), { code: 'no answer in time' })))
      request.on('error', (error) => fail(nameOf(error)))
      request.end(payload)
    })
  }

  /** Closes its connections. */
  close(): void {
    this.#agent.destroy()
  }
}

function nameOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.message
}
