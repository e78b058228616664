import { Type } from 'typebox'
import { round } from '../round.ts'
import type { SignalRecord } from '../register.ts'
import { SignalRequestSchema } from '../signal.ts'
import type { Service } from '../service.ts'
import type { App } from './app.ts'

/** `POST /signal` and `GET /signal/:id/status`. */
export function signalRoutes(app: App, service: Service): void {
  const { intake, register } = service
  app.post(
    '/signal',
    {
      schema: {
        body: SignalRequestSchema,
        querystring: Type.Object({ wait: Type.Optional(Type.Enum(['true', 'false'])) }),
      },
    },
    async (request, reply) => {
      const admission = await intake.accept(request.body, request.traceId, request.receivedMs)
      if (!admission.accepted) {
        const { reason, retryAfterMs, status } = admission
        return await reply
          .code(status)
          .header('retry-after', Math.max(1, Math.ceil(retryAfterMs / 1_000)))
          .send({ status: 'rejected', reason, retry_after_ms: Math.ceil(retryAfterMs), trace_id: request.traceId })
      }
      const { signal } = admission
      const accepted = {
        signal_id: signal.id,
        status: 'accepted',
        trace_id: signal.traceId,
        timestamp: signal.acceptedAt,
      }
      if (request.query.wait !== 'true') return await reply.code(202).send(accepted)
      const finished = await register.whenFinished(signal)
      return await reply.code(200).send({ ...accepted, ...outcomeOf(finished) })
    },
  )

  app.get('/signal/:id/status', { schema: { params: Type.Object({ id: Type.String() }) } }, async (request, reply) => {
    const signal = await service.find(request.params.id)
    if (!signal) {
      return await reply.code(404).send({
        error: 'Not Found',
        message: 'No signal has this id, or it finished so long ago that it is forgotten.',
        trace_id: request.traceId,
      })
    }
    return {
      signal_id: signal.id,
      signal_type: signal.signalType,
      trace_id: signal.traceId,
      accepted_at: signal.acceptedAt,
      ...outcomeOf(signal),
    }
  })
}

function outcomeOf({ status, durationMs, result, error }: SignalRecord): object {
  return {
    status,
    ...(durationMs !== undefined && { duration_ms: round(durationMs) }),
    ...(result !== undefined && { result }),
    ...(error !== undefined && { error }),
  }
}
