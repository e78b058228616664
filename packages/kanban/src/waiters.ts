import type { Timer } from '@tps/internal'
import { type Abortable, unwatchAbort, watchAbort } from './abort-watch.ts'
import type { Entry, Slot } from './entry.ts'
import { Waiter } from './waiting-line.ts'

/** One who waits for a promise to settle, and may stop waiting by an `AbortSignal`. */
abstract class Waiting<V> extends Waiter implements Abortable {
  readonly promise: Promise<V>
  readonly #signal: AbortSignal | undefined
  readonly #onLeft: () => void
  #resolve!: (value: V) => void
  #reject!: (reason: unknown) => void

  constructor(signal: AbortSignal | undefined, onLeft: () => void) {
    super()
    this.#signal = signal
    this.#onLeft = onLeft
    this.promise = new Promise<V>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    if (signal) watchAbort(signal, this)
  }

  /** Its turn has come. It has left the line already. */
  protected succeed(value: V): void {
    if (this.#signal) unwatchAbort(this.#signal, this)
    this.#resolve(value)
  }

  /** Its turn will never come. */
  fail(reason: unknown): void {
    if (this.#signal) unwatchAbort(this.#signal, this)
    this.#reject(reason)
  }

  aborted(reason: unknown): void {
    if (!this.line?.leave(this)) return
    this.#reject(reason)
    this.#onLeft()
  }
}

/** Waits in `put` with its item. */
export class Producer<T> extends Waiting<void> {
  readonly slot: Slot<T>
  readonly lane: number

  constructor(slot: Slot<T>, lane: number, signal: AbortSignal | undefined, onLeft: () => void) {
    super(signal, onLeft)
    this.slot = slot
    this.lane = lane
  }

  admit(): void {
    this.succeed()
  }
}

/** Waits in `lease`. */
export class LeaseConsumer<T> extends Waiting<Entry<T>> {
  readonly kind = 'lease'

  receive(entry: Entry<T>): void {
    this.succeed(entry)
  }
}

/** Waits in `take`. */
export class TakeConsumer<T> extends Waiting<T> {
  readonly kind = 'take'

  receive(item: T): void {
    this.succeed(item)
  }
}

/** Waits in `takeBatch`. It keeps its place until it is served. What it has so far is on loan. */
export class BatchConsumer<T> extends Waiting<T[]> {
  readonly kind = 'batch'
  readonly max: number
  readonly waitMs: number
  readonly entries: Entry<T>[] = []
  /** Runs from its first item on. */
  timer: Timer | undefined

  constructor(max: number, waitMs: number, signal: AbortSignal | undefined, onLeft: (batch: BatchConsumer<T>) => void) {
    super(signal, () => onLeft(this))
    this.max = max
    this.waitMs = waitMs
  }

  get isFull(): boolean {
    return this.entries.length >= this.max
  }

  receive(items: T[]): void {
    this.succeed(items)
  }
}

/** Waits for an item. */
export type Consumer<T> = LeaseConsumer<T> | TakeConsumer<T> | BatchConsumer<T>

/** Waits in `whenBelow` or `whenDrained`. */
export class DepthWaiter extends Waiting<void> {
  release(): void {
    this.succeed()
  }
}
