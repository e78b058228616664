/**
 * The right to make one call. Exactly one of `success`, `failure` and `ignore` settles it; further calls do nothing.
 * With `using`, one that was not settled is ignored at the end of the block.
 */
export interface Permit extends Disposable {
  /** The call succeeded. The permit measures how long it took, from `tryAcquire` to here. */
  success(): void
  /** The call failed, with `error`. */
  failure(error?: unknown): void
  /** The call says nothing about the callee: its caller cancelled it, or it wasn't made. */
  ignore(): void
}

/** Settles the call that was admitted at `startMs` in `generation`. */
export type Settle = (
  generation: number,
  startMs: number,
  verdict: 'success' | 'failure' | 'ignore',
  cause?: unknown,
) => void

/** A permit that remembers when it was given and whether it was used. */
export class CallPermit implements Permit {
  readonly #generation: number
  readonly #startMs: number
  #settle: Settle | undefined

  constructor(settle: Settle, generation: number, startMs: number) {
    this.#settle = settle
    this.#generation = generation
    this.#startMs = startMs
  }

  success(): void {
    this.#use('success')
  }

  failure(error?: unknown): void {
    this.#use('failure', error)
  }

  ignore(): void {
    this.#use('ignore')
  }

  [Symbol.dispose](): void {
    this.#use('ignore')
  }

  #use(verdict: 'success' | 'failure' | 'ignore', cause?: unknown): void {
    const settle = this.#settle
    this.#settle = undefined
    settle?.(this.#generation, this.#startMs, verdict, cause)
  }
}
