import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
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

/** Answers some requests before the framework sees them. `false` for those that it leaves alone. */
export type Shortcut = (request: IncomingMessage, response: ServerResponse) => boolean

/** An HTTP server without routes. Not listening yet. */
export function createApp(log: Logger, bodyLimitBytes: number, shortcut: Shortcut): App {
  return fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimitBytes,
    forceCloseConnections: true,
    serverFactory: (handler): Server => {
      const server = createServer((request, response) => {
        if (!shortcut(request, response)) handler(request, response)
      })
      // A client that sends its request drop by drop must not hold a connection for ever.
      server.timeout = 60_000
      server.requestTimeout = 30_000
      server.keepAliveTimeout = 5_000
      return server
    },
    // Parameters of a query are text, so numbers are read from it. Nothing is silently removed.
    ajv: { customOptions: { coerceTypes: 'array', removeAdditional: false, allErrors: true } },
  }).withTypeProvider<TypeBoxTypeProvider>()
}
