import { Type } from 'typebox'
import type { App } from '../app.ts'
import { statusOf } from '../errors.ts'
import { specialName } from '../json-number.ts'
import type { Series, Tags } from '../sample.ts'
import { QueryError, durationMs } from './parameters.ts'
import type { Selector } from './promql-ast.ts'
import type { Line, Value } from './promql-evaluate.ts'
import { parsePromQl, parseSelector } from './promql-parse.ts'
import { queryMatrix, queryRange } from './promql-query.ts'
import type { Query } from './query.ts'

type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'bad_data',
  422: 'execution',
  503: 'unavailable',
  504: 'timeout',
}

/**
 * The part of Prometheus' HTTP API that Grafana needs for our panels: point a data source of the type Prometheus here.
 * Parameters come in the URL or in a form.
 */
export function prometheusRoutes(app: App, query: Query): void {
  void app.register(
    async (api) => {
      api.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
        done(null, parametersOf(new URLSearchParams(String(body))))
      })
      api.setErrorHandler(async (error: Error, request, reply) => {
        const status = statusOf(error)
        if (status === 500) request.log.error({ err: error }, 'request failed')
        const message = status === 500 ? 'The service failed. Its log has the reason.' : error.message
        const errorType = ERROR_TYPES[status] ?? (status < 500 ? 'bad_data' : 'internal')
        return await reply.code(status).send({ status: 'error', errorType, error: message })
      })

      const answer = (path: string, handle: (parameters: Parameters, path: Tags) => Promise<unknown>): void => {
        const schema = { params: Type.Record(Type.String(), Type.String()) }
        for (const method of ['GET', 'POST'] as const)
          api.route({
            method,
            url: path,
            schema,
            handler: async (request) => {
              const inUrl = parametersOf(new URLSearchParams(request.url.split('?')[1] ?? ''))
              const data = await handle({ ...inUrl, ...(request.body as Parameters | null) }, request.params as Tags)
              return { status: 'success', data }
            },
          })
      }

      answer('/query_range', async (parameters) => {
        const { times, value } = await queryRange(
          query,
          text(parameters, 'query'),
          readTime(text(parameters, 'start'), 'start'),
          readTime(text(parameters, 'end'), 'end'),
          readSeconds(text(parameters, 'step')),
        )
        return {
          resultType: 'matrix',
          result: linesOf(value)
            .map((line) => matrixOf(line, times))
            .filter(({ values }) => values.length > 0),
        }
      })

      answer('/query', async (parameters) => {
        const time = parameters['time'] === undefined ? Date.now() : readTime(text(parameters, 'time'), 'time')
        const expression = parsePromQl(text(parameters, 'query'))
        if (expression.kind === 'selector' && expression.rangeMs !== undefined)
          return await matrix(query, expression, time)
        const { value } = await queryRange(query, text(parameters, 'query'), time, time, 1)
        if (value.kind === 'scalar') return { resultType: 'scalar', result: pointOf(time, value.values[0]!) }
        const result = value.lines
          .filter(({ values }) => values[0] !== undefined)
          .map(({ labels, values }) => ({ metric: labels, value: pointOf(time, values[0]!) }))
        return { resultType: 'vector', result }
      })

      answer('/series', async (parameters) => {
        const all = await matching(query, parameters)
        return all.map(({ name, tags }) => Object.assign({ __name__: name }, tags))
      })

      answer('/labels', async (parameters) => {
        const all = await matching(query, parameters)
        const tags = new Set(all.flatMap((series) => Object.keys(series.tags)))
        return [...(all.length > 0 ? tags.add('__name__') : tags)].toSorted()
      })

      answer('/label/:label/values', async (parameters, { label = '' }) => {
        const all = await matching(query, parameters)
        const values = all.map(({ name, tags }) => (label === '__name__' ? name : tags[label]))
        return [...new Set(values.filter((value) => value !== undefined))].toSorted()
      })

      // Grafana asks for these to find out what it talks to.
      answer(
        '/status/buildinfo',
        async () => await Promise.resolve({ version: '2.42.0', application: 'monitoring-platform' }),
      )
      answer('/metadata', async () => await Promise.resolve({}))
      await Promise.resolve()
    },
    { prefix: '/api/v1' },
  )
}

async function matrix(query: Query, selector: Selector, time: number): Promise<object> {
  const found = await queryMatrix(query, selector, time)
  const result = found.map(({ labels, timestamps, values }) => ({
    metric: labels,
    values: Array.from(timestamps, (at, index) => pointOf(at, values[index]!)),
  }))
  return { resultType: 'matrix', result }
}

/** The series of all `match[]`, or of everything. */
async function matching(query: Query, parameters: Parameters): Promise<readonly Series[]> {
  const given = parameters['match[]']
  if (given === undefined) return await query.series({})
  const found = new Map<string, Series>()
  for (const selector of [given].flat().map(parseSelector)) {
    const { name, matchers } = selector
    for (const series of await query.series({ ...(name !== undefined && { name }), matchers }))
      found.set(series.key, series)
  }
  return [...found.values()]
}

function parametersOf(search: URLSearchParams): Parameters {
  const names = [...new Set(search.keys())]
  return Object.fromEntries(
    names.map((name) => [name, search.getAll(name).length > 1 ? search.getAll(name) : search.get(name)!]),
  )
}

function text(parameters: Parameters, name: string): string {
  const value = parameters[name]
  if (typeof value !== 'string' || value === '') throw new QueryError(`${name} is needed, once`)
  return value
}

/** Seconds since 1970, or RFC 3339, in whole ms. */
function readTime(value: string, name: string): number {
  const ms = /^-?[\d.]+$/.test(value) ? Number(value) * 1_000 : Date.parse(value)
  if (Number.isNaN(ms))
    throw new QueryError(`${name} must be seconds since 1970 or RFC 3339, got ${JSON.stringify(value)}`)
  return Math.round(ms)
}

function readSeconds(value: string): number {
  const ms = /^[\d.]+$/.test(value) ? Number(value) * 1_000 : durationMs(value)
  if (ms === undefined || Number.isNaN(ms))
    throw new QueryError(`step must be seconds or a duration, got ${JSON.stringify(value)}`)
  return Math.round(ms)
}

/** In the order of their labels, as Prometheus answers. */
function linesOf(value: Value): readonly Line[] {
  if (value.kind === 'scalar') return [{ labels: {}, values: value.values }]
  return value.lines
    .map((line) => ({
      line,
      key: JSON.stringify(Object.entries(line.labels).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ line }) => line)
}

function matrixOf(
  { labels, values }: Line,
  times: readonly number[],
): { readonly metric: Tags; readonly values: readonly unknown[] } {
  const points = values.flatMap((value, index) => (value === undefined ? [] : [pointOf(times[index]!, value)]))
  return { metric: labels, values: points }
}

function pointOf(ms: number, value: number): readonly [number, string] {
  return [ms / 1_000, Number.isFinite(value) ? String(value) : specialName(value)]
}
