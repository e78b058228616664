/** Something that ends when a signal aborts. */
export interface Abortable {
  aborted(reason: unknown): void
}

interface Watch {
  readonly targets: Set<Abortable>
  readonly listener: () => void
}

const watches = new WeakMap<AbortSignal, Watch>()

/**
 * Calls `target.aborted` once when `signal` aborts. However many targets share a signal, it gets one listener: adding
 * one each would make the platform search its list every time.
 */
export function watchAbort(signal: AbortSignal, target: Abortable): void {
  const watch = watches.get(signal)
  if (watch) {
    watch.targets.add(target)
    return
  }
  const targets = new Set([target])
  const listener = (): void => {
    watches.delete(signal)
    for (const each of targets) each.aborted(signal.reason)
  }
  watches.set(signal, { targets, listener })
  signal.addEventListener('abort', listener, { once: true })
}

/** Takes `target` off; the listener goes with the last one. */
export function unwatchAbort(signal: AbortSignal, target: Abortable): void {
  const watch = watches.get(signal)
  if (!watch?.targets.delete(target) || watch.targets.size > 0) return
  watches.delete(signal)
  signal.removeEventListener('abort', watch.listener)
}
