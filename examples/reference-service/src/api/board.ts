import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { Service } from '../service.ts'
import type { App } from './app.ts'

const WEB = join(import.meta.dirname, '../../web')
const UPLOT = dirname(fileURLToPath(import.meta.resolve('uplot/dist/uPlot.esm.js')))

/** How many browsers may watch at once. */
const MAX_WATCHERS = 100

const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
}

/** `GET /`: the live board. Everything it needs is served from here. */
export async function boardRoutes(app: App, { history }: Service): Promise<void> {
  const page = readFileSync(join(WEB, 'index.html'))
  await app.register(fastifyStatic, {
    root: [WEB, UPLOT],
    prefix: '/board/',
    index: false,
    setHeaders: (reply) => void reply.headers(PAGE_HEADERS),
  })
  app.get('/', async (_request, reply) => await reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(page))

  const watchers = new Set<PassThrough>()
  app.get('/board/events', async (request, reply) => {
    if (watchers.size >= MAX_WATCHERS)
      return await reply
        .code(503)
        .send({ error: 'Service Unavailable', message: 'Too many boards are open.', trace_id: request.traceId })
    const stream = new PassThrough()
    const send = (event: string, data: unknown): void =>
      void stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    const unfollow = history.follow((reading) => send('reading', reading))
    watchers.add(stream)
    stream.on('close', () => {
      unfollow()
      watchers.delete(stream)
    })
    send('history', history.readings)
    return await reply
      .headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      .send(stream)
  })
  app.addHook('preClose', (done) => {
    for (const stream of watchers) stream.end()
    done()
  })
}
