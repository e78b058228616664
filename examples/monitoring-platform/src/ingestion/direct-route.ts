import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Answer, answer } from './answer.ts'
import type { Ingestion } from './ingestion.ts'

const TYPE = 'application/json; charset=utf-8'

/**
 * Answers `POST /metrics` before the framework sees it. A router, hooks and a reply object cost as much as everything that is
 * done for a sample, and none of them is needed here: the body is bytes, whatever its type, and the answer is text.
 * `false` for every other request.
 */
export function directRoute(
  ingestion: Ingestion,
  bodyLimitBytes: number,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const tooLarge = answer(413, {
    error: 'Payload Too Large',
    message: `The body must not be larger than ${bodyLimitBytes} bytes.`,
  })
  const encoded = answer(415, {
    error: 'Unsupported Media Type',
    message: 'Content-Encoding is not understood: send the body as it is.',
  })
  return (request, response) => {
    if (request.method !== 'POST' || (request.url !== '/metrics' && !request.url?.startsWith('/metrics?'))) return false
    const client = request.socket.remoteAddress ?? 'unknown'
    const encoding = request.headers['content-encoding']
    let first: Buffer | undefined
    let rest: Buffer[] | undefined
    let bytes = 0
    let isAnswered = false
    const refuse = (refusal: Answer): void => {
      isAnswered = true
      response.setHeader('connection', 'close')
      send(response, refusal)
      request.resume()
    }
    if (encoding !== undefined && encoding !== 'identity') refuse(encoded)
    else if (Number(request.headers['content-length'] ?? 0) > bodyLimitBytes) refuse(tooLarge)
    request.on('data', (chunk: Buffer) => {
      if (isAnswered) return
      bytes += chunk.length
      if (bytes > bodyLimitBytes) refuse(tooLarge)
      else if (!first) first = chunk
      else (rest ??= [first]).push(chunk)
    })
    request.on('end', () => {
      if (isAnswered) return
      const body = rest ? Buffer.concat(rest, bytes) : (first ?? Buffer.alloc(0))
      ingestion.receive(body, client, (settled) => send(response, settled))
    })
    return true
  }
}

function send(response: ServerResponse, { status, body, retryAfterMs }: Answer): void {
  // A client that has gone needs no answer.
  if (response.destroyed) return
  const headers: Record<string, string | number> = { 'content-type': TYPE, 'content-length': body.length }
  if (retryAfterMs !== undefined) headers['retry-after'] = Math.max(1, Math.ceil(retryAfterMs / 1_000))
  response.writeHead(status, headers)
  response.end(body)
}
