import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Service } from '../service.ts'
import { spansOfOtlp } from '../tracing/otlp.ts'
import { rowOf, viewOf } from '../tracing/trace-view.ts'
import type { App } from './server.ts'
import { PAGE_HEADERS } from './board.ts'

const PAGE = readFileSync(join(import.meta.dirname, '../../web/traces.html'))
/** A batch of spans is larger than a signal. */
const OTLP_BYTES = 8_388_608

const Id = Type.Optional(Type.String({ minLength: 1, maxLength: 64 }))
const QuerySchema = Type.Object(
  {
    minDurationMs: Type.Optional(
      Type.String({ pattern: '^\\d{1,9}(\\.\\d{1,6})?$', description: 'Only traces that took this long, in ms.' }),
    ),
    error: Type.Optional(
      Type.Enum(['true', 'false'], { description: 'Only traces with a failed span, or only those without.' }),
    ),
    signal_id: Id,
    trace_id: Id,
    sort: Type.Optional(Type.Enum(['newest', 'slowest'], { description: 'What comes first. Default "newest".' })),
    limit: Type.Optional(
      Type.String({ pattern: '^([1-9]\\d{0,2}|1000)$', description: 'At most so many, up to 1000. Default 20.' }),
    ),
  },
  { additionalProperties: false },
)

/** `GET /traces` and `GET /traces/:trace_id`: the last traces, as JSON, or as a page for a browser. */
export function traceRoutes(app: App, { tools: { tracing } }: Service): void {
  const { memory } = tracing
  app.get(
    '/traces',
    { schema: { summary: 'The last traces', tags: ['readings'], querystring: QuerySchema } },
    async (request, reply) => {
      if (isBrowser(request)) return await page(reply)
      const { minDurationMs, error, signal_id, trace_id, sort, limit } = request.query
      const found = memory.find({
        minDurationMs: minDurationMs === undefined ? undefined : Number(minDurationMs),
        error: error === undefined ? undefined : error === 'true',
        signalId: signal_id,
        traceId: trace_id,
        sort,
        limit: limit === undefined ? undefined : Number(limit),
      })
      const { kept, open, remarkable, evicted } = memory.snapshot()
      void vary(reply)
      return { traces: found.map(rowOf), kept, open, remarkable, evicted, sampler: tracing.snapshot().sampler }
    },
  )

  app.get(
    '/traces/:trace_id',
    {
      schema: {
        summary: 'One trace, span by span',
        tags: ['readings'],
        params: Type.Object({ trace_id: Type.String({ maxLength: 64 }) }),
      },
    },
    async (request, reply) => {
      if (isBrowser(request)) return await page(reply)
      const trace = memory.get(request.params.trace_id.toLowerCase())
      void vary(reply)
      if (trace) return viewOf(trace)
      return await reply.code(404).send({
        error: 'Not Found',
        message: tracing.isOn
          ? 'No trace has this id, it was not recorded, or it is forgotten already.'
          : 'Tracing is off.',
        trace_id: request.traceId,
      })
    },
  )
}

/** `POST /v1/traces`: spans of other processes, by OTLP as JSON. Only for those who may administer. */
export function otlpRoutes(app: App, { tools: { tracing } }: Service): void {
  app.post(
    '/v1/traces',
    {
      bodyLimit: OTLP_BYTES,
      schema: { summary: 'Spans of other processes, by OTLP as JSON', tags: ['admin'], body: Type.Object({}) },
    },
    async (request) => {
      const { spans, rejected } = spansOfOtlp(request.body)
      for (const span of spans) tracing.memory.add(span)
      return rejected === 0
        ? {}
        : { partialSuccess: { rejectedSpans: String(rejected), errorMessage: 'these spans made no sense' } }
    },
  )
}

/** A browser that opens the address wants a page; the page itself, and everybody else, wants JSON. */
function isBrowser({ headers: { accept = '' } }: FastifyRequest): boolean {
  return /(^|,)\s*text\/html\s*(;|,|$)/.test(accept)
}

async function page(reply: FastifyReply): Promise<FastifyReply> {
  return await vary(reply).headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(PAGE)
}

/** What is kept of an answer is not for those who ask for the other form. */
function vary(reply: FastifyReply): FastifyReply {
  return reply.header('vary', 'accept').header('cache-control', 'no-store')
}
