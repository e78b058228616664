import {
  type Clock,
  type ExecuteOptions,
  type Observable,
  type Policy,
  type TimerWheel,
  type WorkContext,
  checkNumber,
  checkObject,
} from '@tps/internal'
import { begin } from './begin.ts'
import { CallContext } from './context.ts'
import { Emitting, type EmittingOptions } from './emitting.ts'
import { LinkedContext } from './linked-context.ts'
import { TimeoutError } from './timeout-error.ts'
import { LONGEST_DELAY_MS, type TimeOptions, checkTime, sharedWheel } from './sleep.ts'

/** What `timeout` is made with. */
export interface TimeoutOptions extends EmittingOptions, TimeOptions {
  /** How long a call may take, in ms. Above 0, up to 2,147,483,647. It ends up to 10 ms later than that, never earlier. */
  readonly ms: number
}

/** The events of a `TimeoutPolicy`. The call has been rejected and its signal aborted before they go out. */
export interface TimeoutEvents {
  timeout: [event: { readonly error: TimeoutError }]
  /** A work whose call had timed out has ended after all. Nobody gets its result. */
  late: [event: LateEvent]
}

/** A work ended after its call had timed out. */
export interface LateEvent {
  /** Whether it succeeded. */
  readonly ok: boolean
  /** How long after the timeout, in ms. */
  readonly lateMs: number
}

/** The readings of a timeout: plain JSON. */
export interface TimeoutSnapshot {
  readonly name: string
  readonly timeoutMs: number
  /** Calls that wait for their work. */
  readonly running: number
  /** Works that run on although their call has timed out, because they don't heed their signal. */
  readonly overdue: number
  readonly totals: { readonly calls: number; readonly timedOut: number }
}

/** A policy that stops waiting. */
export interface TimeoutPolicy extends Policy, Observable<TimeoutEvents> {
  readonly kind: 'timeout'
  snapshot(): TimeoutSnapshot
}

/**
 * Stops waiting for a work after `ms`: its signal aborts, and the call rejects with a `TimeoutError` whether the work
 * heeds that or not. An abort by the caller goes through to the work's signal; the timeout itself neither rejects
 * because of it nor counts it, and once it has happened the call ends with the caller's reason instead of a
 * `TimeoutError`. All timeouts share one coarse timer, which runs only while calls wait,
 * and up to 10 ms longer.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
export function timeout(options: number | TimeoutOptions): TimeoutPolicy {
  return new Timeout(typeof options === 'number' ? { ms: options } : checkObject('options', options))
}

class Timeout extends Emitting<TimeoutEvents> implements TimeoutPolicy {
  readonly kind = 'timeout'
  readonly #ms: number
  readonly #wheel: TimerWheel
  readonly #clock: Clock
  #running = 0
  #overdue = 0
  #calls = 0
  #timedOut = 0

  constructor(options: TimeoutOptions) {
    super(options, 'timeout')
    const { clock, timers } = checkTime(options)
    this.#ms = checkNumber('ms', options.ms, { above: 0, max: LONGEST_DELAY_MS })
    this.#wheel = sharedWheel(timers, clock)
    this.#clock = clock
  }

  execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T> {
    const signal = CallContext.peek(options)
    // oxlint-disable-next-line prefer-promise-reject-errors
    if (signal?.aborted) return Promise.reject(signal.reason)
    return new Promise<T>((resolve, reject) => {
      const context = new LinkedContext(options)
      this.#calls++
      this.#running++
      let overSinceMs: number | undefined
      const timer = this.#wheel.schedule(this.#ms, () => {
        overSinceMs = this.#clock.now()
        this.#running--
        this.#overdue++
        this.#giveUp(context, CallContext.peek(options), reject)
      })
      const end = (ok: boolean): void => {
        if (overSinceMs !== undefined) {
          this.#overdue--
          if (this.isHeard('late')) this.emit('late', { ok, lateMs: this.#clock.now() - overSinceMs })
          return
        }
        this.#running--
        timer.cancel()
        context.release()
      }
      begin(work, context).then(
        (value) => {
          end(true)
          resolve(value)
        },
        (error: unknown) => {
          end(false)
          // oxlint-disable-next-line prefer-promise-reject-errors
          reject(error)
        },
      )
    })
  }

  snapshot(): TimeoutSnapshot {
    return {
      name: this.name,
      timeoutMs: this.#ms,
      running: this.#running,
      overdue: this.#overdue,
      totals: { calls: this.#calls, timedOut: this.#timedOut },
    }
  }

  #giveUp(context: LinkedContext, caller: AbortSignal | undefined, reject: (reason: unknown) => void): void {
    if (caller?.aborted) {
      reject(caller.reason)
      return
    }
    this.#timedOut++
    const error = new TimeoutError(this.name, this.#ms)
    // First the outcome is settled, then the work hears of it: what it does then comes too late.
    reject(error)
    context.abort(error)
    if (this.isHeard('timeout')) this.emit('timeout', { error })
  }
}
