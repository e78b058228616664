import { Type } from 'typebox'
import type { DeadSignal } from '../../queue/signal-queue.ts'
import type { Service } from '../../service.ts'
import type { App } from '../app.ts'

const RedriveSchema = Type.Object(
  {
    ids: Type.Optional(Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1, maxItems: 10_000 })),
    per_second: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 10_000 })),
    poison: Type.Optional(Type.Enum(['skip', 'include', 'only'])),
  },
  { additionalProperties: false },
)

const PageSchema = Type.Object(
  {
    limit: Type.Optional(Type.String({ pattern: '^[1-9]\\d{0,3}$' })),
    after: Type.Optional(Type.String({ pattern: '^\\d{1,15}$' })),
  },
  { additionalProperties: false },
)

/** `/admin/dead-letters`: what was given up: list, look at one, send back. */
export function deadLetterRoutes(app: App, { backend, register }: Service): void {
  const { deadLetters } = backend.queue
  app.get(
    '/admin/dead-letters',
    { schema: { summary: 'Signals that were given up', tags: ['admin'], querystring: PageSchema } },
    async (request) => {
      const { limit = '100', after = '0' } = request.query
      const letters = await deadLetters.list({ limit: Number(limit), after: Number(after) })
      return { total: deadLetters.snapshot().size, dead_letters: letters.map(shown) }
    },
  )
  app.get(
    '/admin/dead-letters/:id',
    {
      schema: {
        summary: 'One of them',
        tags: ['admin'],
        params: Type.Object({ id: Type.String({ pattern: '^\\d{1,15}$' }) }),
      },
    },
    async (request, reply) => {
      const letter = await deadLetters.get(Number(request.params.id))
      if (letter) return shown(letter)
      return await reply
        .code(404)
        .send({ error: 'Not Found', message: 'There is no dead letter of this id.', trace_id: request.traceId })
    },
  )
  app.post(
    '/admin/dead-letters/redrive',
    { schema: { summary: 'Send them back', tags: ['admin'], body: RedriveSchema } },
    async (request) => {
      const { ids, per_second, poison } = request.body
      return await deadLetters.redrive({ ids, perSecond: per_second, poison }, async (signal) => {
        register.revive(signal)
        await backend.revive(signal.id)
      })
    },
  )
}

function shown(letter: DeadSignal): object {
  return {
    id: letter.id,
    signal_id: letter.signalId,
    trace_id: letter.traceId,
    request: letter.request,
    accepted_at: letter.acceptedAt,
    errors: letter.errors,
    attempts: letter.attempts,
    last_failed_at: letter.lastFailedAt,
    redrives: letter.redrives,
    poison: letter.poison,
  }
}
