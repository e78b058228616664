import { type Lease, Ring } from '@tps/internal'
import { TooManyWaitersError } from './errors.ts'

class Waiter<T> {
  readonly worker: number | undefined
  readonly #resolve: (lease: Lease<T>) => void
  readonly #reject: (reason: unknown) => void
  readonly #signal: AbortSignal | undefined
  readonly #onAbort: (() => void) | undefined

  constructor(
    worker: number | undefined,
    resolve: (lease: Lease<T>) => void,
    reject: (reason: unknown) => void,
    signal: AbortSignal | undefined,
    leave: (waiter: Waiter<T>) => void,
  ) {
    this.worker = worker
    this.#resolve = resolve
    this.#reject = reject
    this.#signal = signal
    if (!signal) return
    this.#onAbort = () => {
      leave(this)
      this.reject(signal.reason)
    }
    signal.addEventListener('abort', this.#onAbort)
  }

  resolve(lease: Lease<T>): void {
    this.#unlisten()
    this.#resolve(lease)
  }

  reject(reason: unknown): void {
    this.#unlisten()
    this.#reject(reason)
  }

  #unlisten(): void {
    if (this.#onAbort) this.#signal?.removeEventListener('abort', this.#onAbort)
  }
}

/** Leases that wait for work, first come, first served. */
export class WaitingLine<T> {
  readonly #waiters = new Ring<Waiter<T>>()
  readonly #name: string
  readonly #max: number
  #rejected = 0

  constructor(name: string, max: number) {
    this.#name = name
    this.#max = max
  }

  /** How many found no room to wait. */
  get rejected(): number {
    return this.#rejected
  }

  get size(): number {
    return this.#waiters.size
  }

  /** Waits as `worker`, or as anyone, until work comes or `signal` aborts. */
  join(worker: number | undefined, signal: AbortSignal | undefined): Promise<Lease<T>> {
    if (this.#waiters.size >= this.#max) {
      this.#rejected++
      return Promise.reject(new TooManyWaitersError(this.#name, this.#max))
    }
    return new Promise((resolve, reject) => {
      const leave = (waiter: Waiter<T>): void => void this.#waiters.remove((other) => other === waiter)
      this.#waiters.push(new Waiter(worker, resolve, reject, signal, leave))
    })
  }

  /** Gives what `take` finds to the first for whom it finds something. Returns whether it found anything. */
  serve(take: (worker: number | undefined) => Lease<T> | undefined): boolean {
    let lease: Lease<T> | undefined
    const served = this.#waiters.remove(({ worker }) => (lease = take(worker)) !== undefined)
    if (lease) served?.resolve(lease)
    return served !== undefined
  }

  /** Rejects those whose worker is `from` or above. */
  rejectFrom(from: number, errorOf: (worker: number) => Error): void {
    for (const waiter of this.#waiters.drain()) {
      if (waiter.worker === undefined || waiter.worker < from) this.#waiters.push(waiter)
      else waiter.reject(errorOf(waiter.worker))
    }
  }

  rejectAll(errorOf: () => Error): void {
    for (const waiter of this.#waiters.drain()) waiter.reject(errorOf())
  }
}
