import {
  type Context,
  ROOT_CONTEXT,
  type TextMapPropagator,
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  trace,
} from '@opentelemetry/api'
import { checkObject } from '@tps/internal'
import { traceContext } from './trace-context.ts'
import { quietly } from './trace-switch.ts'

/** What travels with an item. */
export type Headers = Readonly<Record<string, string>>

/** How a context gets into headers and out of them. */
export interface HeaderOptions {
  /** Default: the global one, or W3C trace context where none is registered. */
  readonly propagator?: TextMapPropagator | undefined
}

/** With what is injected: the context that is active, unless another one is named. */
export interface InjectOptions extends HeaderOptions {
  /** Default: the active one. */
  readonly context?: Context | undefined
}

/**
 * `headers` with the context added: `traceparent`, and what else the propagator writes. Gives the same object when there is
 * nothing to add, else a new one. Never throws for a propagator that does.
 */
export function injectHeaders(headers: Headers = {}, options: InjectOptions = {}): Headers {
  const { context: from = context.active(), propagator } = options
  checkObject('headers', headers)
  const used = propagatorFor(propagator)
  if (used === traceContext && !trace.getSpan(from)) return headers
  const added: Record<string, string> = {}
  quietly(() => used.inject(from, added, defaultTextMapSetter))
  return Object.keys(added).length === 0 ? headers : { ...headers, ...added }
}

/** The context that headers carry; the root context where they carry none, or something broken. */
export function extractContext(headers: Headers, { propagator }: HeaderOptions = {}): Context {
  let found = ROOT_CONTEXT
  quietly(() => {
    found = propagatorFor(propagator).extract(ROOT_CONTEXT, headers, defaultTextMapGetter)
  })
  return found
}

/** The global propagator says that it has no fields where there is none. */
function propagatorFor(propagator: TextMapPropagator | undefined): TextMapPropagator {
  return propagator ?? (propagation.fields().length > 0 ? propagation : traceContext)
}
