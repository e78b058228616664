import {
  type ExecuteOptions,
  type Observable,
  type Policy,
  type WorkContext,
  checkInteger,
  checkObject,
} from '@tps/internal'
import { begin } from './begin.ts'
import { CallContext } from './context.ts'
import { Emitting, type EmittingOptions } from './emitting.ts'
import { LinkedContext } from './linked-context.ts'

/** What `coalesce` is made with. */
export interface CoalesceOptions extends EmittingOptions {
  /** How many keys may have a work running at once. Calls for further ones run by themselves. From 1. Default 1,000. */
  readonly maxKeys?: number | undefined
}

/** What may accompany a call of a `CoalescePolicy`. */
export interface CoalesceExecuteOptions extends ExecuteOptions {
  /**
   * Calls with the same key, compared as a `Map` does, share one work. Who uses a key has to see to it that its results
   * are of one type. Default `undefined`, which is a key, too.
   */
  readonly key?: unknown
}

/** The events of a `CoalescePolicy`. */
export interface CoalesceEvents {
  /** A call runs by itself, because `maxKeys` are running. */
  bypassed: [event: { readonly key: unknown }]
}

/** The readings of a coalescing policy: plain JSON. */
export interface CoalesceSnapshot {
  readonly name: string
  readonly maxKeys: number
  /** Works that run for their key. */
  readonly running: number
  readonly totals: {
    readonly calls: number
    /** Calls that joined a work which ran already. */
    readonly joined: number
    /** Calls that ran by themselves. */
    readonly bypassed: number
  }
}

/** A policy that shares works. */
export interface CoalescePolicy extends Policy, Observable<CoalesceEvents> {
  readonly kind: 'coalesce'
  execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: CoalesceExecuteOptions): Promise<T>
  /** The policy of one key, to compose: `compose(lookups.forKey(id), breaker)`. Cheap, nothing is kept for it. */
  forKey(key: unknown): Policy & { readonly kind: 'coalesce' }
  snapshot(): CoalesceSnapshot
}

/**
 * Lets calls with the same key share one work while it runs (single flight). All of them get the same value or error,
 * not a copy. Nothing is kept once the work has ended: this is no cache, and the call after a rejection begins anew.
 * An abort ends the call of that caller only; the work's signal aborts when every caller has left, and then the next
 * call begins anew, too. How many callers wait isn't bounded here; a `bulkhead` around it does that.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
export function coalesce(options: CoalesceOptions = {}): CoalescePolicy {
  return new Coalesce(checkObject('options', options))
}

/** A work that runs, and how many wait for it. */
interface Flight {
  readonly context: LinkedContext
  readonly result: Promise<unknown>
  callers: number
}

class Coalesce extends Emitting<CoalesceEvents> implements CoalescePolicy {
  readonly kind = 'coalesce'
  readonly #maxKeys: number
  readonly #flights = new Map<unknown, Flight>()
  #calls = 0
  #joined = 0
  #bypassed = 0

  constructor(options: CoalesceOptions) {
    super(options, 'coalesce')
    this.#maxKeys = checkInteger('maxKeys', options.maxKeys ?? 1_000, { min: 1 })
  }

  execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: CoalesceExecuteOptions): Promise<T> {
    return this.#call(options?.key, work, options)
  }

  forKey(key: unknown): Policy & { readonly kind: 'coalesce' } {
    return { kind: this.kind, execute: (work, options) => this.#call(key, work, options) }
  }

  snapshot(): CoalesceSnapshot {
    return {
      name: this.name,
      maxKeys: this.#maxKeys,
      running: this.#flights.size,
      totals: { calls: this.#calls, joined: this.#joined, bypassed: this.#bypassed },
    }
  }

  #call<T>(
    key: unknown,
    work: (context: WorkContext) => T | PromiseLike<T>,
    options: ExecuteOptions | undefined,
  ): Promise<T> {
    const signal = CallContext.peek(options)
    // oxlint-disable-next-line prefer-promise-reject-errors
    if (signal?.aborted) return Promise.reject(signal.reason)
    this.#calls++
    const running = this.#flights.get(key)
    if (!running && this.#flights.size >= this.#maxKeys) {
      this.#bypassed++
      if (this.isHeard('bypassed')) this.emit('bypassed', { key })
      return begin(work, new CallContext(options))
    }
    if (running) this.#joined++
    return this.#join(key, running ?? this.#start(key, work), options)
  }

  #start(key: unknown, work: (context: WorkContext) => unknown): Flight {
    const context = new LinkedContext(undefined)
    const { promise, resolve } = Promise.withResolvers<unknown>()
    const flight: Flight = { context, result: promise, callers: 0 }
    // Before the work is called: it may call with the same key.
    this.#flights.set(key, flight)
    resolve(begin(work, context).finally(() => this.#end(key, flight)))
    return flight
  }

  /** No further call joins the work. */
  #end(key: unknown, flight: Flight): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key)
  }

  #join<T>(key: unknown, flight: Flight, options: ExecuteOptions | undefined): Promise<T> {
    flight.callers++
    return new Promise<T>((resolve, reject) => {
      const signal = options?.signal
      const leave = (): void => {
        // oxlint-disable-next-line prefer-promise-reject-errors
        reject(signal?.reason)
        if (--flight.callers > 0) return
        this.#end(key, flight)
        flight.context.abort(signal?.reason)
      }
      const stay = (): void => signal?.removeEventListener('abort', leave)
      signal?.addEventListener('abort', leave, { once: true })
      flight.result.then(
        (value) => {
          stay()
          resolve(value as T)
        },
        (error: unknown) => {
          stay()
          // oxlint-disable-next-line prefer-promise-reject-errors
          reject(error)
        },
      )
    })
  }
}
