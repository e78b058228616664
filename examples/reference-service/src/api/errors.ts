import type { FastifyError } from 'fastify'
import type { Logger } from 'pino'
import { Type } from 'typebox'
import type { App } from './server.ts'

/** The one shape of all errors. */
export const ErrorSchema = Type.Object(
  { error: Type.String(), message: Type.String(), trace_id: Type.String() },
  { description: 'What is wrong, and what was expected.' },
)

const EXPECTED_BODY = 'Send a JSON object such as {"signal_type":"execute","payload":{"task":"hello"}}'

/** What the errors that the HTTP layer raises itself tell their caller. */
const ADVICE: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'The content type must be application/json.',
  FST_ERR_CTP_EMPTY_JSON_BODY: `The body is empty. ${EXPECTED_BODY}.`,
  FST_ERR_CTP_INVALID_JSON_BODY: `The body is not JSON. ${EXPECTED_BODY}.`,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body is not as long as Content-Length says.',
}

/** Gives every error one shape and tells the caller what was expected. Only faults of our own become a 500, and are logged. */
export function answerErrors(app: App, log: Logger): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = statusOf(error)
    if (status >= 500) log.error({ err: error, trace_id: request.traceId }, 'request failed')
    return reply.code(status).send({
      error: NAMES[status] ?? 'Bad Request',
      message:
        status >= 500
          ? 'The service failed. Its log has the reason under this trace_id.'
          : messageOf(error, app.initialConfig.bodyLimit),
      trace_id: request.traceId,
    })
  })
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      error: 'Not Found',
      message: `There is no ${request.method} ${request.url.split('?')[0]}. GET /info lists the routes.`,
      trace_id: request.traceId,
    }),
  )
}

const NAMES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  413: 'Payload Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  500: 'Internal Server Error',
}

function statusOf({ statusCode = 500, validation }: FastifyError): number {
  return validation ? 400 : statusCode
}

function messageOf(error: FastifyError, bodyLimit: number | undefined): string {
  if (error.validation) return error.validation.map((problem) => describe(problem, error.validationContext)).join('; ')
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return `The body must not be larger than ${bodyLimit} bytes.`
  return ADVICE[error.code] ?? error.message
}

type Problem = NonNullable<FastifyError['validation']>[number]

/** `body.priority must be <= 4` and the like, with the choices where there are any. */
function describe({ keyword, instancePath, message = 'is not valid', params }: Problem, context = 'body'): string {
  const where = context + instancePath.replaceAll('/', '.')
  if (keyword === 'additionalProperties')
    return `${where} must not have the property "${String(params['additionalProperty'])}"`
  if (keyword === 'enum' && Array.isArray(params['allowedValues']))
    return `${where} must be one of ${params['allowedValues'].join(', ')}`
  return `${where} ${message}`
}
