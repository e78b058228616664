import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { INDEXES, isIndexName } from '../../database/queries.ts'
import type { Service } from '../../service.ts'
import type { App } from '../server.ts'

const NameSchema = Type.Object({ name: Type.String({ maxLength: 100 }) })

/** `/admin/database`: how its queries fare, how large its tables are, and its indexes. */
export function databaseRoutes(app: App, { tools: { tasks } }: Service): void {
  if (!tasks) {
    app.all('/admin/database', elsewhere)
    app.all('/admin/database/*', elsewhere)
    return
  }
  const { database } = tasks
  app.get(
    '/admin/database',
    { schema: { summary: 'Queries, tables and indexes of the tasks', tags: ['admin'] } },
    async () => {
      const { tables, indexes, plans } = await database.structure()
      const { system, pending, refused, queries } = database.snapshot()
      return {
        system,
        tables,
        indexes,
        // The slowest first, as in the tutorial's table.
        slow_queries: queries.map(({ name, sql, calls, errors, avgMs, p99Ms, maxMs }) => ({
          query: sql,
          avg_ms: avgMs,
          p99_ms: p99Ms,
          max_ms: maxMs,
          calls_per_minute: calls,
          errors,
          plan: plans[name],
        })),
        pending,
        refused,
        cache: tasks.snapshot(),
      }
    },
  )

  app.post(
    '/admin/database/indexes/:name',
    { schema: { summary: 'Make an index', tags: ['admin'], params: NameSchema } },
    async (request, reply) => {
      const { name } = request.params
      if (!isIndexName(name)) return await reply.code(404).send(unknownIndex(name, request.traceId))
      const startMs = performance.now()
      const isNew = await database.createIndex(name)
      const duration_ms = Math.round(performance.now() - startMs)
      return await reply.code(isNew ? 201 : 200).send({ index: name, created: isNew, duration_ms })
    },
  )

  app.delete(
    '/admin/database/indexes/:name',
    { schema: { summary: 'Drop an index', tags: ['admin'], params: NameSchema } },
    async (request, reply) => {
      const { name } = request.params
      if (!isIndexName(name)) return await reply.code(404).send(unknownIndex(name, request.traceId))
      return { index: name, dropped: await database.dropIndex(name) }
    },
  )

  app.delete('/admin/database/cache', { schema: { summary: 'Forget what is cached', tags: ['admin'] } }, async () => {
    const { size } = tasks.snapshot()
    tasks.clearCache()
    return { forgotten: size }
  })
}

/** The workers are other processes, and each has a database that nobody else can look into. */
async function elsewhere(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return await reply.code(409).send({
    error: 'Conflict',
    message:
      'Each worker process has a database of its own. Start all of them with the same DATABASE_FILE or DATABASE_URL.',
    trace_id: request.traceId,
  })
}

function unknownIndex(name: string, traceId: string): object {
  return {
    error: 'Not Found',
    message: `There is no index "${name}". There are ${Object.keys(INDEXES).join(', ')}.`,
    trace_id: traceId,
  }
}
