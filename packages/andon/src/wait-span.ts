import { type Context, SpanStatusCode, trace } from '@opentelemetry/api'
import type { CheckedTracing } from './queue-tracing-options.ts'
import { quietly } from './trace-switch.ts'

/** Why an item that waited is waited for no longer. */
export type WaitEnd = 'begun' | 'taken' | 'dropped' | 'expired' | 'cleared' | 'withdrawn'

/** What an item brings from where it was put in: the context there, and since when it waits. */
export class Origin {
  /** Of the item's spans: what was active where it was put in, or where nothing was, the trace that its first wait began. */
  context: Context
  /** Since when it has waited for its next attempt, by the clock of its kind; `undefined` when nobody knows. */
  sinceMs: number | undefined
  /** Whether it comes from headers: then its times are those of the wall clock, and its processing that of a consumer. */
  readonly isRemote: boolean

  constructor(context: Context, sinceMs: number | undefined, isRemote = false) {
    this.context = context
    this.sinceMs = sinceMs
    this.isRemote = isRemote
  }
}

/**
 * Makes the span of a wait that is over, after the fact: nothing was kept of it but a context and a time. Gives the context
 * that the item is processed in.
 */
export function endWait(origin: Origin, tracing: CheckedTracing, how: WaitEnd, attempt?: number): Context {
  const { sinceMs, context: parent } = origin
  if (sinceMs === undefined) return parent
  const nowMs = origin.isRemote ? tracing.wallNow() : tracing.now()
  // Should the item come again without having been given back, it has waited since this attempt began.
  origin.sinceMs = origin.isRemote ? undefined : nowMs
  const { power, names, attributes } = tracing
  const shown = attempt === undefined ? attributes.wait : { ...attributes.wait, 'tps.attempt': attempt }
  // Clocks of two machines may differ.
  const startTime = Math.min(sinceMs, nowMs)
  const span = power.begin(names.wait, { startTime, attributes: shown }, parent)
  if (!span) return parent
  quietly(() => {
    if (how !== 'begun' && how !== 'taken') span.setAttribute('tps.outcome', how)
    if (how === 'dropped' || how === 'expired') {
      span.setAttribute('error.type', how)
      span.setStatus({ code: SpanStatusCode.ERROR, message: how })
    }
    span.end(nowMs)
  })
  // An item that was put in outside of any trace begins one: all of its spans belong together.
  if (!trace.getSpanContext(parent)) origin.context = trace.setSpan(parent, span)
  return origin.context
}
