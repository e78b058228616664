import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { SilencesFullError } from '@tps/andon'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import type { AlertHistoryAnswer, AlertsAnswer, RulesAnswer } from './answers.ts'
import { answerOf } from './rules-answer.ts'
import type { AlertingEngine } from './start.ts'

/** `GET /rules`, `GET /alerts` and `GET /alerts/history`. */
export function alertingRoutes(app: App, { alerting, file }: AlertingEngine): void {
  app.get('/rules', async (): Promise<RulesAnswer> => {
    const { error } = file ?? {}
    return await Promise.resolve({
      file: file?.path ?? null,
      loadedAt: alerting.loadedAt,
      ...(error !== undefined && { error }),
      rules: alerting.rules.map((rule) => answerOf(rule)),
    })
  })

  app.get('/alerts', async (): Promise<AlertsAnswer> => await Promise.resolve(alerting.alerts()))

  const querystring = Type.Object(
    { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })) },
    { additionalProperties: false },
  )
  app.get('/alerts/history', { schema: { querystring } }, async (request): Promise<AlertHistoryAnswer> => {
    return await Promise.resolve(alerting.history(request.query.limit ?? 100))
  })
}

const Text = Type.String({ maxLength: 1_000 })
const Name = Type.String({ minLength: 1, maxLength: 256 })
const Pattern = Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1 })])

/** Those that change something. `admin` answers on this machine only. */
export function alertingAdminRoutes(admin: FastifyInstance, { alerting }: AlertingEngine): void {
  const app = admin.withTypeProvider<TypeBoxTypeProvider>()
  const acknowledgement = Type.Object({ by: Name, comment: Type.Optional(Text) }, { additionalProperties: false })
  const alertId = Type.Object({ id: Type.String() })
  app.post(
    '/admin/alerts/:id/acknowledge',
    { schema: { body: acknowledgement, params: alertId } },
    async (request, reply) => {
      const { by, comment } = request.body
      const alert = alerting.acknowledge(request.params.id, by, comment)
      if (alert) return { alert }
      const message = 'No alert of this id fires. GET /alerts has their ids.'
      return await reply.code(404).send({ error: 'Not Found', message })
    },
  )

  const silence = Type.Object(
    {
      matchers: Type.Record(Type.String({ minLength: 1 }), Pattern, { minProperties: 1, maxProperties: 16 }),
      forMs: Type.Number({ exclusiveMinimum: 0, maximum: 31_536_000_000 }),
      by: Name,
      comment: Type.Optional(Text),
    },
    { additionalProperties: false },
  )
  app.post('/admin/silences', { schema: { body: silence } }, async (request, reply) => {
    const { matchers, forMs, by, comment } = request.body
    try {
      const made = alerting.silence({ matchers, forMs, by, comment })
      return await reply.code(201).send({ silence: made })
    } catch (error) {
      if (!(error instanceof SilencesFullError)) throw error
      return await reply.code(409).send({ error: 'Conflict', message: `${error.message}. End another one first.` })
    }
  })

  app.delete('/admin/silences/:id', { schema: { params: alertId } }, async (request, reply) => {
    if (alerting.expireSilence(request.params.id)) return await reply.code(204).send()
    const message = 'There is no silence of this id. GET /alerts has them.'
    return await reply.code(404).send({ error: 'Not Found', message })
  })
}
