import type { DeadLetter } from '@tps/kanban'
import { Type } from 'typebox'
import type { Signal } from '../../signal.ts'
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

/** `/admin/dead-letters`: what was given up: list, look at one, send back. */
export function deadLetterRoutes(app: App, { stations: { deadLetters }, line }: Service): void {
  const Paging = Type.Object(
    { limit: Type.Optional(Type.String({ pattern: '^[1-9]\\d{0,3}$' })) },
    { additionalProperties: false },
  )
  app.get('/admin/dead-letters', { schema: { querystring: Paging } }, async (request) => {
    const letters = deadLetters.list()
    return { total: letters.length, dead_letters: letters.slice(-Number(request.query.limit ?? 100)).map(shown) }
  })
  app.get(
    '/admin/dead-letters/:id',
    { schema: { params: Type.Object({ id: Type.String({ pattern: '^\\d{1,15}$' }) }) } },
    async (request, reply) => {
      const letter = deadLetters.get(Number(request.params.id))
      if (letter) return shown(letter)
      return await reply
        .code(404)
        .send({ error: 'Not Found', message: 'There is no dead letter of this id.', trace_id: request.traceId })
    },
  )
  app.post('/admin/dead-letters/redrive', { schema: { body: RedriveSchema } }, async (request) => {
    const { ids, per_second, poison } = request.body
    const wanted = ids && new Set(ids)
    return await deadLetters.redrive({
      into: (signal) => line.revive(signal),
      ...(wanted && { filter: ({ id }) => wanted.has(id) }),
      perSecond: per_second,
      poison: poison ?? (wanted ? 'include' : 'skip'),
      whenFull: 'stop',
    })
  })
}

function shown({ id, item, errors, attempts, firstAt, lastAt, redrives, poison }: DeadLetter<Signal>): object {
  return {
    id,
    signal_id: item.id,
    trace_id: item.traceId,
    request: item.request,
    accepted_at: item.acceptedAt,
    errors: errors.map((error) => (error instanceof Error ? error.message : String(error))),
    attempts,
    first_failed_at: new Date(firstAt).toISOString(),
    last_failed_at: new Date(lastAt).toISOString(),
    redrives,
    poison,
  }
}
