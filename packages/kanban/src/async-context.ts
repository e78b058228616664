import { type ListenerErrorHandler, printListenerError } from '@tps/internal'

/** Calls `run` in the async context that was captured, once and at once. */
export type RestoreContext = (run: () => unknown) => unknown

/** Remembers the async context of whoever calls it. */
export type CaptureContext = () => RestoreContext

/**
 * Brings the async context of a submitter to the handler. What the given functions throw can't change an outcome: it is
 * reported, and the handler runs where it would have run without them.
 */
export class AsyncContexts {
  readonly #capture: CaptureContext
  readonly #onListenerError: ListenerErrorHandler
  /** Where the pool was made: for items that nobody submitted. Else they would run in that of the item before. */
  readonly #home: RestoreContext | undefined

  constructor(capture: CaptureContext, onListenerError: ListenerErrorHandler) {
    this.#capture = capture
    this.#onListenerError = onListenerError
    this.#home = this.capture()
  }

  capture(): RestoreContext | undefined {
    try {
      return this.#capture()
    } catch (error) {
      this.#report(error)
      return undefined
    }
  }

  /** Calls `handler` in the context; returns and throws what it does. */
  run<V>(restore: RestoreContext | undefined, handler: () => V): V {
    const inside = restore ?? this.#home
    if (!inside) return handler()
    let outcome: { readonly value: V } | { readonly error: unknown } | undefined
    try {
      inside(() => {
        outcome ??= outcomeOf(handler)
      })
    } catch (error) {
      this.#report(error)
    }
    // It did not call us: then it is done without it.
    outcome ??= outcomeOf(handler)
    if ('error' in outcome) throw outcome.error
    return outcome.value
  }

  #report(error: unknown): void {
    try {
      this.#onListenerError(error, 'captureContext')
    } catch (second) {
      printListenerError(second, 'captureContext')
    }
  }
}

function outcomeOf<V>(handler: () => V): { readonly value: V } | { readonly error: unknown } {
  try {
    return { value: handler() }
  } catch (error) {
    return { error }
  }
}
