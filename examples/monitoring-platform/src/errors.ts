import { BulkheadFullError } from '@tps/jidoka'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { App } from './app.ts'
import { QueryError } from './query/parameters.ts'
import { QueryTimeoutError, StoreError, TooManyRowsError } from './storage/errors.ts'
import { MatcherError } from './storage/selecting.ts'

const NAMES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

/** The status of an error that its asker can do something about; 500 for faults of our own. */
export function statusOf(error: unknown): number {
  if (error instanceof QueryError || error instanceof MatcherError) return 400
  if (error instanceof TooManyRowsError) return 422
  if (error instanceof QueryTimeoutError) return 504
  if (error instanceof BulkheadFullError || error instanceof StoreError) return 503
  const { validation, statusCode = 500 } = error as FastifyError
  return validation ? 400 : statusCode
}

/** Gives every error one shape and tells the caller what was expected. */
export function answerErrors(app: App): void {
  app.setErrorHandler(async (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const status = statusOf(error)
    if (status === 500) request.log.error({ err: error }, 'request failed')
    if (status === 503) void reply.header('retry-after', 1)
    const message = status === 500 ? 'The service failed. Its log has the reason.' : messageOf(error)
    return await reply.code(status).send({ error: NAMES[status] ?? 'Bad Request', message })
  })
  app.setNotFoundHandler(async (request, reply) => {
    const message = `There is no ${request.method} ${request.url.split('?')[0]}. The README lists the routes.`
    return await reply.code(404).send({ error: 'Not Found', message })
  })
}

/** What is wrong with a request, as Ajv says it. */
interface Problem {
  readonly keyword: string
  readonly instancePath: string
  readonly message?: string
  readonly params: Readonly<Record<string, unknown>>
}

function messageOf(error: FastifyError): string {
  if (!error.validation) return error.message
  const problems: readonly Problem[] = error.validation
  return problems
    .map(({ instancePath, message = 'is not valid', params, keyword }) => {
      const where = instancePath.replaceAll('/', ' ').trim()
      if (keyword === 'additionalProperties') return `there is no parameter "${String(params['additionalProperty'])}"`
      if (keyword === 'enum' && Array.isArray(params['allowedValues']))
        return `${where} must be one of ${params['allowedValues'].join(', ')}`
      return `${where} ${message}`.trim()
    })
    .join('; ')
}
