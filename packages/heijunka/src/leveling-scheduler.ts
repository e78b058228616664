import { type Observable, SafeEmitter, checkFunction, printListenerError } from '@tps/internal'
import type { Demand } from './level-sequence.ts'
import type {
  LevelingSchedulerEvents,
  LevelingSchedulerSnapshot,
  MissedTaktsEvent,
  Release,
} from './leveling-scheduler-events.ts'
import {
  type LevelingSchedulerOptions,
  type SchedulerSettings,
  checkTaktMs,
  schedulerSettings,
} from './leveling-scheduler-options.ts'
import { LevelPlan, type Turn } from './leveling-scheduler-plan.ts'
import { Takt } from './leveling-scheduler-takt.ts'

/**
 * Begins work on a product. `false` says that nothing was begun: the turn stays the product's. A promise says that the
 * consumer is busy until it settles.
 */
export type ReleaseHandler<P extends string, T> = (release: Release<P, T>) => unknown

/**
 * The heijunka box: says which product to work on next, so that every product comes evenly over time in the proportion it is
 * wanted, and, once started, when: one product a takt. The order is that of `LevelSequence`, and so is its bound.
 *
 * A product that has no work at its turn is late: another stands in, so that no takt is lost while there is work, and the
 * turn is given back later. Takts in which nothing could be released are owed. Either is caught up by at most one release in
 * `catchUpTakts` takts: in the turn of a product that is ahead, or half a takt after a regular release, never two at once.
 */
