import { type Context, type Link, ROOT_CONTEXT, SpanKind, context, trace } from '@opentelemetry/api'
import { type WorkSource, checkFunction, checkObject } from '@tps/internal'
import {
  type CaptureContext,
  type CheckedTracing,
  type QueueTracingOptions,
  type RestoreContext,
  checkTracing,
} from './queue-tracing-options.ts'
import { type FailureRules, within } from './span-outcome.ts'
import { type Headers, extractContext, injectHeaders } from './trace-headers.ts'
import { Arrivals, type TraceableLease, TracedLease } from './traced-lease.ts'
import { TracedReceipt } from './traced-receipt.ts'
import { type TraceSourceOptions, type TracedSource, traceSource } from './traced-source.ts'
import { Origin, endWait } from './wait-span.ts'

/** One attempt at one item, or at several. */
interface Attempt {
  readonly attempt?: number | undefined
  readonly signal?: (() => AbortSignal | undefined) | undefined
}

const NO_HEADERS: Headers = {}
const straight: RestoreContext = (run) => run()

/**
 * The traces of what goes through a queue, from where an item is put in to the end of its handler.
 *
 * Where an item goes in, the active context and the time are kept, nothing else. Where it comes out, the span of its wait is
 * made after the fact, and the handler runs in a span under the kept context: one trace. Between processes the context
 * travels in headers. Without an SDK nothing is kept and nothing is made.
 */
export class QueueTracing {
  readonly #tracing: CheckedTracing
  readonly #arrivals = new Arrivals()
  readonly #carried = new WeakMap<object, Origin>()
  /** Of the submitted item whose handler is called at this moment. */
  #submitted: Origin | undefined

  /** @throws {TypeError | RangeError} when an option is wrong. */
  constructor(options: QueueTracingOptions) {
    this.#tracing = checkTracing(options)
  }

  /** How many leases of its sources were handed out and not begun. O(that). */
  get arrivals(): number {
    return this.#arrivals.size
  }

