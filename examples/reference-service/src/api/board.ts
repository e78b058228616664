import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import fastifyStatic from '@fastify/static'
import { PAGE_FOLDERS } from '@tps-examples/pages'
import { Type } from 'typebox'
import { alertDurations, alertRules } from '../alerting/alerts.ts'
import { RANGE_NAMES } from '../history.ts'
import type { Reading } from '../reading.ts'
import type { Service } from '../service.ts'
import type { App } from './app.ts'

const WEB = join(import.meta.dirname, '../../web')

/** How many browsers may watch at once. */
const MAX_WATCHERS = 100
/** What a browser that does not read may leave unread, in bytes. Then it is let go, and comes back by itself. */
const MAX_UNREAD_BYTES = 4_194_304
/** How soon a browser tries again when the stream has ended, in ms. */
const RETRY_MS = 1_000

/** No script, style or connection from elsewhere, nothing inline, and no text that becomes HTML. */
export const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-cache',
} as const

/** `GET /`: the live boards. Everything that they need is served from here. */
export async function boardRoutes(app: App, { config, history }: Service): Promise<void> {
  const page = readFileSync(join(WEB, 'index.html'))
  const rules = alertRules(alertDurations(config))
  await app.register(fastifyStatic, {
    root: [WEB, ...PAGE_FOLDERS],
    prefix: '/board/',
    index: false,
    setHeaders: (reply) => void reply.headers(PAGE_HEADERS),
  })
  app.get('/', async (_request, reply) => await reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(page))

  app.get(
    '/board/history',
    { schema: { querystring: Type.Object({ range: Type.Optional(Type.Enum([...RANGE_NAMES])) }) } },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store')
      return history.columns(request.query.range ?? '5m')
    },
  )

  const watchers = new Set<PassThrough>()
  // Written once for everybody.
  const tell = (reading: Reading): void => {
    if (watchers.size === 0) return
    const message = eventOf('reading', reading)
    for (const stream of watchers) {
      if (stream.writableLength > MAX_UNREAD_BYTES) stream.destroy()
      else stream.write(message)
    }
  }
  const unfollow = history.follow(tell)
  app.get('/board/events', async (request, reply) => {
    if (watchers.size >= MAX_WATCHERS)
      return await reply
        .code(503)
        .send({ error: 'Service Unavailable', message: 'Too many boards are open.', trace_id: request.traceId })
    const stream = new PassThrough()
    watchers.add(stream)
    stream.on('close', () => void watchers.delete(stream))
    stream.write(`retry: ${RETRY_MS}\n`)
    stream.write(eventOf('history', { columns: history.columns('5m'), reading: history.latest ?? null, rules }))
    return await reply
      .headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      .send(stream)
  })
  app.addHook('preClose', (done) => {
    unfollow()
    for (const stream of watchers) stream.end()
    done()
  })
}

function eventOf(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
