import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
  fastify,
} from 'fastify'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { traceIdFrom } from '../signal.ts'
import type { SignalTrace } from '../tracing/signal-trace.ts'
import { answerErrors } from './errors.ts'
import { helmetHeaders } from './helmet-headers.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route gives its requests their trace id itself. */
    isTraced?: boolean
  }
  interface FastifyRequest {
    /** When the request arrived, in monotonic ms. */
    receivedMs: number
    /** The caller's trace id, or a new one. In every answer and log line. */
    traceId: string
    /** The trace of the signal that the request brings. */
    trace: SignalTrace | null
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

/** An HTTP server with the limits that each role has. It has no routes yet, and does not listen. */
export async function createServer(config: Config, log: Logger): Promise<App> {
  const app = fastify({
    // What is logged of a request has its trace id and is logged here: requests need no loggers of their own.
    logger: false,
    bodyLimit: config.BODY_LIMIT_BYTES,
    // A client that sends its request drop by drop must not hold a connection for ever.
    connectionTimeout: config.REQUEST_TIMEOUT_MS * 6,
    requestTimeout: config.REQUEST_TIMEOUT_MS,
    keepAliveTimeout: 5_000,
    forceCloseConnections: true,
    http: {
      maxHeaderSize: config.HEADER_LIMIT_BYTES,
      headersTimeout: Math.min(config.HEADERS_TIMEOUT_MS, config.REQUEST_TIMEOUT_MS),
      // How often what takes too long is looked for: the default of 30 s is longer than what is allowed.
      connectionsCheckingInterval: Math.min(1_000, config.HEADERS_TIMEOUT_MS),
    },
    // What a caller sent is judged as it is: nothing is converted, nothing silently removed.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: true } },
  }).withTypeProvider<TypeBoxTypeProvider>() as unknown as App
  app.server.maxConnections = config.MAX_CONNECTIONS
  // JSON is all that is understood here.
  app.removeContentTypeParser('text/plain')
  app.decorateRequest('receivedMs', 0)
  app.decorateRequest('traceId', '')
  app.decorateRequest('trace', null)
  const { pages, data } = await helmetHeaders()
  app.addHook('onRequest', (request, reply, done) => {
    request.receivedMs = performance.now()
    if (request.raw.method === 'POST' && request.raw.url === '/signal') {
      // Its route begins the trace.
      void reply.headers(data)
    } else {
      void reply.headers(pages)
      if (!request.routeOptions.config.isTraced) request.traceId = traceIdFrom(request.headers.traceparent)
      void reply.header('x-trace-id', request.traceId)
    }
    done()
  })
  answerErrors(app, log)
  return app
}
