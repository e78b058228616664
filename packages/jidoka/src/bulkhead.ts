import {
  type ExecuteOptions,
  type Observable,
  type Policy,
  type WorkContext,
  checkInteger,
  checkObject,
} from '@tps/internal'
import { begin } from './begin.ts'
import { BulkheadFullError } from './bulkhead-full-error.ts'
import { CallContext } from './context.ts'
import { Emitting, type EmittingOptions } from './emitting.ts'
import { Line } from './line.ts'

/** What `bulkhead` is made with. */
export interface BulkheadOptions extends EmittingOptions {
  /** How many calls run at once. From 1. */
  readonly limit: number
  /** How many calls wait beyond those. What comes on top is refused. From 0. Default 0: nobody waits. */
  readonly queueCapacity?: number | undefined
}

/** A call was refused. */
export interface BulkheadFullEvent {
  readonly running: number
  readonly queued: number
}

/** The events of a `BulkheadPolicy`. */
export interface BulkheadEvents {
  rejected: [event: BulkheadFullEvent]
}

/** The readings of a bulkhead: plain JSON. */
export interface BulkheadSnapshot {
  readonly name: string
  readonly limit: number
  readonly queueCapacity: number
  readonly running: number
  readonly queued: number
  readonly totals: {
    /** Calls that were begun. */
    readonly admitted: number
    /** Calls that were refused. */
    readonly rejected: number
    /** Calls that were cancelled by their caller while they waited. */
    readonly cancelled: number
  }
}

/** A place in a bulkhead. `using` gives it back at the end of the block. */
export interface BulkheadSlot extends Disposable {
  /** Gives the place to whoever is next. Does nothing the second time. */
  release(): void
}

/** A policy that bounds how many calls run at once. */
export interface BulkheadPolicy extends Policy, Observable<BulkheadEvents> {
  readonly kind: 'bulkhead'
  /** A place for work that isn't one function, or `undefined` when there is none now. Never waits. */
  tryAcquire(): BulkheadSlot | undefined
  snapshot(): BulkheadSnapshot
}

/**
 * Bounds how many calls run at once, so that one slow dependency can't take everything. Those who find no room wait in
 * line up to `queueCapacity`, first come first served: newcomers never overtake, and what is in the line is never
 * refused any more. An abort by the caller ends the wait. How long one waits is bounded by a `timeout` around it.
 * A place is taken until the work ends; a `timeout` inside frees it even when its work runs on.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
export function bulkhead(options: BulkheadOptions): BulkheadPolicy {
  return new Bulkhead(checkObject('options', options))
}

class Bulkhead extends Emitting<BulkheadEvents> implements BulkheadPolicy {
  readonly kind = 'bulkhead'
  readonly #limit: number
  readonly #queueCapacity: number
  readonly #line = new Line<() => void>()
  #running = 0
  #admitted = 0
  #rejected = 0
  #cancelled = 0

  constructor(options: BulkheadOptions) {
    super(options, 'bulkhead')
    const { limit, queueCapacity = 0 } = options
    this.#limit = checkInteger('limit', limit, { min: 1 })
    this.#queueCapacity = checkInteger('queueCapacity', queueCapacity, { min: 0 })
  }

  execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T> {
    const signal = CallContext.peek(options)
    // oxlint-disable-next-line prefer-promise-reject-errors
    if (signal?.aborted) return Promise.reject(signal.reason)
    if (this.#enter()) return this.#run(work, options)
    if (this.#line.size >= this.#queueCapacity) return Promise.reject(this.#refuse())
    return new Promise((resolve, reject) => this.#queue(work, options, resolve, reject))
  }

  tryAcquire(): BulkheadSlot | undefined {
    if (!this.#enter()) {
      this.#tellRejected()
      return undefined
    }
    let isTaken = true
    const release = (): void => {
      if (isTaken) this.#leave()
      isTaken = false
    }
    return { release, [Symbol.dispose]: release }
  }

  snapshot(): BulkheadSnapshot {
    return {
      name: this.name,
      limit: this.#limit,
      queueCapacity: this.#queueCapacity,
      running: this.#running,
      queued: this.#line.size,
      totals: { admitted: this.#admitted, rejected: this.#rejected, cancelled: this.#cancelled },
    }
  }

  /** Takes a free place. There is none for newcomers while anybody waits: a place that is freed goes to the next in line. */
  #enter(): boolean {
    if (this.#running >= this.#limit) return false
    this.#running++
    this.#admitted++
    return true
  }

  #leave(): void {
    const next = this.#line.next()
    if (!next) {
      this.#running--
      return
    }
    this.#admitted++
    next()
  }

  #run<T>(work: (context: WorkContext) => T | PromiseLike<T>, options: ExecuteOptions | undefined): Promise<T> {
    return begin(work, new CallContext(options)).then(
      (value) => {
        this.#leave()
        return value
      },
      (error: unknown) => {
        this.#leave()
        throw error
      },
    )
  }

  #queue<T>(
    work: (context: WorkContext) => T | PromiseLike<T>,
    options: ExecuteOptions | undefined,
    resolve: (value: Promise<T>) => void,
    reject: (reason: unknown) => void,
  ): void {
    const signal = options?.signal
    const place = this.#line.join(() => {
      signal?.removeEventListener('abort', stop)
      resolve(this.#run(work, options))
    })
    const stop = (): void => {
      this.#line.leave(place)
      this.#cancelled++
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', stop, { once: true })
  }

  #refuse(): BulkheadFullError {
    const error = new BulkheadFullError(this.name, this.#running, this.#line.size)
    this.#tellRejected()
    return error
  }

  #tellRejected(): void {
    this.#rejected++
    if (this.isHeard('rejected')) this.emit('rejected', { running: this.#running, queued: this.#line.size })
  }
}
