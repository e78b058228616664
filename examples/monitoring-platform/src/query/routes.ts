import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { numberToJson } from '../json-number.ts'
import { AGGREGATES, type AggregatePoint, type SampleChunk, type SeriesSelector } from '../storage/store.ts'
import { QueryError, readStep, readTagFilter } from './parameters.ts'
import type { Query } from './query.ts'

const HOUR_MS = 3_600_000

const Texts = Type.Optional(Type.Array(Type.String({ minLength: 1 }), { maxItems: 64 }))

/** `GET /query` and `GET /series`. */
export function queryRoutes(app: App, query: Query): void {
  const querystring = Type.Object(
    {
      name: Type.Optional(Type.String({ minLength: 1 })),
      start: Type.Optional(Type.Number()),
      end: Type.Optional(Type.Number()),
      step: Type.Optional(Type.String({ minLength: 1 })),
      agg: Type.Optional(Type.Enum([...AGGREGATES])),
      tags: Texts,
      groupBy: Texts,
      limit: Type.Optional(Type.Integer({ minimum: 1 })),
    },
    { additionalProperties: false },
  )

  app.get('/query', { schema: { querystring } }, async (request, reply) => {
    const { name, end = Date.now(), start = end - HOUR_MS, step, agg, tags = [], groupBy = [], limit } = request.query
    const by = groupBy.flatMap((text) => text.split(','))
    if (start > end) throw new QueryError(`start, ${start}, must not be after end, ${end}`)
    if (name === undefined && !by.includes('name')) throw new QueryError('name is needed, or groupBy=name')
    if (agg === undefined && (step !== undefined || by.length > 0))
      throw new QueryError('step and groupBy need agg, which is one of ' + AGGREGATES.join(', '))
    const selector = selectorOf(name, tags)
    const range = { ...selector, startMs: start, endMs: end }
    if (agg !== undefined) {
      const stepMs = step === undefined ? {} : { stepMs: readStep(step) }
      const points = await query.aggregate({ ...range, aggregate: agg, groupBy: by, ...stepMs })
      return await stream(reply, pointsToJson(points.slice(0, limit), name))
    }
    const chunks = query.samples({ ...range, order: 'time', ...(limit !== undefined && { limit }) })
    return await stream(reply, samplesToJson(chunks))
  })

  const selection = Type.Object(
    {
      name: Type.Optional(Type.String({ minLength: 1 })),
      tags: Texts,
      limit: Type.Optional(Type.Integer({ minimum: 1 })),
    },
    { additionalProperties: false },
  )

  app.get('/series', { schema: { querystring: selection } }, async (request) => {
    const { name, tags = [], limit } = request.query
    const all = await query.series(selectorOf(name, tags))
    return all.slice(0, limit).map((series) => ({ name: series.name, tags: series.tags }))
  })
}

function selectorOf(name: string | undefined, tags: readonly string[]): SeriesSelector {
  return { ...(name !== undefined && { name }), matchers: readTagFilter(tags) }
}

/** Sends JSON as it is made. What fails before the first of it is answered as an error. */
async function stream(reply: FastifyReply, parts: AsyncGenerator<string>): Promise<FastifyReply> {
  const first = await parts.next()
  async function* all(): AsyncGenerator<string> {
    if (first.done !== true) yield first.value
    yield* parts
  }
  return await reply.type('application/json; charset=utf-8').send(Readable.from(all()))
}

/** The seed's array: `{"name":…,"value":…,"timestamp":…}`, with `tags` where there are any. */
async function* samplesToJson(chunks: AsyncIterable<SampleChunk>): AsyncGenerator<string> {
  const heads = new Map<number, readonly [head: string, tail: string]>()
  let text = '['
  for await (const { length, series, timestamps, values } of chunks) {
    for (let row = 0; row < length; row++) {
      const { id, name, tags } = series[row]!
      let frame = heads.get(id)
      if (!frame) {
        const end = Object.keys(tags).length === 0 ? '}' : `,"tags":${JSON.stringify(tags)}}`
        heads.set(id, (frame = [`{"name":${JSON.stringify(name)},"value":`, end]))
      }
      if (text !== '[') text += ','
      text += `${frame[0]}${numberToJson(values[row]!)},"timestamp":${timestamps[row]}${frame[1]}`
    }
    yield text
    // Not the beginning any more, so that what follows is set apart.
    text = ''
  }
  yield `${text}]`
}

async function* pointsToJson(points: readonly AggregatePoint[], name: string | undefined): AsyncGenerator<string> {
  const parts = points.map(({ value, timestampMs, group }) => {
    const { name: ofGroup, ...rest } = group
    const tags = Object.fromEntries(Object.entries(rest).filter(([, text]) => text !== ''))
    const end = Object.keys(tags).length === 0 ? '}' : `,"tags":${JSON.stringify(tags)}}`
    return `{"name":${JSON.stringify(ofGroup ?? name)},"value":${numberToJson(value)},"timestamp":${timestampMs}${end}`
  })
  yield await Promise.resolve(`[${parts.join(',')}]`)
}
