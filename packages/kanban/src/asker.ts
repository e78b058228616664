import { type Abortable, unwatchAbort, watchAbort } from './abort-watch.ts'
import { Waiter } from './waiting-line.ts'

/** One who waits for an answer, and may stop waiting by an `AbortSignal`. */
export class Asker<V> extends Waiter implements Abortable {
  readonly promise: Promise<V>
  readonly #signal: AbortSignal | undefined
  readonly #onLeft: (() => void) | undefined
  #resolve!: (value: V) => void
  #reject!: (reason: unknown) => void

  /** `onLeft` is called when it gave up waiting. */
  constructor(signal?: AbortSignal, onLeft?: () => void) {
    super()
    this.#signal = signal
    this.#onLeft = onLeft
    this.promise = new Promise<V>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    if (signal) watchAbort(signal, this)
  }

  succeed(value: V): void {
    this.#end()
    this.#resolve(value)
  }

  fail(reason: unknown): void {
    this.#end()
    this.#reject(reason)
  }

  aborted(reason: unknown): void {
    if (!this.line) return
    this.fail(reason)
    this.#onLeft?.()
  }

  #end(): void {
    this.line?.leave(this)
    if (this.#signal) unwatchAbort(this.#signal, this)
  }
}
