import type { Timers } from '@tps/internal'

/**
 * Runs `work` once. Ends when it does, when `controller` aborts, and after `timeoutMs`, which aborts the controller.
 * Work that ignores its signal gives its place back all the same: one send that hangs must not stop a channel.
 */
export async function tryOnce(
  work: (signal: AbortSignal) => void | Promise<void>,
  controller: AbortController,
  timers: Timers,
  timeout: { readonly ms: number; readonly reason: () => unknown },
): Promise<void> {
  const { signal } = controller
  signal.throwIfAborted()
  const ended = Promise.withResolvers<never>()
  const onAbort = (): void => ended.reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  const timer =
    timeout.ms === Infinity ? undefined : timers.schedule(timeout.ms, () => controller.abort(timeout.reason()))
  try {
    await Promise.race([work(signal), ended.promise])
  } finally {
    timer?.cancel()
    signal.removeEventListener('abort', onAbort)
  }
}

/** A field of an error that may be anything. */
export function readField(error: unknown, field: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, field) : undefined
}
