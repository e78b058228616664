import { checkObject } from '@tps/internal'
import { type LogContext, type TraceApi, logFields } from './logging-fields.ts'

/** A logger that makes loggers of its own kind with fields bound to them: pino, winston, bunyan. */
export interface ParentLogger<Child = unknown> {
  child(fields: Record<string, unknown>): Child
}

/** A logger that is called with a message and then what belongs to it, and can't be bound: the console. */
export interface ConsoleLike {
  debug(...data: unknown[]): void
  info(...data: unknown[]): void
  warn(...data: unknown[]): void
  error(...data: unknown[]): void
}

/** What a console is bound to: called as pino is, with the fields first, or with a message alone. */
export interface BoundLogger {
  debug(fields: object, message?: string): void
  debug(message: string): void
  info(fields: object, message?: string): void
  info(message: string): void
  warn(fields: object, message?: string): void
  warn(message: string): void
  error(fields: object, message?: string): void
  error(message: string): void
  /** A logger with more bound to it; a field of the same name wins. */
  child(fields: Record<string, unknown>): BoundLogger
}

/** How fields are bound. */
export interface BindOptions {
  /** `trace` of `@opentelemetry/api`: where the context has no `traceId`, the active span gives it. Default none. */
  readonly trace?: TraceApi | undefined
}

/** Says on a logger that its trace is bound: inherited by its children, so that a mixin doesn't write it again. */
export const TRACE_IS_BOUND: unique symbol = Symbol.for('@tps/andon/logging trace is bound')

/**
 * A logger for one item: every line that it writes bears `trace_id`, `span_id`, `signal_id` and `component`. A logger
 * with `child` gives a child of its own kind; a console gives one that is called as pino is and prints the message first.
 * @throws {TypeError | RangeError} when the logger lacks its methods or a field is no text.
 */
export function bindLogger<Child>(logger: ParentLogger<Child>, context: LogContext, options?: BindOptions): Child
export function bindLogger(logger: ConsoleLike, context: LogContext, options?: BindOptions): BoundLogger
export function bindLogger(
  logger: ParentLogger | ConsoleLike,
  context: LogContext,
  options: BindOptions = {},
): unknown {
  const { trace } = checkObject('options', options)
  if (trace !== undefined) checkObject('trace', trace, ['getActiveSpan'])
  const fields = logFields(context, trace)
  checkObject('logger', logger)
  if (!isParent(logger))
    return bindConsole(checkObject('logger', logger, ['debug', 'info', 'warn', 'error']), { ...fields })
  const child = checkObject('logger', logger, ['child']).child({ ...fields })
  if (fields.trace_id !== undefined && typeof child === 'object' && child !== null) mark(child)
  return child
}

/** Whether the trace of a logger, or of one that it is a child of, is bound. */
export function isTraceBound(logger: unknown): boolean {
  return typeof logger === 'object' && logger !== null && TRACE_IS_BOUND in logger
}

function isParent(logger: ParentLogger | ConsoleLike): logger is ParentLogger {
  return 'child' in logger
}

function mark(logger: object): void {
  // A frozen logger can't be marked: then a mixin writes the trace a second time, which does no harm.
  Reflect.defineProperty(logger, TRACE_IS_BOUND, { value: true })
}

function bindConsole(logger: ConsoleLike, bound: Readonly<Record<string, unknown>>): BoundLogger {
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (first: object | string, message?: string): void => {
      if (typeof first === 'string') logger[level](first, { ...bound })
      else if (message === undefined) logger[level]({ ...bound, ...first })
      else logger[level](message, { ...bound, ...first })
    }
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (fields) => bindConsole(logger, { ...bound, ...checkObject('fields', fields) }),
  }
}