export class LevelingScheduler<P extends string = string, T = undefined>
  implements Observable<LevelingSchedulerEvents<P, T>>, Iterable<Release<P, T>>, Disposable
{
  readonly name: string
  readonly #settings: SchedulerSettings
  readonly #events: SafeEmitter<LevelingSchedulerEvents<P, T>>
  readonly #plan: LevelPlan<P, T>
  #taktMs: number | undefined
  #handler: ReleaseHandler<P, T> | undefined
  #takt: Takt | undefined
  #isBusy = false
  /** Takts since something was last caught up. */
  #sinceCatchUp: number
  #behind = 0
  #released = 0
  #caughtUp = 0
  #idleTakts = 0
  #missedTakts = 0
  #rejected = 0

  /** @throws TypeError or RangeError when an option is wrong. */
  constructor(options: LevelingSchedulerOptions<P>) {
    const settings = schedulerSettings(options)
    this.#settings = settings
    this.name = settings.name
    this.#taktMs = settings.taktMs
    this.#sinceCatchUp = settings.catchUpTakts
    this.#events = new SafeEmitter(settings.onListenerError)
    this.#plan = new LevelPlan(options.demand, settings.queued, settings.maxLate)
  }

  get isRunning(): boolean {
    return this.#takt !== undefined
  }

  /**
   * Puts an item in for a product, or answers `false` at once: when `capacity` of its items wait, or it has no demand.
   * @throws TypeError when the scheduler isn't `queued`.
   */
  offer(product: P, item: T): boolean {
    if (!this.#settings.queued) throw new TypeError('queued must be true to offer items')
    const isIn = this.#plan.add(product, item, this.#settings.capacity)
    if (!isIn) this.#rejected++
    return isIn
  }

  /** Takes out and returns what waits for a product. Items of a product without demand wait until it has some, or for this. */
  withdraw(product: P): T[] {
    return this.#plan.withdraw(product)
  }

  /**
   * The next release, now, whatever the takt; `undefined` when there is no work. For consumers that pull; calls count as
   * takts for catching up. O(products).
   */
  next(): Release<P, T> | undefined {
    this.#sinceCatchUp++
    const turn = this.#plan.turn(this.#mayCatchUp())
    if (!turn) return undefined
    const release = this.#releaseOf(turn)
    this.#commit(turn, release)
    return release
  }

  /** Releases until there is no work: without end, unless it is `queued` or there is no demand. */
  *[Symbol.iterator](): Generator<Release<P, T>, void, undefined> {
    for (let release = this.next(); release; release = this.next()) yield release
  }

  /**
   * Goes on with another demand. The sequence stays smooth: what each product is ahead or behind is carried over, see
   * `LevelSequence.change`.
   * @throws TypeError or RangeError when a demand is wrong.
   */
  setDemand(demand: Demand<P>): void {
    this.#plan.change(demand)
    this.#events.emit('demand', { demand: { ...demand } })
  }

  /**
   * Changes the takt. When it runs, the next release comes one new takt from now.
   * @throws TypeError or RangeError when it isn't a number above 0.
   */
  setTaktMs(taktMs: number): void {
    this.#taktMs = checkTaktMs(taktMs)
    if (this.#takt) this.#run(taktMs)
  }

  /**
   * Calls `release` once a takt, the first time one takt from now. What it throws, or the promise it returns rejects with,
   * goes to `onListenerError`; the product counts as released. Does nothing when it runs already.
   * @throws TypeError without a takt.
   */
  start(release: ReleaseHandler<P, T>): this {
    checkFunction('release', release)
    if (this.#taktMs === undefined) throw new TypeError('taktMs must be set to start')
    if (this.#takt) return this
    this.#handler = release
    this.#run(this.#taktMs)
    return this
  }

  /** Gives the timer back. Nothing is owed for the time until the next `start`. */
  stop(): void {
    this.#takt?.stop()
    this.#takt = undefined
  }

  /** As `stop`. */
  [Symbol.dispose](): void {
    this.stop()
  }

  on<E extends keyof LevelingSchedulerEvents<P, T>>(
    event: E,
    listener: (...args: LevelingSchedulerEvents<P, T>[E]) => void,
  ): () => void {
    return this.#events.on(event, listener)
  }

  /** O(products). */
  snapshot(): LevelingSchedulerSnapshot {
    return {
      name: this.name,
      isRunning: this.isRunning,
      taktMs: this.#taktMs ?? null,
      released: this.#released,
      caughtUp: this.#caughtUp,
      idleTakts: this.#idleTakts,
      missedTakts: this.#missedTakts,
      behind: this.#behind,
      waiting: this.#plan.waiting,
      rejected: this.#rejected,
      products: this.#plan.readings(),
    }
  }

  #run(taktMs: number): void {
    this.#takt?.stop()
    const { clock, timers } = this.#settings
    this.#takt = new Takt(taktMs, clock, timers, {
      takt: (slept) => this.#onTakt(slept),
      wantsHalf: () => this.#behind > 0 && this.#mayCatchUp() && this.#plan.hasWork,
      half: () => this.#onHalf(),
    })
  }

  #onTakt(slept: number): void {
    if (slept > 0 && this.#plan.hasWork) this.#miss(slept, 'asleep')
    this.#sinceCatchUp++
    if (!this.#plan.hasWork) this.#idleTakts++
    else if (this.#isBusy || !this.#hand(this.#mayCatchUp())) this.#miss(1, 'busy')
  }

  /** A takt that is owed. It is caught up only here, so that two releases never come at once. */
  #onHalf(): void {
    if (this.#isBusy || !this.#plan.hasWork || !this.#hand(false)) return
    this.#behind--
    this.#countCatchUp()
  }

  #mayCatchUp(): boolean {
    return this.#sinceCatchUp >= this.#settings.catchUpTakts
  }

  #countCatchUp(): void {
    this.#caughtUp++
    this.#sinceCatchUp = 0
  }

  #miss(takts: number, reason: MissedTaktsEvent['reason']): void {
    this.#missedTakts += takts
    this.#behind = Math.min(this.#settings.maxLate, this.#behind + takts)
    if (this.#events.has('missedTakts')) this.#events.emit('missedTakts', { takts, reason, behind: this.#behind })
  }

  #releaseOf(turn: Turn<P>): Release<P, T> {
    return { product: turn.product, item: this.#plan.takeItem(turn.product) as T, reason: turn.reason }
  }

  /** Hands the consumer what is next. `false` when it took nothing. */
  #hand(mayCatchUp: boolean): boolean {
    const turn = this.#plan.turn(mayCatchUp) as Turn<P>
    const release = this.#releaseOf(turn)
    let answer: unknown
    try {
      answer = this.#handler?.(release)
      if (isThenable(answer)) this.#beBusyUntil(answer)
    } catch (error) {
      this.#report(error)
    }
    if (answer === false) {
      this.#plan.putBack(turn.product, release.item)
      return false
    }
    this.#commit(turn, release)
    return true
  }

  #beBusyUntil(work: PromiseLike<unknown>): void {
    this.#isBusy = true
    const free = (): void => {
      this.#isBusy = false
    }
    Promise.resolve(work).then(free, (error: unknown) => {
      free()
      this.#report(error)
    })
  }

  #commit(turn: Turn<P>, release: Release<P, T>): void {
    const passed = this.#plan.made(turn)
    this.#released++
    if (turn.reason === 'catch-up') this.#countCatchUp()
    if (passed !== undefined && this.#events.has('late'))
      this.#events.emit('late', { product: passed, late: this.#plan.lateOf(passed) })
    if (this.#events.has('release')) this.#events.emit('release', release)
  }

  #report(error: unknown): void {
    try {
      this.#settings.onListenerError(error, 'release')
    } catch (second) {
      printListenerError(second, 'release')
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function'
}
