import { SilencesFullError } from '@tps/andon'
import { Type } from 'typebox'
import type { Service } from '../../service.ts'
import type { App } from '../app.ts'

const Name = Type.String({ minLength: 1, maxLength: 200 })
const Comment = Type.Optional(Type.String({ maxLength: 1_000 }))
const MAX_SILENCE_MS = 7 * 86_400_000

/** `/admin/alerts`: somebody is on it, or does not want to hear of it for a while. */
export function alertRoutes(app: App, { alerts }: Service): void {
  app.post(
    '/admin/alerts/acknowledge',
    {
      schema: { body: Type.Object({ fingerprint: Name, by: Name, comment: Comment }, { additionalProperties: false }) },
    },
    async (request, reply) => {
      const { fingerprint, by, comment = '' } = request.body
      const acknowledged = alerts.acknowledge(fingerprint, { by, comment })
      if (acknowledged.length > 0) return { acknowledged: acknowledged.map(({ rule }) => rule), by }
      return await reply.code(404).send({
        error: 'Not Found',
        message: 'No alert of this fingerprint fires, or it is acknowledged already.',
        trace_id: request.traceId,
      })
    },
  )
  app.get('/admin/alerts/silences', async () => ({ silences: alerts.silences() }))
  app.post(
    '/admin/alerts/silences',
    {
      schema: {
        body: Type.Object(
          { rule: Name, for_ms: Type.Integer({ minimum: 1_000, maximum: MAX_SILENCE_MS }), by: Name, comment: Comment },
          { additionalProperties: false },
        ),
      },
    },
    async (request, reply) => {
      const { rule, for_ms, by, comment = '' } = request.body
      try {
        const { id, endsAt } = alerts.silence({ matchers: { rule }, forMs: for_ms, by, comment })
        return await reply.code(201).send({ id, rule, by, ends_at: endsAt })
      } catch (error) {
        if (!(error instanceof SilencesFullError)) throw error
        return await reply.code(409).send({ error: 'Conflict', message: error.message, trace_id: request.traceId })
      }
    },
  )
  app.delete(
    '/admin/alerts/silences/:id',
    { schema: { params: Type.Object({ id: Name }) } },
    async (request, reply) => {
      if (alerts.expireSilence(request.params.id)) return { ended: request.params.id }
      return await reply
        .code(404)
        .send({ error: 'Not Found', message: 'There is no silence of this id.', trace_id: request.traceId })
    },
  )
}
