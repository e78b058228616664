import { EventEmitter } from 'eventemitter3'

/** Receives what a listener threw. `event` is the name of the event it was listening to. */
export type ListenerErrorHandler = (error: unknown, event: string) => void

/** The default `ListenerErrorHandler`: prints the error, because nothing else would show it. */
export const printListenerError: ListenerErrorHandler = (error, event) => {
  console.error(`A listener of "${event}" threw:`, error)
}

/** A type whose keys are event names and whose values are tuples of arguments. */
export type EventMap<Events> = { [E in keyof Events]: unknown[] }

/**
 * Typed events whose listeners can't hurt the one who emits: what a listener throws, or a promise it returns rejects
 * with, goes to `onListenerError`, and the other listeners are still called.
 */
export class SafeEmitter<Events extends EventMap<Events>> {
  readonly #emitter = new EventEmitter()
  readonly #onListenerError: ListenerErrorHandler

  constructor(onListenerError: ListenerErrorHandler = printListenerError) {
    this.#onListenerError = onListenerError
  }

  /** Whether anyone listens: ask before building an event. O(1). */
  has(event: keyof Events & string): boolean {
    return this.#emitter.listenerCount(event) > 0
  }

  /** Adds a listener. The same function may be added more than once. Returns what takes this one away again. */
  on<E extends keyof Events & string>(event: E, listener: (...args: Events[E]) => void): () => void {
    if (typeof listener !== 'function')
      throw new TypeError(`listener of "${event}" must be a function, got ${typeof listener}`)
    const guarded = (...args: Events[E]): void => {
      try {
        const returned: unknown = listener(...args)
        if (returned instanceof Promise) returned.catch((error: unknown) => this.#report(error, event))
      } catch (error) {
        this.#report(error, event)
      }
    }
    this.#emitter.on(event, guarded as (...args: unknown[]) => void)
    return () => void this.#emitter.off(event, guarded as (...args: unknown[]) => void)
  }

  /** Calls the listeners in the order they were added. Never throws. */
  emit<E extends keyof Events & string>(event: E, ...args: Events[E]): void {
    this.#emitter.emit(event, ...args)
  }

  #report(error: unknown, event: string): void {
    try {
      this.#onListenerError(error, event)
    } catch (second) {
      printListenerError(second, event)
    }
  }
}
