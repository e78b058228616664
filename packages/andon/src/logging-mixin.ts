import { checkObject } from '@tps/internal'
import { isTraceBound } from './logging-bind.ts'
import { type LogFields, type TraceApi, activeTrace } from './logging-fields.ts'

/** What pino calls for every line, and whose fields it adds to it: the option `mixin`. */
export type LogMixin = (mergeObject?: object, level?: number, logger?: unknown) => LogFields

/**
 * A mixin for pino that adds `trace_id` and `span_id` of the active span to every line. Nothing where there is none, nor
 * for a logger that `bindLogger` has bound a trace to. `trace` is that of `@opentelemetry/api`.
 * @throws {TypeError} when `trace` has no `getActiveSpan`.
 */
export function traceMixin(trace: TraceApi): LogMixin {
  checkObject('trace', trace, ['getActiveSpan'])
  return (_mergeObject, _level, logger) => (isTraceBound(logger) ? {} : activeTrace(trace))
}

/** `trace` of `@opentelemetry/api` where that is installed; `undefined` where it isn't. */
export async function loadTrace(): Promise<TraceApi | undefined> {
  try {
    const { trace } = await import('@opentelemetry/api')
    return trace
  } catch {
    return undefined
  }
}
