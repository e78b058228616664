import {
  type Attributes,
  type Context,
  type Span,
  SpanKind,
  type SpanOptions,
  type Tracer,
  context,
  trace,
} from '@opentelemetry/api'
import { type ExecuteOptions, type WorkContext, checkFunction, checkName, checkObject, checkOneOf } from '@tps/internal'
import { type EventTeller, SPAN_EVENTS, type SpanEvents, checkSpanEvents, traceEvents } from './span-events.ts'
import { type FailureRules, isRefusal, within } from './span-outcome.ts'
import { TraceSwitch, quietly } from './trace-switch.ts'

/** What can be traced: every `Policy`, and one whose calls may end with an `F` in place of the work's own result. */
export interface TraceablePolicy<F = unknown> {
  execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T | F>
  /** Nothing at run time: the type of what may come in place of a result. */
  readonly substitutes?: readonly [F] | undefined
}

/** A policy with a span around each call. Where the wrapped one substitutes nothing it is a `Policy`. */
export interface TracedPolicy<F = never> extends TraceablePolicy<F> {
  /** The name of its spans. */
  readonly name: string
  /** That of the wrapped policy: for those who check the order of policies. */
  readonly kind: string | undefined
}

/** What the policy `P` may put in place of a result. */
export type SubstituteIn<P> = 'substitutes' extends keyof P
  ? P extends { readonly substitutes?: readonly [infer F] | undefined }
    ? F
    : never
  : never

/** How a policy is traced. */
export interface TracePolicyOptions {
  /** What its spans are called. Default: the policy's own name. */
  readonly name?: string | undefined
  /** On each span. Default none. */
  readonly attributes?: Attributes | undefined
  /** `client` for a call that leaves the process. Default `internal`. */
  readonly kind?: 'internal' | 'client' | undefined
  /**
   * The events of the policy, and of those it is composed of, that its spans tell. `false`: none. Default `SPAN_EVENTS`.
   * Nobody listens before the first span that records.
   */
  readonly events?: SpanEvents | false | undefined
  /** Whether an error says that the work was not begun. Default: by its code, `ERR_CIRCUIT_OPEN` and the like. */
  readonly isRefusal?: ((error: unknown) => boolean) | undefined
  /** Default: that of the global provider. */
  readonly tracer?: Tracer | undefined
}

/** One call of a traced policy. */
interface Call {
  readonly inside: Context
  /** By which contexts within a call of the policy are known: there it gives the span of the call. */
  readonly key: symbol
  readonly span: Span
}

/** What a work that is bound to a call has it under. */
const CALL = Symbol('call')

/** Whom somebody listens to already: a policy may be wrapped twice, its events are told once. */
const heard = new WeakSet<object>()

/**
 * A span around each call of a policy: it is active in the policy and in the work, wherever the policy begins that. A
 * failure gives it the status error and the exception; a refusal the status and the attributes, no exception; a call that
 * its caller has cancelled neither. Without an SDK a call goes straight to the policy.
 * @throws {TypeError | RangeError} when an option is wrong, or the policy has no name and none is given.
 */
export function tracePolicy<P extends TraceablePolicy>(
  policy: P,
  options: TracePolicyOptions = {},
): TracedPolicy<SubstituteIn<P>> {
  return new SpannedPolicy(policy, options) as TracedPolicy<SubstituteIn<P>>
}

class SpannedPolicy implements TracedPolicy<unknown> {
  readonly name: string
  readonly kind: string | undefined
  readonly #policy: TraceablePolicy
  readonly #switch: TraceSwitch
  readonly #span: SpanOptions
  readonly #events: SpanEvents | false
  readonly #isRefusal: (error: unknown) => boolean
  /** By which contexts within a call of it are known. Not made by `createContextKey`, whose keys of one name are one. */
  readonly #key: symbol = Symbol('a call of a traced policy')
  #listens = false

  constructor(policy: TraceablePolicy, options: TracePolicyOptions) {
    this.#policy = checkObject('policy', policy, ['execute'])
    const {
      attributes,
      kind = 'internal',
      events = SPAN_EVENTS,
      isRefusal: refuses = isRefusal,
      tracer,
    } = checkObject('options', options)
    this.name = checkName('name', options.name ?? Reflect.get(policy, 'name'))
    const own: unknown = Reflect.get(policy, 'kind')
    this.kind = typeof own === 'string' ? own : undefined
    if (attributes !== undefined) checkObject('attributes', attributes)
    const isClient = checkOneOf('kind', kind, ['internal', 'client']) === 'client'
    this.#span = { kind: isClient ? SpanKind.CLIENT : SpanKind.INTERNAL, attributes: { ...attributes } }
    if (events !== false) checkSpanEvents('events', events)
    this.#events = events
    this.#isRefusal = checkFunction('isRefusal', refuses)
    this.#switch = new TraceSwitch(tracer && checkObject('tracer', tracer, ['startSpan']))
  }

  execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<unknown> {
    if (!this.#switch.isOn) return this.#policy.execute(work, options)
    const parent = contextOf(work)
    const span = this.#switch.begin(this.name, this.#span, parent)
    if (!span) return this.#policy.execute(work, options)
    if (span.isRecording()) this.#listen()
    const key = this.#key
    const inside = trace.setSpan(parent, span).setValue(key, span)
    const rules: FailureRules = { isRefusal: this.#isRefusal, signal: () => options?.signal }
    return within(span, inside, () => this.#policy.execute(bind(work, { inside, key, span }), options), rules)
  }

  #listen(): void {
    if (this.#listens) return
    this.#listens = true
    const events = this.#events
    if (events === false) return
    for (const part of partsOf(this.#policy)) {
      if (events === SPAN_EVENTS) {
        if (heard.has(part)) continue
        heard.add(part)
      }
      quietly(() => traceEvents(part, events))
    }
  }
}

/**
 * A work that runs in its call's context. A policy may begin it where that of another call is active: a bulkhead does so, in
 * that of the call that leaves. Where the context is within the call's it stays, since it is that of a policy further in.
 */
function bind<T>(work: (context: WorkContext) => T, call: Call): (context: WorkContext) => T {
  const bound = (own: WorkContext): T => (isWithin(call) ? work(own) : context.with(call.inside, work, undefined, own))
  return Object.assign(bound, { [CALL]: call })
}

/** Where a call of `work` belongs: policies hand the work on as it is, so one further in finds the one around it. */
function contextOf(work: object): Context {
  const call = Reflect.get(work, CALL) as Call | undefined
  return call && !isWithin(call) ? call.inside : context.active()
}

function isWithin({ key, span }: Call): boolean {
  return context.active().getValue(key) === span
}

/** The policy, and those it is composed of, that tell events. */
function partsOf(policy: object): EventTeller[] {
  const own = typeof Reflect.get(policy, 'on') === 'function' ? [policy as EventTeller] : []
  const inner: unknown = Reflect.get(policy, 'policies')
  if (!Array.isArray(inner)) return own
  return [...own, ...inner.flatMap((each: unknown) => (typeof each === 'object' && each ? partsOf(each) : []))]
}
