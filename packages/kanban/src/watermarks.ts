import type { SafeEmitter } from '@tps/internal'
import type { QueueEvents } from './queue-events.ts'
import { DepthWaiter } from './waiters.ts'
import { WaitingLine } from './waiting-line.ts'

/** Where the depth is watched. */
export interface Marks {
  readonly high: number
  readonly low: number
}

/** Tells when the depth rises to the high mark, falls to the low one, or below what somebody waits for. */
export class Watermarks {
  readonly #marks: Marks
  readonly #emitter: SafeEmitter<Pick<QueueEvents<never>, 'high' | 'low'>>
  /** Those that wait, by the depth they wait to get below. */
  readonly #lines = new Map<number, WaitingLine<DepthWaiter>>()
  readonly #onChange: () => void
  readonly #forDrained = new WaitingLine<DepthWaiter>()
  #isHigh = false
  /** Concerns somebody: a depth of at least this. */
  risesAt: number
  /** Concerns somebody: a depth below this. */
  fallsBelow = 0

  /** `onChange` is called when `risesAt` or `fallsBelow` may have changed. */
  constructor(marks: Marks, emitter: SafeEmitter<Pick<QueueEvents<never>, 'high' | 'low'>>, onChange: () => void) {
    this.#onChange = onChange
    this.#marks = marks
    this.#emitter = emitter
    this.risesAt = marks.high
  }

  /** How many wait. */
  get waiting(): number {
    let waiting = this.#forDrained.size
    for (const line of this.#lines.values()) waiting += line.size
    return waiting
  }

  get someAwaitDrained(): boolean {
    return this.#forDrained.size > 0
  }

  whenBelow(depth: number, signal: AbortSignal | undefined): Promise<void> {
    let line = this.#lines.get(depth)
    if (!line) this.#lines.set(depth, (line = new WaitingLine()))
    const waiter = new DepthWaiter(signal, () => this.#left(depth))
    line.join(waiter)
    this.#watch()
    return waiter.promise
  }

  whenDrained(signal: AbortSignal | undefined): Promise<void> {
    const waiter = new DepthWaiter(signal, this.#watch)
    this.#forDrained.join(waiter)
    this.#watch()
    return waiter.promise
  }

  rose(depth: number): void {
    if (this.#isHigh || depth < this.#marks.high) return
    this.#isHigh = true
    this.#watch()
    if (this.#emitter.has('high')) this.#emitter.emit('high', { depth })
  }

  fell(depth: number, isDrained: boolean): void {
    for (const [below, line] of this.#lines) {
      if (depth >= below) continue
      this.#lines.delete(below)
      release(line)
    }
    if (isDrained) release(this.#forDrained)
    const isLow = this.#isHigh && depth <= this.#marks.low
    if (isLow) this.#isHigh = false
    this.#watch()
    if (isLow && this.#emitter.has('low')) this.#emitter.emit('low', { depth })
  }

  #left(depth: number): void {
    if (this.#lines.get(depth)?.size === 0) this.#lines.delete(depth)
    this.#watch()
  }

  readonly #watch = (): void => {
    this.risesAt = this.#isHigh ? Number.POSITIVE_INFINITY : this.#marks.high
    this.fallsBelow = Math.max(this.#isHigh ? this.#marks.low + 1 : 0, this.#forDrained.size > 0 ? 1 : 0)
    for (const below of this.#lines.keys()) this.fallsBelow = Math.max(this.fallsBelow, below)
    this.#onChange()
  }
}

function release(line: WaitingLine<DepthWaiter>): void {
  for (let waiter = line.shift(); waiter; waiter = line.shift()) waiter.release()
}
