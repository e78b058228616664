import type { Attributes, TextMapPropagator, Tracer } from '@opentelemetry/api'
import { checkFunction, checkName, checkObject } from '@tps/internal'
import { TraceSwitch } from './trace-switch.ts'

/** What the spans of a queue are called. */
export interface QueueSpanNames {
  /** Around what puts an item in, where the item leaves the process. Default `send {queue}`. */
  readonly send?: string | undefined
  /** From when an item was let in to when it is begun. Default `wait {queue}`. */
  readonly wait?: string | undefined
  /** Around the handler. Default `process {queue}`. */
  readonly process?: string | undefined
}

/** Calls `run` in the async context that was captured, once and at once. */
export type RestoreContext = (run: () => unknown) => unknown

/** Remembers the async context of whoever calls it: the option `captureContext` of a worker pool. */
export type CaptureContext = () => RestoreContext

/** How a queue is traced. */
export interface QueueTracingOptions {
  /** The name of the queue: `messaging.destination.name`, and a part of the names of spans. */
  readonly queue: string
  /** What the spans are called. */
  readonly spanNames?: QueueSpanNames | undefined
  /** On each span, `messaging.system` for one. Default none. */
  readonly attributes?: Attributes | undefined
  /** Default: that of the global provider. */
  readonly tracer?: Tracer | undefined
  /** How contexts get into headers. Default: the global one, or W3C trace context where none is registered. */
  readonly propagator?: TextMapPropagator | undefined
  /** What else is to be captured for a handler: `() => AsyncLocalStorage.snapshot()`. Default: the active context alone. */
  readonly captureContext?: CaptureContext | undefined
  /** Time as `performance.now()` has it, of which spans of this process are made. Default: that. */
  readonly now?: (() => number) | undefined
  /** Time in ms since 1970, which other processes' items are measured with. Default `Date.now`. */
  readonly wallNow?: (() => number) | undefined
}

/** Options with nothing left open. */
export interface CheckedTracing {
  readonly power: TraceSwitch
  readonly names: { readonly send: string; readonly wait: string; readonly process: string }
  readonly attributes: { readonly send: Attributes; readonly wait: Attributes; readonly process: Attributes }
  readonly propagator: TextMapPropagator | undefined
  readonly capture: CaptureContext | undefined
  readonly now: () => number
  readonly wallNow: () => number
}

/** @throws {TypeError | RangeError} */
export function checkTracing(options: QueueTracingOptions): CheckedTracing {
  checkObject('options', options)
  const { spanNames = {}, attributes = {}, tracer, propagator, captureContext } = options
  const { now = () => performance.now(), wallNow = Date.now } = options
  const queue = checkName('queue', options.queue)
  const {
    send = `send ${queue}`,
    wait = `wait ${queue}`,
    process = `process ${queue}`,
  } = checkObject('spanNames', spanNames)
  checkObject('attributes', attributes)
  const base = { 'messaging.destination.name': queue, ...attributes }
  return {
    power: new TraceSwitch(tracer && checkObject('tracer', tracer, ['startSpan'])),
    names: {
      send: checkName('spanNames.send', send),
      wait: checkName('spanNames.wait', wait),
      process: checkName('spanNames.process', process),
    },
    attributes: {
      send: { ...base, 'messaging.operation.name': 'send', 'messaging.operation.type': 'send' },
      wait: { ...base, 'messaging.operation.name': 'wait' },
      process: { ...base, 'messaging.operation.name': 'process', 'messaging.operation.type': 'process' },
    },
    propagator: propagator && checkObject('propagator', propagator, ['inject', 'extract', 'fields']),
    capture: captureContext && checkFunction('captureContext', captureContext),
    now: checkFunction('now', now),
    wallNow: checkFunction('wallNow', wallNow),
  }
}
