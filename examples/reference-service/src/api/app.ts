import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  LogController,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
  fastify,
} from 'fastify'
import { traceIdFrom } from '../signal.ts'
import type { Service } from '../service.ts'
import { adminRoutes } from './admin.ts'
import { boardRoutes } from './board.ts'
import { answerErrors } from './errors.ts'
import { metricsRoutes } from './metrics.ts'
import { signalRoutes } from './signals.ts'
import { statusRoutes } from './status.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** When the request arrived, in monotonic ms. */
    receivedMs: number
    /** The caller's trace id, or a new one. In every answer and log line. */
    traceId: string
  }
}

/** The HTTP server with the types of its schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** The HTTP side of the service: routes, validation, errors. Not listening yet. */
export async function createApp(service: Service): Promise<App> {
  const app = fastify({
    loggerInstance: service.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: service.config.BODY_LIMIT_BYTES,
    // A client that sends its request drop by drop must not hold a connection for ever.
    connectionTimeout: 60_000,
    requestTimeout: 10_000,
    keepAliveTimeout: 5_000,
    forceCloseConnections: true,
    // What a caller sent is judged as it is: nothing is converted, nothing silently removed.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: true } },
  }).withTypeProvider<TypeBoxTypeProvider>() as unknown as App
  // JSON is all that is understood here.
  app.removeContentTypeParser('text/plain')
  app.decorateRequest('receivedMs', 0)
  app.decorateRequest('traceId', '')
  app.addHook('onRequest', (request, reply, done) => {
    request.receivedMs = performance.now()
    request.traceId = traceIdFrom(request.headers.traceparent)
    void reply.header('x-trace-id', request.traceId)
    done()
  })
  answerErrors(app)
  signalRoutes(app, service)
  statusRoutes(app, service)
  metricsRoutes(app, service)
  adminRoutes(app, service)
  await boardRoutes(app, service)
  return app
}
