import type { AlertNotification } from './channel.ts'

/** Something to send, and how. */
export interface Errand {
  /** `undefined` for what is no notification. That is never folded into a digest, and not counted. */
  readonly notification: AlertNotification | undefined
  readonly isUrgent: boolean
  /** Somebody relies on it: it is taken beyond the capacity and never dropped. */
  readonly isOwed: boolean
  /** How often it is tried in all. */
  readonly attempts: number
  readonly run: (signal: AbortSignal) => void | Promise<void>
}

/** An errand on its way. It is in one place at a time, which `leave` takes it out of. */
export class Item {
  readonly errand: Errand
  readonly done: Promise<void>
  tries = 0
  isSending = false
  /** A try has failed in a way that does not say whether it arrived. */
  mayHaveArrived = false
  leave: (reason?: unknown) => void = () => {}
  readonly #resolve: () => void
  readonly #reject: (error: unknown) => void

  constructor(errand: Errand) {
    this.errand = errand
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.done = promise
    this.#resolve = resolve
    this.#reject = reject
  }

  settle(failure?: Failure): void {
    this.leave(failure?.error)
    if (failure) this.#reject(failure.error)
    else this.#resolve()
  }
}

export interface Failure {
  readonly error: unknown
}
