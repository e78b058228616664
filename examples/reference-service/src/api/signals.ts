import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Admission } from '../line/intake.ts'
import type { SignalRecord } from '../register.ts'
import { round } from '../round.ts'
import type { Service } from '../service.ts'
import { SignalRequestSchema } from '../signal.ts'
import type { Tracing } from '../tracing/start.ts'
import type { SignalTrace } from '../tracing/signal-trace.ts'
import { noteStation } from '../tracing/station-log.ts'
import { ErrorSchema } from './errors.ts'
import type { App } from './server.ts'
import { demandSignatures } from './signature.ts'

const AcceptedSchema = Type.Object(
  {
    signal_id: Type.String(),
    status: Type.String(),
    trace_id: Type.String(),
    timestamp: Type.String({ description: 'When it was accepted, as ISO 8601.' }),
  },
  { description: 'Accepted: a worker will take it.' },
)

const RejectedSchema = Type.Object(
  {
    status: Type.Literal('rejected'),
    reason: Type.String(),
    retry_after_ms: Type.Integer(),
    trace_id: Type.String(),
  },
  { description: 'Refused: nothing was done. Another try is worth it after this time.' },
)

const OutcomeSchema = Type.Object(
  {
    signal_id: Type.String(),
    signal_type: Type.Optional(Type.String()),
    status: Type.String(),
    trace_id: Type.String(),
    timestamp: Type.Optional(Type.String()),
    accepted_at: Type.Optional(Type.String()),
    duration_ms: Type.Optional(Type.Number()),
    result: Type.Optional(Type.Unknown()),
    error: Type.Optional(Type.String()),
  },
  { description: 'Where it is on its way: queued, processing, completed, failed or dead-lettered.' },
)

/** `POST /signal` and `GET /signal/:id/status`. */
export function signalRoutes(app: App, service: Service): void {
  const { intake, log } = service
  const { tracing } = service.tools
  const isLogging = log.isLevelEnabled('debug')
  const { SIGNAL_SECRET } = service.config
  if (SIGNAL_SECRET !== undefined) demandSignatures(app, SIGNAL_SECRET)
  app.post(
    '/signal',
    {
      // Before the body is read: that is a part of the signal's way, too.
      config: { isTraced: true },
      onRequest: (request, reply, done) => {
        beginTrace(tracing, request, reply)
        done()
      },
      schema: {
        summary: 'Send a signal',
        tags: ['signals'],
        body: SignalRequestSchema,
        querystring: Type.Object({
          wait: Type.Optional(
            Type.Enum(['true', 'false'], { description: '"true": answer once it is finished, with its result.' }),
          ),
        }),
        response: {
          200: OutcomeSchema,
          202: AcceptedSchema,
          400: ErrorSchema,
          429: RejectedSchema,
          503: RejectedSchema,
        },
      },
    },
    // Not async: in memory a signal is accepted or refused at once, and each promise on the way would cost.
    (request, reply) => {
      const trace = request.trace ?? tracing.begin(request.headers, request.receivedMs)
      if (isLogging || trace.isLogged) noteStation(log, isLogging, trace, { component: 'api' }, 'Processing signal')
      const admission = intake.accept(request.body, trace, request.receivedMs)
      const isWaiting = request.query.wait === 'true'
      return admission instanceof Promise
        ? admission.then((late) => answer(service, late, isWaiting, trace, reply))
        : answer(service, admission, isWaiting, trace, reply)
    },
  )

  app.get(
    '/signal/:id/status',
    {
      schema: {
        summary: 'Where a signal is on its way',
        tags: ['signals'],
        params: Type.Object({ id: Type.String() }),
        response: { 200: OutcomeSchema, 404: ErrorSchema },
      },
    },
    async (request, reply) => {
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
    },
  )
}

function outcomeOf({ status, durationMs, result, error }: SignalRecord): Pick<SignalRecord, 'status' | 'result'> & {
  duration_ms?: number
  error?: string
} {
  return {
    status,
    ...(durationMs !== undefined && { duration_ms: round(durationMs) }),
    ...(result !== undefined && { result }),
    ...(error !== undefined && { error }),
  }
}

function beginTrace(tracing: Tracing, request: FastifyRequest, reply: FastifyReply): void {
  const trace = tracing.begin(request.headers, request.receivedMs)
  request.trace = trace
  request.traceId = trace.traceId
  void reply.header('x-trace-id', trace.traceId)
  // Also when the caller has gone meanwhile.
  if (trace.isRecorded) reply.raw.once('close', () => trace.answered(reply.raw.statusCode))
}

/** Says what became of a request, at once or, where that is waited for, once its signal is finished. */
function answer(
  { register }: Service,
  admission: Admission,
  isWaiting: boolean,
  trace: SignalTrace,
  reply: FastifyReply,
): void | Promise<void> {
  if (!admission.accepted) {
    trace.answering()
    const { reason, retryAfterMs, status } = admission
    void reply
      .code(status)
      .header('retry-after', Math.max(1, Math.ceil(retryAfterMs / 1_000)))
      .send({ status: 'rejected', reason, retry_after_ms: Math.ceil(retryAfterMs), trace_id: trace.traceId })
    return
  }
  const { signal } = admission
  const { id: signal_id, traceId: trace_id, acceptedAt: timestamp } = signal
  const accepted = { signal_id, status: 'accepted', trace_id, timestamp }
  if (!isWaiting) {
    trace.answering()
    // Nothing in it needs to be escaped or left out.
    void reply.code(202).serializer(JSON.stringify).send(accepted)
    return
  }
  return register.whenFinished(signal).then((finished) => {
    trace.answering()
    void reply.code(200).send({ ...accepted, ...outcomeOf(finished) })
  })
}
