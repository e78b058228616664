import { Type } from 'typebox'
import { SettingsSchema } from '../../settings.ts'
import type { Service } from '../../service.ts'
import type { App } from '../app.ts'

const Variant = Type.Partial(SettingsSchema, { additionalProperties: false })

const ExperimentSchema = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    metric: Type.Optional(Type.Enum(['mean', 'p50', 'p90', 'p99'])),
    slice_ms: Type.Optional(Type.Integer({ minimum: 100, maximum: 3_600_000 })),
    washout_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000 })),
    control: Type.Optional(Variant),
    treatment: Variant,
  },
  { additionalProperties: false },
)

/** `/admin/experiments`: does a change of the settings help? The variants take turns at random. */
export function experimentRoutes(app: App, { experiments }: Service): void {
  app.post(
    '/admin/experiments',
    { schema: { summary: 'Try a change of the settings', tags: ['admin'], body: ExperimentSchema } },
    async (request, reply) => {
      experiments.start(request.body)
      return await reply.code(201).send(experiments.read())
    },
  )
  app.get(
    '/admin/experiments',
    { schema: { summary: 'What is known by now', tags: ['admin'] } },
    async (request, reply) => {
      const reading = experiments.read()
      if (reading) return reading
      return await reply
        .code(404)
        .send({ error: 'Not Found', message: 'There is no experiment. POST one.', trace_id: request.traceId })
    },
  )
  app.delete('/admin/experiments', { schema: { summary: 'End it', tags: ['admin'] } }, async () => {
    experiments.stop()
    return experiments.read() ?? { is_running: false }
  })
}
