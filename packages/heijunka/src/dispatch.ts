import { type Lease, type LeaseOptions, Rate, type SafeEmitter } from '@tps/internal'
import { type Traits, interviewer } from './callbacks.ts'
import { Delays } from './delays.ts'
import { Entry, type Settlement } from './entry.ts'
import { LaneRemovedError, LevelerClosedError } from './errors.ts'
import type { LoadLevelerEvents } from './events.ts'
import type { Learner } from './learner.ts'
import type { Settings } from './options.ts'
import type { Placement } from './placement.ts'
import { TurnClock } from './turn-clock.ts'
import { WaitingLine } from './waiting-line.ts'

/**
 * Where offers, what waits, workers that wait and leases that end meet. Between two calls this holds: no worker waits
 * while there is something that it may have.
 */
export class Dispatch<T> implements Settlement<T> {
  readonly waiters: WaitingLine<T>
  readonly delays: Delays<T>
  readonly clock: TurnClock
  readonly enqueued: Rate = new Rate()
  readonly dequeued: Rate = new Rate()
  isClosed = false
  /** How many lanes there are. */
  workers: number
  inProgress = 0
  rejected = 0
  deadLettered = 0
  overran = 0
  readonly #settings: Settings<T>
  readonly #events: SafeEmitter<LoadLevelerEvents<T>>
  readonly #interview: (item: T) => Traits
  readonly #placement: Placement<T>
  readonly #learner: Learner<T> | undefined
  readonly #wake: (() => void) | undefined
  #order = 0

  /** `wake`, where there is one, is called when something has come to wait. */
  constructor(
    settings: Settings<T>,
    events: SafeEmitter<LoadLevelerEvents<T>>,
    placement: Placement<T>,
    learner: Learner<T> | undefined,
    wake: (() => void) | undefined,
  ) {
    this.#settings = settings
    this.#events = events
    this.#interview = interviewer(settings)
    this.#placement = placement
    this.#wake = wake
    this.#learner = learner
    this.workers = settings.workers
    this.waiters = new WaitingLine(settings.name, settings.maxWaiters)
    this.delays = new Delays(settings.timers)
    this.clock = new TurnClock(settings.clock)
  }

  /** How many items wait, delayed retries included. */
  get depth(): number {
    return this.#placement.size + this.delays.size
  }

  offer(item: T): boolean {
    const { capacity } = this.#settings
    if (this.isClosed || (this.waiters.size === 0 && this.depth >= capacity)) return this.#refuse()
    const { weight, isSlow, key } = this.#interview(item)
    // Where there is no room it must go to a waiting worker at once, and can't while another one of its key is there.
    if (key !== undefined && this.depth >= capacity && this.#placement.has(key)) return this.#refuse()
    const entry = new Entry(item, 1, weight, isSlow, this)
    const nowMs = this.#wait(entry, key)
    if (!entry.isLeased && this.depth > capacity) {
      this.#placement.withdraw(entry)
      return this.#refuse()
    }
    this.enqueued.add(nowMs)
    return true
  }

  take(worker: number | undefined): Lease<T> | undefined {
    return this.#placement.size === 0 ? undefined : this.#start(worker, this.#settings.steal)
  }

  lease(worker: number | undefined, { signal }: LeaseOptions = {}): Lease<T> | Promise<Lease<T>> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error)
    const { name } = this.#settings
    if (worker !== undefined && worker >= this.workers) return Promise.reject(new LaneRemovedError(name, worker))
    const lease = this.take(worker)
    if (lease) return lease
    if (this.#isDone()) return Promise.reject(new LevelerClosedError(name))
    return this.waiters.join(worker, signal)
  }

  /** Hands out what may be handed out to those who wait: their own first, then what can be stolen. */
  serve(): void {
    const { steal, strategy } = this.#settings
    while (this.waiters.size > 0 && this.#placement.size > 0) {
      if (this.waiters.serve(this.#takeOwn)) continue
      if (!steal || strategy === 'shared' || !this.waiters.serve(this.#takeAny)) return
    }
  }

  resize(workers: number): void {
    this.workers = workers
    this.#placement.resize(workers)
    this.waiters.rejectFrom(workers, (lane) => new LaneRemovedError(this.#settings.name, lane))
    this.serve()
  }

  close(): void {
    this.isClosed = true
    this.#rejectWhenDone()
  }

  /** Closes it; delayed retries wait no longer. */
  stop(): void {
    this.isClosed = true
    for (const entry of this.delays.stop()) this.#wait(entry, undefined)
    this.#rejectWhenDone()
  }

  done(entry: Entry<T>): void {
    this.inProgress--
    this.#placement.finish(entry)
    this.#learner?.ended(entry, true)
    this.#ended()
  }

  again(entry: Entry<T>, delayMs: number): void {
    this.inProgress--
    const next = entry.next()
    this.#placement.succeed(entry, next)
    this.#learner?.ended(entry, false)
    this.delays.add(next, delayMs, this.#back)
    // What ended may have held others back.
    this.serve()
  }

  givenUp(entry: Entry<T>, reason: unknown): void {
    this.inProgress--
    this.deadLettered++
    this.#placement.finish(entry)
    this.#learner?.ended(entry, false)
    this.#ended()
    if (this.#events.has('deadLetter'))
      this.#events.emit('deadLetter', { item: entry.item, reason, attempt: entry.attempt })
  }

  #refuse(): false {
    this.rejected++
    return false
  }

  #start(worker: number | undefined, maySteal: boolean): Lease<T> | undefined {
    if (this.#learner) this.#demote(this.#learner)
    const entry = this.#placement.take(worker, maySteal)
    if (entry === undefined) return undefined
    this.inProgress++
    this.dequeued.add(this.clock.now())
    this.#learner?.started(entry)
    return entry
  }

  #demote(learner: Learner<T>): void {
    for (let entry = learner.nextOverrun(); entry; entry = learner.nextOverrun()) {
      entry.isSlow = true
      this.overran++
      this.#placement.demote()
      learner.overran(entry)
    }
  }

  /** Puts an entry behind all others, or into the hands of who waits for it. Returns the time. */
  #wait(entry: Entry<T>, key: unknown): number {
    const nowMs = this.clock.now()
    entry.order = this.#order++
    entry.sinceMs = nowMs
    this.#placement.add(entry, key)
    if (this.waiters.size > 0) this.serve()
    this.#wake?.()
    return nowMs
  }

  readonly #takeOwn = (worker: number | undefined): Lease<T> | undefined => this.#start(worker, false)

  readonly #takeAny = (worker: number | undefined): Lease<T> | undefined => this.#start(worker, true)

  readonly #back = (entry: Entry<T>): void => void this.#wait(entry, undefined)

  #ended(): void {
    if (this.waiters.size > 0) this.serve()
    if (this.isClosed) this.#rejectWhenDone()
  }

  #isDone(): boolean {
    return this.isClosed && this.inProgress + this.depth === 0
  }

  #rejectWhenDone(): void {
    if (this.#isDone()) this.waiters.rejectAll(() => new LevelerClosedError(this.#settings.name))
  }
}
