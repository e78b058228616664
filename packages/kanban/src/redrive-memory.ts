import { type ListenerErrorHandler, printListenerError } from '@tps/internal'
import { Arrivals } from './arrivals.ts'

/** What is known of an item from before it was sent back. */
export interface Past {
  /** How many times it was sent back, this time included. */
  readonly redrives: number
  readonly errors: readonly unknown[]
  readonly attempts: number
  readonly firstAt: number
}

/** An item that was sent back and may die again. */
export interface Trace {
  readonly key: unknown
  readonly past: Past
  /** Its number among those remembered by keys; 0 for an object, which is remembered by itself. */
  readonly id: number
  /** Whether the target has taken the item; before that it is only being offered. */
  isOut: boolean
}

/**
 * Remembers which items were sent back, so that one that dies again is recognised. Under one key there can be several:
 * equal primitives, or an item that was submitted twice. The one sent back first is taken to be the one that died first.
 */
export class RedriveMemory<T> {
  readonly #keyBy: ((item: T) => unknown) | undefined
  readonly #capacity: number
  readonly #onListenerError: ListenerErrorHandler
  /** Objects are remembered as themselves, so that they can be collected. */
  readonly #byObject = new WeakMap<object, Set<Trace>>()
  readonly #byValue = new Map<unknown, Set<Trace>>()
  readonly #traces = new Arrivals<Trace>()
  #forgotten = 0

  constructor(keyBy: ((item: T) => unknown) | undefined, capacity: number, onListenerError: ListenerErrorHandler) {
    this.#keyBy = keyBy
    this.#capacity = capacity
    this.#onListenerError = onListenerError
  }

  /** How many are remembered by keys. */
  get size(): number {
    return this.#traces.size
  }

  /** Total of those forgotten for want of room. */
  get forgotten(): number {
    return this.#forgotten
  }

  /** Those remembered by keys, the one sent back longest ago first. */
  [Symbol.iterator](): IterableIterator<Trace> {
    return this.#traces[Symbol.iterator]()
  }

  /** An item is about to be sent back. */
  remember(item: T, past: Past): Trace {
    return this.rememberKey(this.#keyOf(item), past, false)
  }

  rememberKey(key: unknown, past: Past, isOut: boolean): Trace {
    const isByValue = !isObject(key)
    if (isByValue) this.#makeRoom()
    const trace: Trace = { key, past, id: isByValue ? this.#traces.nextId() : 0, isOut }
    if (isByValue) this.#traces.set(trace.id, trace)
    const list = this.#under(key)
    if (list) list.add(trace)
    else if (isObject(key)) this.#byObject.set(key, new Set([trace]))
    else this.#byValue.set(key, new Set([trace]))
    return trace
  }

  /** An item has died: what is known of it if it was sent back, which ends there. */
  recall(item: T): Past | undefined {
    const [trace] = this.#under(this.#keyOf(item)) ?? []
    if (trace) this.forget(trace)
    return trace?.past
  }

  /** The item was not sent after all, or it was done. */
  forget(trace: Trace): void {
    const { key } = trace
    const list = this.#under(key)
    if (!list?.delete(trace)) return
    this.#traces.delete(trace.id)
    if (list.size > 0) return
    if (isObject(key)) this.#byObject.delete(key)
    else this.#byValue.delete(key)
  }

  #makeRoom(): void {
    if (this.#traces.size < this.#capacity) return
    const oldest = this.#traces.oldest()
    const trace = oldest === undefined ? undefined : this.#traces.get(oldest)
    if (!trace) return
    this.forget(trace)
    this.#forgotten++
  }

  #under(key: unknown): Set<Trace> | undefined {
    return isObject(key) ? this.#byObject.get(key) : this.#byValue.get(key)
  }

  #keyOf(item: T): unknown {
    try {
      return this.#keyBy ? this.#keyBy(item) : item
    } catch (error) {
      try {
        this.#onListenerError(error, 'keyBy')
      } catch (second) {
        printListenerError(second, 'keyBy')
      }
      return item
    }
  }
}

function isObject(key: unknown): key is object {
  return (typeof key === 'object' && key !== null) || typeof key === 'function'
}
