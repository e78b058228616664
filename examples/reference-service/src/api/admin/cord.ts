import { Type } from 'typebox'
import type { Service } from '../../service.ts'
import type { App } from '../app.ts'

const Name = Type.String({ minLength: 1, maxLength: 200 })

/** `/admin/cord`: whoever sees trouble stops the line, and lets it run again. */
export function cordRoutes(app: App, { board: { cord } }: Service): void {
  app.get('/admin/cord', { schema: { summary: 'Who has pulled the cord', tags: ['admin'] } }, async () => ({
    ...cord.snapshot(),
    history: cord.history(),
  }))
  app.post(
    '/admin/cord',
    {
      schema: {
        summary: 'Pull the cord: stop the line',
        tags: ['admin'],
        body: Type.Object({ by: Name, reason: Name }, { additionalProperties: false }),
      },
    },
    async (request, reply) => {
      const { id, by, reason, pulledAt } = cord.pull(request.body)
      return await reply.code(201).send({ id, by, reason, pulled_at: pulledAt })
    },
  )
  app.delete(
    '/admin/cord',
    {
      schema: {
        summary: 'Release the cord',
        tags: ['admin'],
        querystring: Type.Object({ by: Type.Optional(Name) }, { additionalProperties: false }),
      },
    },
    async (request) => {
      const { by } = request.query
      const released = by === undefined ? cord.release({ by: 'admin', all: true }) : cord.release({ by })
      return { released, is_pulled: cord.isPulled }
    },
  )
}
