/**
 * Refusals happen under load and point at nothing in the caller's code, so none of these errors captures a stack:
 * that keeps them as cheap as an object.
 */
abstract class Refusal extends Error {
  abstract readonly code: string

  constructor(message: string, reason?: ErrorOptions) {
    const limit: unknown = Reflect.get(Error, 'stackTraceLimit')
    Reflect.set(Error, 'stackTraceLimit', 0)
    super(message, reason?.cause === undefined ? undefined : { cause: reason.cause })
    Reflect.set(Error, 'stackTraceLimit', limit)
  }
}

/** The queue has no room. `retryAfterMs` says when to try again, where that can be estimated. */
export class QueueFullError extends Refusal {
  readonly code = 'ERR_QUEUE_FULL'
  /** How long the present backlog will take, in ms; `undefined` when nothing has been measured. */
  readonly retryAfterMs: number | undefined

  constructor(queue: string, retryAfterMs?: number) {
    super(`queue "${queue}" is full`)
    this.retryAfterMs = retryAfterMs
  }

  override get name(): string {
    return 'QueueFullError'
  }
}

/** The queue is closed: it takes nothing more, and to a consumer: it has nothing more. */
export class QueueClosedError extends Refusal {
  readonly code = 'ERR_QUEUE_CLOSED'

  constructor(queue: string) {
    super(`queue "${queue}" is closed`)
  }

  override get name(): string {
    return 'QueueClosedError'
  }
}

/** An item with the same key is in the queue, or was acknowledged lately. */
export class DuplicateItemError extends Refusal {
  readonly code = 'ERR_DUPLICATE_ITEM'
  readonly key: string

  constructor(queue: string, key: string) {
    super(`queue "${queue}" already has an item with the key "${key}"`)
    this.key = key
  }

  override get name(): string {
    return 'DuplicateItemError'
  }
}

/** As many producers or consumers wait as `maxWaiting` allows. */
export class TooManyWaitingError extends Refusal {
  readonly code = 'ERR_TOO_MANY_WAITING'
  readonly maxWaiting: number

  constructor(queue: string, maxWaiting: number) {
    super(`${maxWaiting} already wait at queue "${queue}"`)
    this.maxWaiting = maxWaiting
  }

  override get name(): string {
    return 'TooManyWaitingError'
  }
}

/** A submitted item left the queue without having been worked on, or was settled by another consumer. */
export class ItemLostError extends Refusal {
  readonly code = 'ERR_ITEM_LOST'
  /** `dropped` to make room, `expired` before its turn, `cleared`, or `taken` by a consumer other than a pool. */
  readonly reason: 'cleared' | 'dropped' | 'expired' | 'taken'

  constructor(reason: 'cleared' | 'dropped' | 'expired' | 'taken') {
    super(`the item was ${reason} before a worker of the pool got it`)
    this.reason = reason
  }

  override get name(): string {
    return 'ItemLostError'
  }
}

/** A handler did not settle within `timeoutMs`. Also the reason of its aborted signal. */
export class HandlerTimeoutError extends Refusal {
  readonly code = 'ERR_HANDLER_TIMEOUT'
  readonly timeoutMs: number

  constructor(pool: string, timeoutMs: number) {
    super(`a handler of pool "${pool}" took longer than ${timeoutMs} ms`)
    this.timeoutMs = timeoutMs
  }

  override get name(): string {
    return 'HandlerTimeoutError'
  }
}

/**
 * An item was handed out more often than `maxDeliveries` allows and is given up without another run: the earlier ones ended
 * without a word, as when a process dies of it.
 */
export class TooManyDeliveriesError extends Refusal {
  readonly code = 'ERR_TOO_MANY_DELIVERIES'
  readonly maxDeliveries: number

  constructor(pool: string, maxDeliveries: number) {
    super(`an item of pool "${pool}" was handed out more than ${maxDeliveries} times`)
    this.maxDeliveries = maxDeliveries
  }

  override get name(): string {
    return 'TooManyDeliveriesError'
  }
}

/**
 * The lease of an item ran out, so the item may be in other hands: what was done under it must not count. A durable source
 * rejects with it what comes too late; in a pool it is the reason of the handler's aborted signal, and `cause` is what the
 * source said, where it said something.
 */
export class LeaseLostError extends Refusal {
  readonly code = 'ERR_LEASE_LOST'
  /** The attempt whose lease it was. */
  readonly attempt: number

  /** `owner` is the name of the queue or of the pool. */
  constructor(owner: string, attempt: number, reason?: ErrorOptions) {
    super(`the lease of attempt ${attempt} in "${owner}" is lost: it was not renewed in time`, reason)
    this.attempt = attempt
  }

  override get name(): string {
    return 'LeaseLostError'
  }
}

/** The pool was stopped before it could finish. `cause` is what the last attempt failed with, where there was one. */
export class PoolStoppedError extends Refusal {
  readonly code = 'ERR_POOL_STOPPED'

  constructor(pool: string, reason?: ErrorOptions) {
    super(`pool "${pool}" is stopped`, reason)
  }

  override get name(): string {
    return 'PoolStoppedError'
  }
}
