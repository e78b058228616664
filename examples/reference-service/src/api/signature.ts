import { createHmac } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { equalInConstantTime } from './secrets.ts'
import type { App } from './server.ts'

/** How far the clocks of sender and service may be apart, in s: a signature that somebody has seen is worth nothing later. */
const TOLERANCE_S = 300

const HOW =
  'Signals must be signed: x-tps-timestamp with the time in seconds since 1970, and x-tps-signature with the HMAC-SHA256, in hex, of "<timestamp>.<body>" under the shared secret.'

/** What is sent along with a signed body. */
export function sign(body: string, secret: string, nowMs: number = Date.now()): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1_000))
  return { 'x-tps-timestamp': timestamp, 'x-tps-signature': hmac(timestamp, body, secret) }
}

/** Whether the headers are those of who knows the secret, and fresh. */
export function isSigned(
  headers: FastifyRequest['headers'],
  body: string,
  secret: string,
  nowMs: number = Date.now(),
): boolean {
  const { 'x-tps-timestamp': timestamp, 'x-tps-signature': signature } = headers
  if (typeof timestamp !== 'string' || typeof signature !== 'string' || !/^\d{1,12}$/.test(timestamp)) return false
  if (Math.abs(nowMs / 1_000 - Number(timestamp)) > TOLERANCE_S) return false
  return equalInConstantTime(signature.toLowerCase(), hmac(timestamp, body, secret))
}

/** From now on `POST /signal` takes signed bodies alone. Without a secret nothing is kept of a body but what it says. */
export function demandSignatures(app: App, secret: string): void {
  const raw = new WeakMap<FastifyRequest, string>()
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (request.url.startsWith('/signal')) raw.set(request, String(body))
    void parse(request, String(body), done)
  })
  app.addHook('preValidation', async (request, reply) => {
    if (request.method !== 'POST' || request.routeOptions.url !== '/signal') return
    if (isSigned(request.headers, raw.get(request) ?? '', secret)) return
    await reply.code(401).send({ error: 'Unauthorized', message: HOW, trace_id: request.traceId })
  })
}

function hmac(timestamp: string, body: string, secret: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
}
