interface Watched<T> {
  readonly items: Set<T>
  readonly onAbort: () => void
}

/** Tells each item when its signal aborts, with one listener a signal: Node searches all of them to take one away. */
export class SignalWatch<T> {
  readonly #onAbort: (item: T, reason: unknown) => void
  readonly #signals = new Map<AbortSignal, Watched<T>>()
  readonly #signalOf = new Map<T, AbortSignal>()

  constructor(onAbort: (item: T, reason: unknown) => void) {
    this.#onAbort = onAbort
  }

  add(signal: AbortSignal, item: T): void {
    this.#signalOf.set(item, signal)
    let watched = this.#signals.get(signal)
    if (!watched) {
      const items = new Set<T>()
      watched = { items, onAbort: () => this.#tell(signal, items) }
      this.#signals.set(signal, watched)
      signal.addEventListener('abort', watched.onAbort, { once: true })
    }
    watched.items.add(item)
  }

  delete(item: T): void {
    const signal = this.#signalOf.get(item)
    const watched = signal && this.#signals.get(signal)
    this.#signalOf.delete(item)
    if (!watched) return
    watched.items.delete(item)
    if (watched.items.size > 0) return
    this.#signals.delete(signal)
    signal.removeEventListener('abort', watched.onAbort)
  }

  #tell(signal: AbortSignal, items: ReadonlySet<T>): void {
    for (const item of items) this.#onAbort(item, signal.reason)
  }
}
