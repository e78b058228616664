import type { Stock, Victim } from './line.ts'

/** What is thrown out and which end is served while a line is overloaded. One for each line: it has a state. */
export interface OverloadControl {
  /** The line was empty until now. */
  began(nowMs: number): void
  /** Moves what must not be handed out any more from the line to `shed`. */
  shed<T>(stock: Stock<T>, nowMs: number, shed: Victim<T>[]): void
  /** Whether the newest is handed out rather than the oldest. */
  prefersNewest(nowMs: number): boolean
}

/** What overload control is made with. */
export interface Overload {
  readonly drop: 'codel' | 'controlled-delay' | 'none'
  readonly order: 'fifo' | 'adaptive-lifo'
  readonly targetMs: number
  readonly intervalMs: number
}

/** Makes the control of one line. */
export function overloadControl(overload: Overload): OverloadControl {
  if (overload.drop === 'codel') return new Codel(overload)
  return new ControlledDelay(overload)
}

/** Knows since when a line has not been empty. */
abstract class Standing {
  protected readonly targetMs: number
  protected readonly intervalMs: number
  readonly #isAdaptiveLifo: boolean
  #emptyUntil = 0

  constructor({ targetMs, intervalMs, order }: Overload) {
    this.targetMs = targetMs
    this.intervalMs = intervalMs
    this.#isAdaptiveLifo = order === 'adaptive-lifo'
  }

  began(nowMs: number): void {
    this.#emptyUntil = nowMs
  }

  /**
   * Adaptive LIFO: first in, first out as long as the line empties now and then, newest first once it has not been empty
   * for an interval. Those that came last are the ones whose callers still wait.
   * Source: B. Maurer, "Fail at Scale", ACM Queue 13(8), 2015.
   */
  prefersNewest(nowMs: number): boolean {
    return this.#isAdaptiveLifo && this.isStanding(nowMs)
  }

  /** Whether the line, not empty since, had not been empty for an interval at `atMs`. */
  protected isStanding(atMs: number): boolean {
    return atMs - this.#emptyUntil > this.intervalMs
  }
}

/**
 * CoDel: while even the shortest wait of an interval is above the target, throws out one item after the other, at a rate
 * that grows with the square root of how many it took. A line of two is left alone. In a line served newest first the
 * wait is that of the oldest, and the oldest is thrown out.
 * Source: RFC 8289, section 5, with its resumption of the former rate (`delta`).
 */
class Codel extends Standing implements OverloadControl {
  /** When the wait will have been above the target for an interval; `undefined` while it is below. */
  #aboveSince: number | undefined
  #isDropping = false
  #nextDropMs = 0
  #count = 0
  #lastCount = 0

  override began(nowMs: number): void {
    super.began(nowMs)
    this.#aboveSince = undefined
  }

  shed<T>(stock: Stock<T>, nowMs: number, shed: Victim<T>[]): void {
    let mayDrop = this.#mayDrop(stock, nowMs)
    if (!this.#isDropping) {
      if (!mayDrop) return
      shed.push({ slot: stock.shift(), which: 'oldest' })
      this.#mayDrop(stock, nowMs)
      this.#enter(nowMs)
      return
    }
    while (mayDrop && nowMs >= this.#nextDropMs) {
      shed.push({ slot: stock.shift(), which: 'oldest' })
      this.#count++
      mayDrop = this.#mayDrop(stock, nowMs)
      if (mayDrop) this.#nextDropMs = this.#after(this.#nextDropMs)
    }
    this.#isDropping = mayDrop
  }

  /** `dodequeue` of the RFC, before the packet leaves. */
  #mayDrop<T>(stock: Stock<T>, nowMs: number): boolean {
    if (stock.size <= 2 || nowMs - stock.oldestAt < this.targetMs) {
      this.#aboveSince = undefined
      return false
    }
    this.#aboveSince ??= nowMs
    return nowMs - this.#aboveSince >= this.intervalMs
  }

  /** Soon after it last dropped, the rate that controlled the line then is a good one to begin with. */
  #enter(nowMs: number): void {
    this.#isDropping = true
    const delta = this.#count - this.#lastCount
    this.#count = delta > 1 && nowMs - this.#nextDropMs < 16 * this.intervalMs ? delta : 1
    this.#nextDropMs = this.#after(nowMs)
    this.#lastCount = this.#count
  }

  /** The control law. */
  #after(ms: number): number {
    return ms + this.intervalMs / Math.sqrt(this.#count)
  }
}

/**
 * Controlled delay: an item may wait for an interval, or only for the target if the line had not been empty for an
 * interval when it came. With `drop: 'none'` it throws nothing out and only chooses the end.
 * Source: B. Maurer, "Fail at Scale", ACM Queue 13(8), 2015, where the target is called M and the interval N.
 */
class ControlledDelay extends Standing implements OverloadControl {
  readonly #drops: boolean

  constructor(overload: Overload) {
    super(overload)
    this.#drops = overload.drop === 'controlled-delay'
  }

  shed<T>(stock: Stock<T>, nowMs: number, shed: Victim<T>[]): void {
    if (!this.#drops) return
    while (stock.size > 0 && this.#isLate(stock.oldestAt, nowMs)) shed.push({ slot: stock.shift(), which: 'oldest' })
    if (!this.prefersNewest(nowMs)) return
    while (stock.size > 0 && this.#isLate(stock.newestAt, nowMs)) shed.push({ slot: stock.pop(), which: 'newest' })
  }

  #isLate(at: number, nowMs: number): boolean {
    return nowMs - at > (this.isStanding(at) ? this.targetMs : this.intervalMs)
  }
}
