import { context } from '@opentelemetry/api'
import { type Lease, type LeaseOptions, type WorkSource, checkObject, checkOneOf } from '@tps/internal'
import type { CheckedTracing } from './queue-tracing-options.ts'
import type { Headers } from './trace-headers.ts'
import { type Arrivals, TracedLease } from './traced-lease.ts'
import { type ReceiptLike, TracedReceipt } from './traced-receipt.ts'
import type { Origin } from './wait-span.ts'

/**
 * How an item brings its context:
 * - `receipt`: beside it, in a queue in memory that carries receipts, such as `PullQueue`;
 * - `headers`: with it, through a file or a broker, such as `SqliteQueue`;
 * - `item`: by being an object that comes out as it went in, such as through a `LoadLeveler`.
 */
export type Carriage = 'receipt' | 'headers' | 'item'

/** How a source is traced. */
export interface TraceSourceOptions {
  /** Default: `receipt` where the source has `carriesReceipts`, else `headers`. */
  readonly carriage?: Carriage | undefined
}

/** What a source hands out. */
export type ItemOf<S> = S extends WorkSource<infer T> ? T : never
/** A member of a source; `undefined` where it has none. */
export type OwnMember<S, K extends string> = S extends { readonly [P in K]: infer V } ? V : undefined

/**
 * A source whose items bring their traces: give it to a pool, put items in through it. What isn't here is asked of the source
 * itself.
 */
export interface TracedSource<S extends WorkSource<unknown>> extends WorkSource<ItemOf<S>> {
  readonly name: OwnMember<S, 'name'>
  readonly depth: OwnMember<S, 'depth'>
  readonly leased: OwnMember<S, 'leased'>
  readonly isClosed: OwnMember<S, 'isClosed'>
  readonly carriesReceipts: OwnMember<S, 'carriesReceipts'>
  readonly offer: OwnMember<S, 'offer'>
  readonly tryOffer: OwnMember<S, 'tryOffer'>
  readonly put: OwnMember<S, 'put'>
  readonly on: OwnMember<S, 'on'>
  readonly snapshot: OwnMember<S, 'snapshot'>
}

/** What a source asks of its tracing. */
export interface SourceTracing {
  readonly checked: CheckedTracing
  readonly arrivals: Arrivals
  carry(item: unknown): void
  send<R>(put: (headers: Headers) => R, headers?: Headers): R
  remote(lease: { readonly headers?: Headers | undefined }): Origin | undefined
}

interface PutOptions {
  readonly receipt?: ReceiptLike | undefined
  readonly headers?: Headers | undefined
}
type Put = (item: unknown, options?: PutOptions) => unknown
type InnerLease = ConstructorParameters<typeof TracedLease<unknown>>[0]

/** @throws {TypeError | RangeError} when it is no source, or an option is wrong. */
export function traceSource(
  source: WorkSource<unknown>,
  tracing: SourceTracing,
  options: TraceSourceOptions,
): WrappedSource {
  checkObject('source', source, ['lease', 'tryLease'])
  const { carriage = Reflect.get(source, 'carriesReceipts') === true ? 'receipt' : 'headers' } = checkObject(
    'options',
    options,
  )
  return new WrappedSource(source, tracing, checkOneOf('carriage', carriage, ['receipt', 'headers', 'item']))
}

/** The same with its methods typed loosely. */
export class WrappedSource implements WorkSource<unknown> {
  readonly offer: Put | undefined
  readonly tryOffer: Put | undefined
  readonly put: Put | undefined
  readonly on: unknown
  readonly snapshot: unknown
  readonly #source: WorkSource<unknown>
  readonly #tracing: SourceTracing
  readonly #carriage: Carriage

  constructor(source: WorkSource<unknown>, tracing: SourceTracing, carriage: Carriage) {
    this.#source = source
    this.#tracing = tracing
    this.#carriage = carriage
    this.offer = this.#putting('offer')
    this.tryOffer = this.#putting('tryOffer')
    this.put = this.#putting('put')
    this.on = this.#method('on')
    this.snapshot = this.#method('snapshot')
  }

  get leaseMs(): number | undefined {
    return this.#source.leaseMs
  }

  get name(): unknown {
    return Reflect.get(this.#source, 'name')
  }

  get depth(): unknown {
    return Reflect.get(this.#source, 'depth')
  }

  get leased(): unknown {
    return Reflect.get(this.#source, 'leased')
  }

  get isClosed(): unknown {
    return Reflect.get(this.#source, 'isClosed')
  }

  get carriesReceipts(): unknown {
    return Reflect.get(this.#source, 'carriesReceipts')
  }

  lease(options?: LeaseOptions): Lease<unknown> | Promise<Lease<unknown>> {
    const leased = this.#source.lease(options)
    return 'then' in leased ? leased.then((lease) => this.#traced(lease)) : this.#traced(leased)
  }

  tryLease(): Lease<unknown> | undefined {
    const lease = this.#source.tryLease()
    return lease && this.#traced(lease)
  }

  /** A lease without an origin stays as it is. */
  #traced(lease: InnerLease): Lease<unknown> {
    const { receipt } = lease
    // Also when the SDK is gone by now: the pool has to find its own receipt.
    if (receipt instanceof TracedReceipt) return new TracedLease(lease, receipt, this.#tracing.arrivals)
    const origin = this.#carriage === 'headers' ? this.#tracing.remote(lease) : undefined
    return origin ? new TracedLease(lease, origin, this.#tracing.arrivals) : lease
  }

  #method(name: string): ((...args: unknown[]) => unknown) | undefined {
    const method: unknown = Reflect.get(this.#source, name)
    return typeof method === 'function' ? (...args) => Reflect.apply(method, this.#source, args) : undefined
  }

  #putting(name: string): Put | undefined {
    const method = this.#method(name)
    if (!method) return undefined
    const { checked } = this.#tracing
    if (this.#carriage === 'item')
      return (item, options) => {
        this.#tracing.carry(item)
        return method(item, options)
      }
    if (this.#carriage === 'receipt')
      return (item, options) =>
        checked.power.isOn
          ? method(item, { ...options, receipt: new TracedReceipt(context.active(), checked, options?.receipt) })
          : method(item, options)
    return (item, options) =>
      this.#tracing.send(
        (headers) => (headers === options?.headers ? method(item, options) : method(item, { ...options, headers })),
        options?.headers,
      )
  }
}
