import { PassThrough } from 'node:stream'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Platform } from '../platform.ts'
import { sendEvent } from './events.ts'
import { LiveFeed } from './live-feed.ts'

/** How many browsers may watch at once. */
const MAX_WATCHERS = 100
/** How many series one of them may watch. */
const MAX_SERIES = 12
const FLUSH_MS = 250
/** How often the time is told, so that nobody takes the connection for dead. */
const CLOCK_MS = 15_000
/** How soon a browser tries again when the stream has ended, in ms. */
const RETRY_MS = 1_000

/** `GET /live?series=…&series=…`: samples of these series as they are accepted, as server-sent events. */
export function liveRoute(app: FastifyInstance, platform: Platform): void {
  const feed = new LiveFeed(platform.series)
  const streams = new Set<PassThrough>()
  let stopHearing: (() => void) | undefined
  let timers: readonly NodeJS.Timeout[] = []

  const begin = (): void => {
    stopHearing = platform.onSamples((batch) => feed.hear(batch))
    timers = [
      setInterval(() => feed.flush(), FLUSH_MS).unref(),
      setInterval(() => {
        for (const stream of streams) sendEvent(stream, 'clock', Date.now())
      }, CLOCK_MS).unref(),
    ]
  }
  const end = (): void => {
    stopHearing?.()
    stopHearing = undefined
    for (const timer of timers) clearInterval(timer)
  }

  const querystring = Type.Object(
    { series: Type.Array(Type.String({ minLength: 1, maxLength: 4_096 }), { minItems: 1, maxItems: MAX_SERIES }) },
    { additionalProperties: false },
  )
  app.withTypeProvider<TypeBoxTypeProvider>().get('/live', { schema: { querystring } }, async (request, reply) => {
    if (streams.size >= MAX_WATCHERS)
      return await reply.code(503).send({ error: 'Service Unavailable', message: 'Too many pages are open.' })
    const stream = new PassThrough()
    if (streams.size === 0) begin()
    streams.add(stream)
    const leave = feed.watch(request.query.series, (news) => sendEvent(stream, 'samples', news))
    stream.on('close', () => {
      leave()
      streams.delete(stream)
      if (streams.size === 0) end()
    })
    stream.write(`retry: ${RETRY_MS}\n`)
    sendEvent(stream, 'clock', Date.now())
    return await reply
      .headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      .send(stream)
  })
  app.addHook('preClose', (done) => {
    for (const stream of streams) stream.end()
    done()
  })
}
