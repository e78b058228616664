import { T as TraceApi, L as LogContext, a as LogFields } from './logging-fields-shared.js';

/** A logger that makes loggers of its own kind with fields bound to them: pino, winston, bunyan. */
interface ParentLogger<Child = unknown> {
    child(fields: Record<string, unknown>): Child;
}
/** A logger that is called with a message and then what belongs to it, and can't be bound: the console. */
interface ConsoleLike {
    debug(...data: unknown[]): void;
    info(...data: unknown[]): void;
    warn(...data: unknown[]): void;
    error(...data: unknown[]): void;
}
/** What a console is bound to: called as pino is, with the fields first, or with a message alone. */
interface BoundLogger {
    debug(fields: object, message?: string): void;
    debug(message: string): void;
    info(fields: object, message?: string): void;
    info(message: string): void;
    warn(fields: object, message?: string): void;
    warn(message: string): void;
    error(fields: object, message?: string): void;
    error(message: string): void;
    /** A logger with more bound to it; a field of the same name wins. */
    child(fields: Record<string, unknown>): BoundLogger;
}
/** How fields are bound. */
interface BindOptions {
    /** `trace` of `@opentelemetry/api`: where the context has no `traceId`, the active span gives it. Default none. */
    readonly trace?: TraceApi | undefined;
}
/**
 * A logger for one item: every line that it writes bears `trace_id`, `span_id`, `signal_id` and `component`. A logger
 * with `child` gives a child of its own kind; a console gives one that is called as pino is and prints the message first.
 * @throws {TypeError | RangeError} when the logger lacks its methods or a field is no text.
 */
declare function bindLogger<Child>(logger: ParentLogger<Child>, context: LogContext, options?: BindOptions): Child;
declare function bindLogger(logger: ConsoleLike, context: LogContext, options?: BindOptions): BoundLogger;

/** What pino calls for every line, and whose fields it adds to it: the option `mixin`. */
type LogMixin = (mergeObject?: object, level?: number, logger?: unknown) => LogFields;
/**
 * A mixin for pino that adds `trace_id` and `span_id` of the active span to every line. Nothing where there is none, nor
 * for a logger that `bindLogger` has bound a trace to. `trace` is that of `@opentelemetry/api`.
 * @throws {TypeError} when `trace` has no `getActiveSpan`.
 */
declare function traceMixin(trace: TraceApi): LogMixin;
/** `trace` of `@opentelemetry/api` where that is installed; `undefined` where it isn't. */
declare function loadTrace(): Promise<TraceApi | undefined>;

export { LogContext, LogFields, TraceApi, bindLogger, loadTrace, traceMixin };
export type { BindOptions, BoundLogger, ConsoleLike, LogMixin, ParentLogger };
