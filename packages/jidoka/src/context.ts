import type { ExecuteOptions, WorkContext } from '@tps/internal'

/**
 * What a work is given. A signal is made only when the work reads it; until then nobody can have been told to stop.
 * A policy passes its context on as the options of the next one, so that reading goes through to the caller's signal.
 */
export class CallContext implements WorkContext {
  readonly #options: ExecuteOptions | undefined
  #signal: AbortSignal | undefined

  constructor(options: ExecuteOptions | undefined) {
    this.#options = options
  }

  get signal(): AbortSignal {
    this.#signal ??= this.#options?.signal ?? new AbortController().signal
    return this.#signal
  }

  /** A signal that says whether the call has been aborted, without making one that would not. */
  protected peekSignal(): AbortSignal | undefined {
    return this.#signal ?? CallContext.peek(this.#options)
  }

  /** The signal that `options` already has, without making one. It says whether the call has been aborted by now. */
  static peek(options: ExecuteOptions | undefined): AbortSignal | undefined {
    return options instanceof CallContext ? options.peekSignal() : options?.signal
  }
}
