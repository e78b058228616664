import { type Clock, type ListenerErrorHandler, Ring } from '@tps/internal'
import { guarded, isSlow } from './callbacks.ts'
import type { Entry } from './entry.ts'
import type { ItemClassifier } from './item-classifier.ts'

/** Ended ones are not worth looking for below this many. */
const FEW = 64

/** Tells a classifier how long items take, and which take longer than a fast one may. */
export class Learner<T> {
  readonly #classifier: ItemClassifier<T>
  readonly #clock: Clock
  readonly #onListenerError: ListenerErrorHandler
  readonly #slowMs: number
  /** What was handed out as fast work, the longest ago first: some of it has ended. */
  #running = new Ring<Entry<T>>()
  /** How many of those have not. */
  #unended = 0

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
    if (entry.isSlow || this.#slowMs === Number.POSITIVE_INFINITY) return
    if (this.#running.size > FEW + 2 * this.#unended) this.#forgetEnded()
    this.#running.push(entry)
    this.#unended++
  }

  ended(entry: Entry<T>, isDone: boolean): void {
    if (!entry.isSlow) this.#unended = Math.max(0, this.#unended - 1)
    if (isDone) this.#guarded(undefined, () => this.#classifier.record?.(entry.item, this.#elapsedMs(entry)))
  }

  /** Takes the next that has overrun: it is no longer fast work, which is for the caller to see to. */
  nextOverrun(): Entry<T> | undefined {
    let entry = this.#running.peek()
    for (; entry !== undefined && !entry.isLeased; entry = this.#running.peek()) this.#running.shift()
    if (entry === undefined) return undefined
    if (this.#elapsedMs(entry) <= this.#slowMs) return undefined
    this.#running.shift()
    this.#unended--
    return entry
  }

  /** Tells the classifier of one that has overrun. */
  overran(entry: Entry<T>): void {
    this.#guarded(undefined, () => this.#classifier.overran?.(entry.item, this.#elapsedMs(entry)))
  }

  #forgetEnded(): void {
    const running = new Ring<Entry<T>>()
    for (const entry of this.#running) if (entry.isLeased) running.push(entry)
    this.#running = running
  }

  #elapsedMs({ sinceMs }: Entry<T>): number {
    return this.#clock.now() - sinceMs
  }

  #guarded<A>(otherwise: A, question: () => A): A {
    return guarded(this.#onListenerError, 'classify', otherwise, question)
  }
}
