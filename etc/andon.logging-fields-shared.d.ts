/** What a log line is about. What is left out is left out of the line. */
interface LogContext {
    /** Written as `trace_id`. Default: that of the active span, where a `trace` is given. */
    readonly traceId?: string | undefined;
    /** Written as `span_id`. Default: that of the active span, where a `trace` is given and `traceId` is not. */
    readonly spanId?: string | undefined;
    /** Written as `signal_id`. */
    readonly signalId?: string | undefined;
    /** The part of the program that logs. Written as `component`. */
    readonly component?: string | undefined;
}
/** The fields of a log line, by the names that the handbook's queries look for. */
interface LogFields {
    readonly trace_id?: string;
    readonly span_id?: string;
    readonly signal_id?: string;
    readonly component?: string;
}
/** What is used of `trace` of `@opentelemetry/api`. */
interface TraceApi {
    getActiveSpan(): {
        spanContext(): {
            readonly traceId: string;
            readonly spanId: string;
        };
    } | undefined;
}

export type { LogContext as L, TraceApi as T, LogFields as a };
