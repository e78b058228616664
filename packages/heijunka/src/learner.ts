import type { Clock, ListenerErrorHandler } from '@tps/internal'
import { guarded, isSlow } from './callbacks.ts'
import type { Entry } from './entry.ts'
import type { ItemClassifier } from './item-classifier.ts'

/** Tells a classifier how long items take, and which take longer than a fast one may. */
export class Learner<T> {
  readonly #classifier: ItemClassifier<T>
  readonly #clock: Clock
  readonly #onListenerError: ListenerErrorHandler
  readonly #slowMs: number
  /** What is in progress as fast work, the longest first. */
  readonly #running = new Set<Entry<T>>()

  constructor(classifier: ItemClassifier<T>, clock: Clock, onListenerError: ListenerErrorHandler) {
    this.#classifier = classifier
    this.#clock = clock
    this.#onListenerError = onListenerError
    this.#slowMs = classifier.slowMs ?? Number.POSITIVE_INFINITY
  }

  /** What it says of an item now. */
  isSlow(item: T): boolean {
    return this.#guarded(false, () => isSlow(this.#classifier.classify(item)))
  }

  started(entry: Entry<T>): void {
    entry.sinceMs = this.#clock.now()
    if (!entry.isSlow && this.#slowMs !== Number.POSITIVE_INFINITY) this.#running.add(entry)
  }

  ended(entry: Entry<T>, isDone: boolean): void {
    this.#running.delete(entry)
    if (isDone) this.#guarded(undefined, () => this.#classifier.record?.(entry.item, this.#clock.now() - entry.sinceMs))
  }

  /** Takes those that have overrun since it was asked last: no longer fast work. O(1) when there are none. */
  *overrun(): Generator<Entry<T>, void, undefined> {
    if (this.#running.size === 0) return
    const nowMs = this.#clock.now()
    for (const entry of this.#running) {
      const ms = nowMs - entry.sinceMs
      if (ms <= this.#slowMs) return
      this.#running.delete(entry)
      this.#guarded(undefined, () => this.#classifier.overran?.(entry.item, ms))
      yield entry
    }
  }

  #guarded<A>(otherwise: A, question: () => A): A {
    return guarded(this.#onListenerError, 'classify', otherwise, question)
  }
}
