import { once } from 'node:events'
import { type IncomingHttpHeaders, type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a receiver was sent. */
export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly atMs: number
}

/** What it answers: a status with or without more, nothing at all, or a connection that breaks. */
export type Reply =
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  | 'hang'
  | 'close'

/** A server on a free port of this machine that answers as told first, then by its own rules. */
export class Receiver {
  readonly got: Received[] = []
  /** Used up first, one a request. */
  readonly replies: Reply[] = []
  readonly #server: Server

  private constructor(rules: (request: Received) => Reply) {
    this.#server = createServer((request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
      request.on('end', () => {
        const received = { path: `${request.method} ${request.url}`, headers: request.headers, body, atMs: Date.now() }
        this.got.push(received)
        const reply = this.replies.shift() ?? rules(received)
        if (reply === 'hang') return
        if (reply === 'close') request.socket.destroy()
        else response.writeHead(reply.status, reply.headers).end(reply.body)
      })
    })
  }

  static async start(rules: (request: Received) => Reply = () => ({ status: 200, body: 'ok' })): Promise<Receiver> {
    const receiver = new Receiver(rules)
    receiver.#server.listen(0, '127.0.0.1')
    await once(receiver.#server, 'listening')
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
