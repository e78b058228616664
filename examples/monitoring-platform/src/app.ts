import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import {
  type FastifyInstance,
  LogController,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
  fastify,
} from 'fastify'
import type { Logger } from 'pino'

/** The HTTP server with the types of its schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  Logger,
  TypeBoxTypeProvider
>

/** An HTTP server without routes. Not listening yet. */
export function createApp(log: Logger, bodyLimitBytes: number): App {
  return fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimitBytes,
    connectionTimeout: 60_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 5_000,
    forceCloseConnections: true,
    // What a caller sent is judged as it is: nothing is silently removed. Queries are text, so numbers are read from it.
    ajv: { customOptions: { coerceTypes: 'array', removeAdditional: false, allErrors: true } },
  }).withTypeProvider<TypeBoxTypeProvider>()
}
