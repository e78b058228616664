import { CordFullError } from './cord-error.ts'

interface Waiter {
  readonly resolve: () => void
  readonly stopListening: () => void
}

/** Who waits for a cord to be released. */
export class CordWaiters {
  readonly #cord: string
  readonly #max: number
  readonly #waiting = new Set<Waiter>()

  constructor(cord: string, max: number) {
    this.#cord = cord
    this.#max = max
  }

  get size(): number {
    return this.#waiting.size
  }

  /** Waits until `releaseAll`; `undefined` when there is no room. */
  wait(signal: AbortSignal | undefined): Promise<void> | undefined {
    if (this.#waiting.size >= this.#max) return undefined
    return new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        this.#waiting.delete(waiter)
        reject(signal?.reason as Error)
      }
      const waiter: Waiter = { resolve, stopListening: () => signal?.removeEventListener('abort', abort) }
      this.#waiting.add(waiter)
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  /** What tells that there was no room. */
  refusal(): CordFullError {
    return new CordFullError(this.#cord, 'maxWaiting', this.#max)
  }

  releaseAll(): void {
    for (const { resolve, stopListening } of this.#waiting) {
      stopListening()
      resolve()
    }
    this.#waiting.clear()
  }
}
