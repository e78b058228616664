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

  /** The signal that `options` already has, without making one. It says whether the call has been aborted by now. */
  static peek(options: ExecuteOptions | undefined): AbortSignal | undefined {
    if (!(options instanceof CallContext)) return options?.signal
    return options.#signal ?? CallContext.peek(options.#options)
  }
}

/** Calls `work` now. What it throws comes as a rejection, like that of any other work. */
export function begin<T>(
  work: (context: WorkContext) => T | PromiseLike<T>,
  options: ExecuteOptions | undefined,
): Promise<T> {
  try {
    return Promise.resolve(work(new CallContext(options)))
  } catch (error) {
    // oxlint-disable-next-line prefer-promise-reject-errors
    return Promise.reject(error)
  }
}
