import type { Timers } from '@tps/internal'

/** It took longer than `timeoutMs`. */
export class ScalingTimeoutError extends Error {
  override readonly name = 'ScalingTimeoutError'
  readonly code = 'ERR_SCALING_TIMEOUT'
  /** What took so long. */
  readonly operation: 'read' | 'scale'
  readonly timeoutMs: number

  constructor(operation: 'read' | 'scale', timeoutMs: number) {
    super(`${operation} took longer than ${timeoutMs} ms`)
    this.operation = operation
    this.timeoutMs = timeoutMs
  }
}

/** What came of a call of the user's. */
export type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }

/**
 * Calls `work` and waits for it, `timeoutMs` at the most. Never throws. `stopped` ends the wait as well, with its reason.
 * What comes later is nobody's.
 */
export async function attempt<T>(
  operation: 'read' | 'scale',
  work: (signal: AbortSignal) => T | PromiseLike<T>,
  {
    timeoutMs,
    timers,
    stopped,
  }: { readonly timeoutMs: number; readonly timers: Timers; readonly stopped: AbortSignal },
): Promise<Attempt<T>> {
  const controller = new AbortController()
  return await new Promise<Attempt<T>>((resolve) => {
    const end = (result: Attempt<T>): void => {
      timer.cancel()
      stopped.removeEventListener('abort', stop)
      resolve(result)
    }
    const giveUp = (error: unknown): void => {
      end({ ok: false, error })
      controller.abort(error)
    }
    const stop = (): void => giveUp(stopped.reason)
    const timer = timers.schedule(timeoutMs, () => giveUp(new ScalingTimeoutError(operation, timeoutMs)))
    stopped.addEventListener('abort', stop)
    void (async () => {
      try {
        end({ ok: true, value: await work(controller.signal) })
      } catch (error) {
        end({ ok: false, error })
      }
    })()
  })
}