  /**
   * The option `captureContext` for one pool, whatever it pulls from: what is submitted to it brings its context. Needs
   * `handler` around the pool's handler. A pool calls it once when it is made, and then for each `submit`; the wait of a
   * submitted item begins there.
   */
  captureContext(): CaptureContext {
    let isSubmit = false
    return () => {
      const capture = this.#tracing.capture
      const isMaking = !isSubmit
      isSubmit = true
      if (!this.#tracing.power.isOn && !isMaking) return capture?.() ?? straight
      const kept = context.active()
      const restore = capture?.() ?? straight
      // Where the pool is made run the items that nobody submitted: they bring nothing.
      if (isMaking) return (run) => context.with(kept, () => restore(run))
      const origin = new Origin(kept, this.#tracing.now())
      return (run) => this.#restore(origin, restore, run)
    }
  }

  /**
   * `handle` with a span around each call. It is told the item's context by `captureContext`, by a source of `source`, or by
   * `carry`; an item that brings none begins a trace of its own.
   */
  handler<T, C, R>(handle: (item: T, call: C) => R): (item: T, call: C) => R {
    checkFunction('handle', handle)
    return (item, call) => {
      if (!this.#tracing.power.isOn) return handle(item, call)
      const submitted = this.#submitted
      // Should the handler call another one of this queue, that is not this item's.
      this.#submitted = undefined
      const origin = this.#arrivals.claim(item) ?? submitted ?? this.#carriedBy(item)
      return this.#process(origin, () => handle(item, call), attemptOf(call))
    }
  }

  /**
   * A source to give to a pool, and to put items in through: `offer`, `tryOffer` and `put` keep or send the context, `lease`
   * and `tryLease` bring it to `handler`. Items that are dropped or expire have the span of their wait, too. For a pool that
   * is submitted to and nothing else, `captureContext` costs less.
   * @throws {TypeError | RangeError} when it is no source, or an option is wrong.
   */
  source<S extends WorkSource<unknown>>(source: S, options: TraceSourceOptions = {}): TracedSource<S> {
    const tracing = {
      checked: this.#tracing,
      arrivals: this.#arrivals,
      carry: (item: unknown): void => void (isObject(item) && this.carry(item)),
      send: <R>(put: (headers: Headers) => R, headers?: Headers): R => this.send(put, headers),
      remote: (lease: TraceableLease): Origin | undefined => this.#remote(lease),
    }
    return traceSource(source, tracing, options) as unknown as TracedSource<S>
  }

  /**
   * Keeps the active context for an item, an object that is about to be put in, and gives the item. For queues that can carry
   * nothing else and hand out the same object. It is kept as long as the object lives; of two times the later counts.
   * @throws {TypeError} when the item is no object.
   */
  carry<T extends object>(item: T): T {
    if (!isObject(item)) throw new TypeError(`item must be an object, got ${typeof item}`)
    if (this.#tracing.power.isOn) this.#carried.set(item, new Origin(context.active(), this.#tracing.now()))
    return item
  }

  /**
   * Calls `put` in a span of kind producer, with headers that carry it: those given, and `traceparent`. What `put` gives is
   * given; `false` says that the item was refused.
   */
  send<R>(put: (headers: Headers) => R, headers: Headers = NO_HEADERS): R {
    const { power, names, attributes, propagator } = this.#tracing
    if (!power.isOn) return put(headers)
    const parent = context.active()
    const span = power.begin(names.send, { kind: SpanKind.PRODUCER, attributes: attributes.send }, parent)
    if (!span) return put(headers)
    const inside = trace.setSpan(parent, span)
    const sent = injectHeaders(headers, { context: inside, propagator })
    return within(span, inside, () => put(sent), { isRefused: (result) => result === false })
  }

  /**
   * Calls `work` with the lease's item, in a span under the context that the item brought: by its headers, by a source of
   * `source`, or by `carry`. For those who lease by hand. Give it the lease once for each attempt, and end the lease
   * yourself.
   */
  process<T, R>(lease: TraceableLease<T>, work: (item: T) => R): R {
    if (!this.#tracing.power.isOn) return work(lease.item)
    return this.#process(this.#originOf(lease), () => work(lease.item), { attempt: lease.attempt })
  }

  /**
   * Calls `work` in one span for several leases. It has a link to the context of each, since a span has one parent only; its
   * own is what is active. Each item has the span of its wait, in its own trace.
   */
  processBatch<R>(leases: readonly TraceableLease[], work: () => R): R {
    const { power, names, attributes } = this.#tracing
    if (!power.isOn) return work()
    const links: Link[] = []
    for (const lease of leases) {
      const origin = this.#originOf(lease)
      const found = origin && trace.getSpanContext(endWait(origin, this.#tracing, 'begun', lease.attempt))
      if (found) links.push({ context: found })
    }
    const parent = context.active()
    const shown = { ...attributes.process, 'messaging.batch.message_count': leases.length }
    const span = power.begin(names.process, { kind: SpanKind.CONSUMER, attributes: shown, links }, parent)
    return span ? within(span, trace.setSpan(parent, span), work) : work()
  }

  #restore(origin: Origin, restore: RestoreContext, run: () => unknown): unknown {
    return restore(() => {
      const before = this.#submitted
      this.#submitted = origin
      try {
        return context.with(origin.context, run)
      } finally {
        this.#submitted = before
      }
    })
  }

  #process<R>(origin: Origin | undefined, call: () => R, { attempt, signal }: Attempt): R {
    const { power, names, attributes, now } = this.#tracing
    const parent = origin ? endWait(origin, this.#tracing, 'begun', attempt) : context.active()
    const kind = origin?.isRemote === true ? SpanKind.CONSUMER : SpanKind.INTERNAL
    const shown = attempt === undefined ? attributes.process : { ...attributes.process, 'tps.attempt': attempt }
    const span = power.begin(names.process, { kind, attributes: shown }, parent)
    if (!span) return context.with(parent, call)
    const rules: FailureRules = {
      signal,
      // Where nobody tells when the item was put back, its next wait begins as the attempt ends.
      ended: isUntold(origin) ? () => void (origin.sinceMs = now()) : undefined,
    }
    return within(span, trace.setSpan(parent, span), call, rules)
  }

  #originOf(lease: TraceableLease): Origin | undefined {
    checkObject('lease', lease)
    if (lease instanceof TracedLease) {
      this.#arrivals.remove(lease)
      return lease.origin
    }
    return this.#remote(lease) ?? this.#carriedBy(lease.item)
  }

  /** The origin that headers tell of. How long an item waited is known of its first attempt alone. */
  #remote({ headers, createdAt, attempt = 1 }: TraceableLease): Origin | undefined {
    if (!headers || !this.#tracing.power.isOn) return undefined
    const found: Context = extractContext(headers, this.#tracing)
    if (found === ROOT_CONTEXT) return undefined
    const sinceMs = attempt === 1 && Number.isFinite(createdAt) ? createdAt : undefined
    return new Origin(found, sinceMs, true)
  }

  #carriedBy(item: unknown): Origin | undefined {
    return isObject(item) ? this.#carried.get(item) : undefined
  }
}

/** What a pool's handler is told beside the item. */
function attemptOf(call: unknown): Attempt {
  if (!isObject(call)) return {}
  const attempt: unknown = Reflect.get(call, 'attempt')
  return {
    attempt: typeof attempt === 'number' ? attempt : undefined,
    signal: () => {
      const signal: unknown = Reflect.get(call, 'signal')
      return signal instanceof AbortSignal ? signal : undefined
    },
  }
}

function isUntold(origin: Origin | undefined): origin is Origin {
  return origin !== undefined && !origin.isRemote && !(origin instanceof TracedReceipt)
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
