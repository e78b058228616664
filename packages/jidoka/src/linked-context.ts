import type { ExecuteOptions } from '@tps/internal'
import { CallContext } from './context.ts'

/**
 * A context whose signal aborts with the caller's or by `abort`, whichever comes first. Only a signal that is read is
 * made, and only then is there a listener on the caller's; `release` takes that away.
 */
export class LinkedContext extends CallContext {
  #options: ExecuteOptions | undefined
  #controller: AbortController | undefined
  #unfollow: (() => void) | undefined
  #aborted: { readonly reason: unknown } | undefined

  constructor(options: ExecuteOptions | undefined) {
    super(options)
    this.#options = options
  }

  override get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController()
      if (this.#aborted) this.#controller.abort(this.#aborted.reason)
      else this.#follow(this.#options?.signal)
    }
    return this.#controller.signal
  }

  protected override peekSignal(): AbortSignal | undefined {
    return this.#controller || this.#aborted ? this.signal : super.peekSignal()
  }

  /** Aborts with `reason`, now and for whoever reads the signal later. */
  abort(reason: unknown): void {
    this.#aborted ??= { reason }
    this.release()
    this.#controller?.abort(reason)
  }

  /** The call has ended: the caller's signal doesn't matter any more. */
  release(): void {
    this.#options = undefined
    this.#unfollow?.()
    this.#unfollow = undefined
  }

  #follow(signal: AbortSignal | undefined): void {
    if (!signal) return
    if (signal.aborted) {
      this.#controller?.abort(signal.reason)
      return
    }
    const pass = (): void => this.abort(signal.reason)
    signal.addEventListener('abort', pass)
    this.#unfollow = () => signal.removeEventListener('abort', pass)
  }
}
