import { type ExecuteOptions, type Observable, type WorkContext, checkFunction, checkObject } from '@tps/internal'
import { begin } from './begin.ts'
import type { SubstitutingPolicy } from './compose.ts'
import { CallContext } from './context.ts'
import { Emitting, type EmittingOptions } from './emitting.ts'

/** What `fallback` is made with. */
export interface FallbackOptions<F> extends EmittingOptions {
  /**
   * Makes what the caller gets in place of the error. What it throws or rejects with goes to the caller instead. Its
   * signal is the caller's.
   */
  readonly substitute: (error: unknown, context: WorkContext) => F | PromiseLike<F>
  /**
   * Which errors are replaced. Not asked once the caller has aborted: that error always goes through. When it throws,
   * that is reported to `onListenerError` under `handles`, and the error is replaced. Default: every one.
   */
  readonly handles?: ((error: unknown) => boolean) | undefined
}

/** The events of a `FallbackPolicy`. */
export interface FallbackEvents {
  /** An error is being replaced. */
  fallback: [event: { readonly error: unknown }]
}

/** The readings of a fallback: plain JSON. */
export interface FallbackSnapshot {
  readonly name: string
  readonly totals: {
    readonly calls: number
    /** Calls whose error was replaced. */
    readonly replaced: number
    /** Of them, those whose substitute failed, too. */
    readonly failed: number
  }
}

/** A policy that puts something in place of an error. */
export interface FallbackPolicy<F> extends SubstitutingPolicy<F>, Observable<FallbackEvents> {
  readonly kind: 'fallback'
  snapshot(): FallbackSnapshot
}

/**
 * Gives the caller something else when the call fails. An abort by the caller isn't replaced: nobody waits any more.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
export function fallback<F>(options: FallbackOptions<F> | FallbackOptions<F>['substitute']): FallbackPolicy<F> {
  return new Fallback<F>(typeof options === 'function' ? { substitute: options } : checkObject('options', options))
}

class Fallback<F> extends Emitting<FallbackEvents> implements FallbackPolicy<F> {
  readonly kind = 'fallback'
  declare readonly substitutes?: [F]
  readonly #substitute: FallbackOptions<F>['substitute']
  readonly #handles: ((error: unknown) => boolean) | undefined
  #calls = 0
  #replaced = 0
  #failed = 0

  constructor(options: FallbackOptions<F>) {
    super(options, 'fallback')
    const { substitute, handles } = options
    this.#substitute = checkFunction('substitute', substitute)
    this.#handles = handles && checkFunction('handles', handles)
  }

  execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T | F> {
    const signal = CallContext.peek(options)
    // oxlint-disable-next-line prefer-promise-reject-errors
    if (signal?.aborted) return Promise.reject(signal.reason)
    this.#calls++
    return begin<T | F>(work, new CallContext(options)).catch((error: unknown) => this.#replace(error, options))
  }

  snapshot(): FallbackSnapshot {
    return { name: this.name, totals: { calls: this.#calls, replaced: this.#replaced, failed: this.#failed } }
  }

  #replace(error: unknown, options: ExecuteOptions | undefined): Promise<F> {
    const handles = this.#handles
    const isAborted = CallContext.peek(options)?.aborted === true
    if (isAborted || (handles && !this.ask('handles', () => handles(error), true))) throw error
    this.#replaced++
    if (this.isHeard('fallback')) this.emit('fallback', { error })
    return begin((context) => this.#substitute(error, context), new CallContext(options)).catch((second: unknown) => {
      this.#failed++
      throw second
    })
  }
}
