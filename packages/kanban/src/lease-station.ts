import type { Timer, Timers, WorkSource } from '@tps/internal'
import { hasCode } from './error-code.ts'
import { Recovery } from './recovery.ts'
import { type PoolLease, giveBack } from './run.ts'
import type { Station } from './station.ts'
import { type Foreman, type Worker, isThenable } from './worker.ts'

/** How a station waits. */
export interface StationLimits {
  readonly leaseMs: number | undefined
  /** How long a wait lasts before it is begun anew. */
  readonly maxWaitMs: number
}

type Phase = 'idle' | 'waiting' | 'ended'

/** One worker in front of any source of leases. */
export class LeaseStation<T, R> implements Station<T, R> {
  readonly source: WorkSource<T>
  readonly counter = undefined
  readonly leaseMs: number | undefined
  readonly #foreman: Foreman<T, R>
  readonly #timers: Timers
  readonly #maxWaitMs: number
  readonly #recovery: Recovery
  #worker!: Worker<T, R>
  #phase: Phase = 'idle'
  /** Whether the worker may begin something. */
  #isAssigned = false
  #isPulling = false
  /** Which wait is the present one: answers to earlier ones are too late. */
  #wait = 0
  #waiting: AbortController | undefined
  #watchdog: Timer | undefined
  #answeredMs: number

  constructor(source: WorkSource<T>, foreman: Foreman<T, R>, timers: Timers, limits: StationLimits) {
    this.source = source
    this.leaseMs = limits.leaseMs
    this.#foreman = foreman
    this.#timers = timers
    this.#maxWaitMs = limits.maxWaitMs
    this.#recovery = new Recovery(timers, () => this.pull())
    this.#answeredMs = foreman.turnMs()
  }

  get foundNothing(): boolean {
    return this.#phase !== 'idle'
  }

  get tickMs(): number {
    return this.#foreman.turnMs()
  }

  get silentMs(): number {
    return this.#phase === 'ended' ? 0 : Math.max(0, this.#foreman.turnMs() - this.#answeredMs)
  }

  join(worker: Worker<T, R>): void {
    this.#worker = worker
  }

  assign(workers: readonly Worker<T, R>[]): void {
    this.#isAssigned = workers.length > 0
    if (this.#isAssigned) this.pull()
    else this.#withdraw()
  }

  freed(): void {
    // While its worker was busy it was assigned nothing.
    this.#isAssigned = true
  }

  pull(): void {
    if (this.#isPulling) return
    this.#isPulling = true
    while (this.#mayBegin()) {
      const lease = this.#tryLease() ?? this.#awaitLease()
      if (!lease || !this.#begin(lease)) break
    }
    this.#isPulling = false
  }

  dismiss(): void {
    this.close()
  }

  close(): void {
    this.#withdraw()
    this.#phase = 'ended'
  }

  #mayBegin(): boolean {
    return this.#isAssigned && this.#phase === 'idle' && !this.#worker.isBusy && !this.#recovery.isOn
  }

  #begin(lease: PoolLease<T>): boolean {
    this.#answered()
    this.#worker.holdLease(lease)
    return this.#worker.work()
  }

  #answered(): void {
    this.#recovery.forget()
    this.#answeredMs = this.#foreman.turnMs()
  }

  #tryLease(): PoolLease<T> | undefined {
    try {
      return this.source.tryLease()
    } catch (error) {
      this.#failed(error)
      return undefined
    }
  }

  /** Waits for work, unless the source has it at once or has failed. */
  #awaitLease(): PoolLease<T> | undefined {
    if (this.#recovery.isOn || this.#phase === 'ended') return undefined
    this.#answered()
    this.#phase = 'waiting'
    const wait = ++this.#wait
    this.#waiting ??= new AbortController()
    try {
      const leased = this.source.lease({ signal: this.#waiting.signal })
      if (!isThenable(leased)) {
        this.#phase = 'idle'
        return leased
      }
      Promise.resolve(leased).then(
        (lease) => this.#arrived(lease, wait),
        (error: unknown) => this.#waitFailed(error, wait),
      )
      this.#watch(wait)
      this.#foreman.rested()
    } catch (error) {
      this.#failed(error)
    }
    return undefined
  }

  /** A connection that was lost may have taken the answer with it. */
  #watch(wait: number): void {
    if (this.#watchdog || this.#maxWaitMs === Number.POSITIVE_INFINITY) return
    this.#watchdog = this.#timers.schedule(this.#maxWaitMs, () => {
      this.#watchdog = undefined
      if (this.#phase !== 'waiting') return
      if (wait !== this.#wait) {
        // Another wait began in the meantime: it gets its full time.
        this.#watch(this.#wait)
        return
      }
      this.#withdraw()
      this.pull()
    })
  }

  #arrived(lease: PoolLease<T>, wait: number): void {
    if (wait === this.#wait && this.#phase === 'waiting') this.#phase = 'idle'
    if (!this.#mayBegin()) this.#giveBack(lease)
    else if (this.#begin(lease)) this.pull()
  }

  #waitFailed(error: unknown, wait: number): void {
    if (wait === this.#wait && this.#phase === 'waiting') this.#failed(error)
  }

  #failed(error: unknown): void {
    if (hasCode(error, 'ERR_QUEUE_CLOSED')) {
      this.#withdraw()
      this.#phase = 'ended'
      this.#foreman.rested()
      return
    }
    this.#phase = 'idle'
    this.#recovery.begin()
    this.#foreman.outcomes.tellSourceError(this.#worker.index, error)
  }

  /** Stops waiting for the source. */
  #withdraw(): void {
    this.#recovery.cancel()
    this.#watchdog?.cancel()
    this.#watchdog = undefined
    if (this.#phase !== 'waiting') return
    this.#phase = 'idle'
    this.#wait++
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.abort()
  }

  #giveBack(lease: PoolLease<T>): void {
    const { index } = this.#worker
    try {
      const given = giveBack(lease)
      given?.catch((error: unknown) => this.#foreman.outcomes.tellSourceError(index, error))
    } catch (error) {
      this.#foreman.outcomes.tellSourceError(index, error)
    }
  }
}
