// What several tests of the policies need. Nothing that is published imports it.

/** What `promise` rejects with. Handled from the beginning, so that time can be moved before it is looked at. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('should have failed')
}

/** A call that ends when the test says so. */
export function pending<T = string>(): {
  work: () => Promise<T>
  resolve: (value: T) => void
  reject: (error: unknown) => void
} {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  // Nobody may be left to hear of it.
  promise.catch(() => {})
  return { work: () => promise, resolve, reject }
}

/** A work that never ends. */
export const never = (): Promise<never> => new Promise<never>(() => {})

/** A work that rejects as soon as its signal aborts. */
export const heeding = ({ signal }: { readonly signal: AbortSignal }): Promise<never> =>
  new Promise<never>((_resolve, reject) => {
    // oxlint-disable-next-line prefer-promise-reject-errors
    signal.addEventListener('abort', () => reject(signal.reason))
  })

/** A signal that knows how many listeners it has. */
export function countingSignal(): { signal: AbortSignal; abort: (reason?: unknown) => void; listeners: () => number } {
  const controller = new AbortController()
  const { signal } = controller
  const listeners = new Map<unknown, boolean>()
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (type: string, listener: never, options?: EventListenerOptions & { once?: boolean }) => {
    listeners.set(listener, options?.once === true)
    add(type, listener, options)
  }
  signal.removeEventListener = (type: string, listener: never) => {
    listeners.delete(listener)
    remove(type, listener)
  }
  const abort = (reason?: unknown): void => {
    controller.abort(reason)
    for (const [listener, isOnce] of listeners) if (isOnce) listeners.delete(listener)
  }
  return { signal, abort, listeners: () => listeners.size }
}
