import type { Clock } from '@tps/internal'
import { Alarm } from './alarm.ts'
import { hasCode } from './error-code.ts'
import { HandlerTimeoutError, LeaseLostError } from './errors.ts'
import type { Outcomes } from './outcomes.ts'
import type { CheckedPoolOptions } from './pool-options.ts'
import type { Worker } from './worker.ts'

const NEVER = Number.POSITIVE_INFINITY

/** How long attempts may take, and the renewal of leases that expire: one timer for all workers. */
export class TimeLimits<T, R> {
  readonly #workers: readonly Worker<T, R>[]
  readonly #name: string
  readonly #timeoutMs: number
  readonly #renewEveryMs: number | undefined
  readonly #clock: Clock
  readonly #outcomes: Outcomes<T, R>
  readonly #alarm: Alarm

  constructor(options: CheckedPoolOptions<T>, outcomes: Outcomes<T, R>, workers: readonly Worker<T, R>[]) {
    this.#workers = workers
    this.#name = options.name
    this.#timeoutMs = options.timeoutMs ?? NEVER
    this.#renewEveryMs = options.renewEveryMs
    this.#clock = options.clock
    this.#outcomes = outcomes
    this.#alarm = new Alarm(options.timers, () => this.#sweep())
  }

  /** A handler is about to begin. Returns the time. */
  began(worker: Worker<T, R>): number {
    const nowMs = this.#clock.now()
    worker.dueAt = nowMs + this.#timeoutMs
    worker.leaseEndsAt = worker.renewAt = NEVER
    worker.isRenewing = false
    this.#leased(worker, nowMs)
    this.#setAlarm(Math.min(worker.dueAt, worker.renewAt), nowMs)
    return nowMs
  }

  /** How long the attempt may still take, in ms. */
  leftMs(worker: Worker<T, R>): number {
    return this.#timeoutMs === NEVER ? NEVER : Math.max(0, worker.dueAt - this.#clock.now())
  }

  /** The handler says that it is alive. */
  beat(worker: Worker<T, R>): void {
    const nowMs = this.#clock.now()
    if (this.#timeoutMs !== NEVER) worker.dueAt = nowMs + this.#timeoutMs
    this.#setAlarm(worker.dueAt, nowMs)
    const { leaseMs, counter } = worker.station
    // A source that doesn't say how long its leases last may still have some that expire.
    const ms = leaseMs ?? (counter ? NEVER : this.#timeoutMs)
    if (ms !== NEVER) this.#renew(worker, ms, nowMs)
  }

  stop(): void {
    this.#alarm.set(NEVER, 0)
  }

  #setAlarm(dueMs: number, nowMs: number): void {
    // It is set for the first of a busy spell; the sweep sets it again for those that follow.
    if (dueMs < this.#alarm.dueMs) this.#alarm.set(dueMs, nowMs)
  }

  #leased(worker: Worker<T, R>, nowMs: number): void {
    const { leaseMs } = worker.station
    if (leaseMs === undefined) return
    worker.leaseEndsAt = nowMs + leaseMs
    worker.renewAt = nowMs + (this.#renewEveryMs ?? leaseMs / 3)
  }

  #sweep(): void {
    const nowMs = this.#clock.now()
    const limited = this.#workers.filter((worker) => worker.isTimed && isOpen(worker))
    for (const worker of limited) {
      // What a sweep does to one may, through a listener, decide another.
      if (!isOpen(worker)) continue
      if (worker.dueAt <= nowMs) this.#timeOut(worker)
      else if (worker.leaseEndsAt <= nowMs) this.#lose(worker, new LeaseLostError(this.#name, worker.attempt))
      else if (worker.renewAt <= nowMs) this.#renew(worker, worker.station.leaseMs as number, nowMs)
    }
    let nextMs = NEVER
    for (const worker of this.#workers)
      if (worker.isTimed && isOpen(worker))
        nextMs = Math.min(nextMs, worker.dueAt, worker.leaseEndsAt, worker.isRenewing ? NEVER : worker.renewAt)
    this.#alarm.set(nextMs, nowMs)
  }

  #timeOut(worker: Worker<T, R>): void {
    const timeoutMs = this.#timeoutMs
    const error = new HandlerTimeoutError(this.#name, timeoutMs)
    worker.isDecided = worker.isOverdue = true
    const attempt = worker.event
    const verdict = this.#outcomes.timedOut(worker, error)
    worker.abort(error)
    this.#outcomes.tellOverdue(attempt, timeoutMs)
    this.#outcomes.tellFailure(attempt, verdict, timeoutMs)
  }

  /** Asks for more time. Until that is answered it does not ask again; the lease still ends when it ends. */
  #renew(worker: Worker<T, R>, ms: number, askedMs: number): void {
    if (worker.isRenewing) return
    worker.isRenewing = true
    const { turn } = worker
    // An answer that comes late is about an attempt that is over.
    const answered = (answer: () => void) => (): void => {
      if (worker.turn !== turn || !isOpen(worker)) return
      worker.isRenewing = false
      answer()
      const nextMs = Math.min(worker.renewAt, worker.leaseEndsAt)
      if (isOpen(worker) && nextMs !== NEVER) this.#setAlarm(nextMs, this.#clock.now())
    }
    const renewed = answered(() => this.#leased(worker, askedMs))
    const refused = (error: unknown): void => answered(() => this.#refused(worker, error))()
    try {
      const extended = worker.lease.extend(ms)
      if (extended === undefined) renewed()
      else Promise.resolve(extended).then(renewed, refused)
    } catch (error) {
      refused(error)
    }
  }

  #refused(worker: Worker<T, R>, error: unknown): void {
    if (hasCode(error, 'ERR_LEASE_LOST')) {
      this.#lose(worker, new LeaseLostError(this.#name, worker.attempt, { cause: error }))
      return
    }
    // It may go well next time; if not, the lease ends when it ends.
    const { leaseMs } = worker.station
    if (leaseMs !== undefined) worker.renewAt = this.#clock.now() + (this.#renewEveryMs ?? leaseMs / 3)
    this.#outcomes.tellSourceError(worker.index, error)
  }

  #lose(worker: Worker<T, R>, error: LeaseLostError): void {
    worker.isDecided = true
    const attempt = worker.event
    this.#outcomes.lost(worker)
    worker.abort(error)
    this.#outcomes.tellLeaseLost(attempt, error)
  }
}

function isOpen<T, R>({ isBusy, isDecided }: Worker<T, R>): boolean {
  return isBusy && !isDecided
}
