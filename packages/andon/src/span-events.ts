import { type Attributes, trace } from '@opentelemetry/api'
import { checkFunction, checkName, checkObject } from '@tps/internal'
import { messageOf, typeOf } from './span-outcome.ts'
import { quietly } from './trace-switch.ts'

/** What tells events: an `Observable`, or anything with such an `on`. */
export interface EventTeller {
  on(event: never, listener: (...args: never[]) => void): () => void
}

/** What an event of an `Observable` becomes on a span. */
export interface SpanEvent {
  /** The name of the span event. */
  readonly name: string
  /** Default: `eventAttributes`. */
  readonly attributes?: ((event: never) => Attributes) | undefined
}

/** Span events by the events that they are made of. */
export type SpanEvents = Readonly<Record<string, string | SpanEvent>>

/** The events of breakers and policies that a span should tell, with their names there. Those of every call are not here. */
export const SPAN_EVENTS: Readonly<Record<string, string>> = {
  open: 'circuit_opened',
  halfOpen: 'circuit_half_opened',
  close: 'circuit_closed',
  retry: 'retry_attempt',
  giveUp: 'retry_given_up',
  hedge: 'hedge_attempt',
  timeout: 'timed_out',
  fallback: 'fallback_used',
}

interface Listening {
  on(event: string, listener: (event: never) => void): () => void
}

/**
 * Adds what `observable` tells to the span that is active at that moment, and to none where none is. Returns what ends it.
 * @throws {TypeError | RangeError} when an argument is wrong.
 */
export function traceEvents(observable: EventTeller, events: SpanEvents = SPAN_EVENTS): () => void {
  const source: Listening = checkObject('observable', observable, ['on'])
  const checked = checkSpanEvents('events', events)
  const removals: (() => void)[] = []
  const detach = (): void => {
    for (const remove of removals.splice(0)) remove()
  }
  try {
    for (const [event, { name, attributes = eventAttributes }] of checked)
      removals.push(
        source.on(event, (told) =>
          quietly(() => {
            const span = trace.getActiveSpan()
            if (span?.isRecording() === true) span.addEvent(name, attributes(told))
          }),
        ),
      )
  } catch (error) {
    detach()
    throw error
  }
  return detach
}

/**
 * The attributes of an event: its numbers, strings and booleans as `tps.<key>`, and of `error`, `cause` or a failed
 * `outcome` the `error.type` and `error.message`.
 */
export function eventAttributes(event: unknown): Attributes {
  const attributes: Attributes = {}
  if (typeof event !== 'object' || event === null) return attributes
  for (const [key, value] of Object.entries(event)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      attributes[`tps.${key}`] = value
    else if (key === 'error' || key === 'cause') describe(attributes, value)
    else if (key === 'outcome' && isFailed(value)) describe(attributes, value.error)
  }
  return attributes
}

/** @throws {TypeError | RangeError} */
export function checkSpanEvents(name: string, events: SpanEvents): readonly (readonly [string, SpanEvent])[] {
  return Object.entries(checkObject(name, events)).map(([event, told]) => {
    if (typeof told === 'string') return [event, { name: checkName(`${name}.${event}`, told) }]
    checkName(`${name}.${event}.name`, checkObject(`${name}.${event}`, told).name)
    if (told.attributes !== undefined) checkFunction(`${name}.${event}.attributes`, told.attributes)
    return [event, { name: told.name, attributes: told.attributes }]
  })
}

function describe(attributes: Attributes, error: unknown): void {
  if (error === undefined) return
  attributes['error.type'] = typeOf(error)
  attributes['error.message'] = messageOf(error)
}

function isFailed(outcome: unknown): outcome is { readonly error: unknown } {
  return typeof outcome === 'object' && outcome !== null && 'error' in outcome
}
