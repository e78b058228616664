import { Type } from 'typebox'
import type { Service } from '../../service.ts'
import type { App } from '../app.ts'

/** `/admin/chaos`: trouble on purpose. */
export function chaosRoutes(app: App, { chaos }: Service): void {
  app.post(
    '/admin/chaos/crash-worker',
    { schema: { summary: 'A worker dies in the middle of its work', tags: ['admin'] } },
    async (request, reply) => {
      const crash = chaos.crashWorker()
      if (crash) return crash
      return await reply.code(409).send({
        error: 'Conflict',
        message: 'The workers are in processes of their own: kill one of them.',
        trace_id: request.traceId,
      })
    },
  )
  app.post(
    '/admin/chaos/queue-down',
    { schema: { summary: 'The queue can not be reached', tags: ['admin'] } },
    async () => {
      chaos.queueDown()
      return { queue: 'down' }
    },
  )
  app.post(
    '/admin/chaos/queue-recover',
    { schema: { summary: 'It can be reached again', tags: ['admin'] } },
    async () => {
      chaos.queueRecover()
      return { queue: 'up' }
    },
  )
  app.post(
    '/admin/chaos/cascade',
    {
      schema: {
        summary: 'A downstream becomes slow, behind two others',
        tags: ['admin'],
        body: Type.Union([
          Type.Null(),
          Type.Object(
            { latency_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000 })) },
            { additionalProperties: false },
          ),
        ]),
      },
    },
    async (request) => {
      chaos.cascade(request.body?.latency_ms)
      return { cascade: 'begun' }
    },
  )
  app.post('/admin/chaos/stop', { schema: { summary: 'All trouble ends', tags: ['admin'] } }, async () => {
    chaos.stop()
    return { chaos: 'stopped' }
  })
}
