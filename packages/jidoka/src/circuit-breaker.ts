import {
  type Clock,
  type ExecuteOptions,
  type ListenerErrorHandler,
  type Observable,
  type Policy,
  SafeEmitter,
  type WorkContext,
  checkFunction,
  checkName,
  checkObject,
  printListenerError,
  systemClock,
} from '@tps/internal'
import { Circuit, REFUSED } from './circuit.ts'
import { CallContext } from './context.ts'
import { CircuitOpenError } from './errors.ts'
import { type CircuitBreakerEvents, type Listener, type RejectedEvent, announce } from './events.ts'
import { type Hold, Holds } from './hold.ts'
import { retryAfterMs } from './machine.ts'
import type { CircuitBreakerOptions } from './options.ts'
import { type Classify, type Outcome, type Verdict, checkVerdict, plainVerdict } from './outcome.ts'
import { CallPermit, type Permit, type Settle } from './permit.ts'
import { checkRules, checkWindow } from './rules.ts'
import type { CircuitBreakerSnapshot, CircuitState } from './snapshot.ts'
import { Tally } from './tally.ts'
import { createWindow } from './window.ts'

/**
 * Stops calling what fails. Closed, it admits every call and counts how they end; once a rule of `trip` holds it opens
 * and refuses calls at once; after the break it admits a few probes, and their outcome closes or reopens it.
 * Owns no timer and no listener: time is compared when something happens or is read.
 */
export class CircuitBreaker implements Policy, Observable<CircuitBreakerEvents> {
  readonly name: string
  readonly #circuit: Circuit
  readonly #classify: Classify | undefined
  readonly #clock: Clock
  readonly #onListenerError: ListenerErrorHandler
  // What most of a large number of breakers never need is made when it is.
  #emitter: SafeEmitter<CircuitBreakerEvents> | undefined
  #holds: Holds | undefined
  #settlePermit: Settle | undefined

  /** @throws TypeError or RangeError that names the option which is wrong. */
  constructor(options: CircuitBreakerOptions = {}) {
    const { name = 'circuit-breaker', classify, clock = systemClock } = checkObject('options', options)
    const { random = Math.random, onListenerError = printListenerError } = options
    this.name = checkName('name', name)
    this.#classify = classify && checkFunction('classify', classify)
    this.#clock = checkObject('clock', clock, ['now'])
    this.#onListenerError = checkFunction('onListenerError', onListenerError)
    const window = checkWindow(options.window)
    const rules = checkRules(options, window)
    const jitterSeed = rules.breakJitterRatio > 0 ? checkFunction('random', random)() : 0
    const now = clock.now()
    this.#circuit = new Circuit(rules, new Tally(createWindow(window, now)), jitterSeed, now)
  }

  /**
   * What the circuit is now. An open one reads `half-open` from the end of its break on, although the event
   * `halfOpen` goes out only with the next call.
   */
  get state(): CircuitState {
    if (this.#isHeld()) return 'forced-open'
    return this.#circuit.isClosed ? 'closed' : this.#circuit.at(this.#clock.now()).kind
  }

  /**
   * Calls `work`, or rejects with a `CircuitOpenError` without calling it. What `work` returns or throws comes through
   * unchanged. When `options.signal` has aborted by the time the work rejects, the call counts for nothing; when it has
   * before the work begins, the work isn't called and the promise rejects with the signal's reason. The breaker itself
   * neither aborts nor cuts short what it has admitted.
   */
  execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T> {
    if (typeof work !== 'function') return Promise.reject(new TypeError(`work must be a function, got ${typeof work}`))
    const signal = CallContext.peek(options)
    // oxlint-disable-next-line prefer-promise-reject-errors
    if (signal?.aborted) return Promise.reject(signal.reason)
    const startMs = this.#clock.now()
    const generation = this.#admit(startMs)
    if (generation === REFUSED) return Promise.reject(this.#refusal(startMs))
    let result: T | PromiseLike<T>
    try {
      result = work(new CallContext(options))
    } catch (error) {
      this.#failed(generation, startMs, error, options)
      return Promise.reject(error)
    }
    // Not the callee's own promise: hanging handlers on it would hide from the platform that nobody handles it.
    return Promise.resolve(result).then(
      (value) => {
        this.#fulfilled(generation, startMs, value)
        return value
      },
      (error: unknown) => {
        this.#failed(generation, startMs, error, options)
        throw error
      },
    )
  }

  /**
   * A function that makes every call of `fn` through the breaker, with the same parameters and `this`. It always
   * returns a promise, and that rejects with a `CircuitOpenError` when the call is refused.
   */
  wrap<This, Args extends unknown[], T>(
    fn: (this: This, ...args: Args) => T | PromiseLike<T>,
  ): (this: This, ...args: Args) => Promise<T> {
    checkFunction('fn', fn)
    const execute = (work: () => T | PromiseLike<T>): Promise<T> => this.execute(work)
    return function wrapped(this: This, ...args: Args): Promise<T> {
      return execute(() => Reflect.apply(fn, this, args))
    }
  }

  /**
   * A permit to make one call, or `undefined` when it is refused: for calls that aren't one function. A permit that is
   * never settled counts for nothing while closed; as a probe it counts as failed after `probe.maxWaitMs`.
   */
  tryAcquire(): Permit | undefined {
    const startMs = this.#clock.now()
    const generation = this.#admit(startMs)
    if (generation === REFUSED) return undefined
    this.#settlePermit ??= (generation, startMs, verdict, cause) =>
      this.#settle(this.#clock.now(), generation, startMs, verdict, cause)
    return new CallPermit(this.#settlePermit, generation, startMs)
  }

  /**
   * Refuses every call until each of the holds taken is released; `using hold = breaker.forceOpen('deploy')` releases
   * at the end of the block. Underneath, running calls still count and the break still runs out: after the last
   * release the circuit is in the state it would have come to by itself.
   */
  forceOpen(reason?: string): Hold {
    if (reason !== undefined) checkName('reason', reason)
    this.#holds ??= new Holds((event, reason) => {
      if (!this.#emitter?.has(event)) return
      this.#emitter.emit(event, { reason, holds: this.#holds?.size ?? 0, state: this.state })
    })
    return this.#holds.take(reason)
  }

  /** Closes the circuit and forgets what led to its opening. Calls that are running will be too late to count. */
  reset(): void {
    this.#circuit.reset(this.#clock.now())
    this.#tell()
  }

  /** Adds a listener, which can't change what happens. Returns what takes it away again. */
  on<E extends keyof CircuitBreakerEvents>(event: E, listener: Listener<CircuitBreakerEvents, E>): () => void {
    this.#emitter ??= new SafeEmitter(this.#onListenerError)
    return this.#emitter.on(event, listener as (...args: CircuitBreakerEvents[E]) => void)
  }

  /** The readings of this moment. Changes nothing: what is due by now is shown, but its events wait for a call. */
  snapshot(): CircuitBreakerSnapshot {
    const now = this.#clock.now()
    const { tally } = this.#circuit
    const state = this.#circuit.at(now)
    const { stateForMs, ...rest } = this.#circuit.readState(state, now)
    const isHeld = this.#isHeld()
    return {
      name: this.name,
      state: isHeld ? 'forced-open' : state.kind,
      stateForMs,
      consecutiveFailures: tally.consecutiveFailures,
      window: tally.readWindow(now),
      totals: tally.readTotals(),
      ...rest,
      retryAfterMs: isHeld ? null : retryAfterMs(state, this.#circuit.rules, now),
      lastFailure: tally.readLastFailure(now),
      holds: this.#holds?.reasons ?? [],
    }
  }

  #isHeld(): boolean {
    return this.#holds !== undefined && this.#holds.size > 0
  }

  #admit(nowMs: number): number {
    const generation = this.#isHeld() ? REFUSED : this.#circuit.admit(nowMs)
    if (generation === REFUSED) this.#circuit.tally.rejected++
    this.#tell()
    if (generation === REFUSED && this.#emitter?.has('rejected')) this.#emitter.emit('rejected', this.#refused(nowMs))
    return generation
  }

  #refused(nowMs: number): RejectedEvent {
    if (this.#isHeld()) return { state: 'forced-open', retryAfterMs: undefined }
    const state = this.#circuit.at(nowMs)
    return {
      state: state.kind === 'open' ? 'open' : 'half-open',
      retryAfterMs: retryAfterMs(state, this.#circuit.rules, nowMs),
    }
  }

  #refusal(nowMs: number): CircuitOpenError {
    const { lastFailure, lastFailureMs } = this.#circuit.tally
    const { state, retryAfterMs } = this.#refused(nowMs)
    const refused = { circuit: this.name, state, retryAfterMs }
    return new CircuitOpenError(lastFailureMs === undefined ? refused : { ...refused, cause: lastFailure })
  }

  #fulfilled(generation: number, startMs: number, value: unknown): void {
    const now = this.#clock.now()
    const verdict = this.#classify ? this.#ask({ ok: true, value, durationMs: now - startMs }) : 'success'
    this.#settle(now, generation, startMs, verdict, value)
  }

  #failed(generation: number, startMs: number, error: unknown, options: ExecuteOptions | undefined): void {
    const now = this.#clock.now()
    let verdict: Verdict = 'failure'
    if (CallContext.peek(options)?.aborted) verdict = 'ignore'
    else if (this.#classify) verdict = this.#ask({ ok: false, error, durationMs: now - startMs })
    this.#settle(now, generation, startMs, verdict, error)
  }

  #ask(outcome: Outcome): Verdict {
    const classify = this.#classify ?? plainVerdict
    try {
      return checkVerdict(classify(outcome))
    } catch (error) {
      this.#report(error, 'classify')
      return plainVerdict(outcome)
    }
  }

  #report(error: unknown, source: string): void {
    try {
      this.#onListenerError(error, source)
    } catch (second) {
      printListenerError(second, source)
    }
  }

  #settle(nowMs: number, generation: number, startMs: number, verdict: Verdict, cause: unknown): void {
    const durationMs = nowMs - startMs
    const slow = durationMs >= this.#circuit.rules.slowCallMs && verdict !== 'ignore'
    const late = this.#circuit.settle(nowMs, generation, startMs, verdict, slow, cause)
    const event = verdict === 'ignore' ? 'ignored' : verdict
    if (this.#emitter?.has(event)) {
      const call = { durationMs, slow, late }
      if (event === 'failure') this.#emitter.emit(event, { ...call, cause })
      else this.#emitter.emit(event, call)
    }
    this.#tell()
  }

  /** Sends the events of the changes made so far. */
  #tell(): void {
    for (let change = this.#circuit.takeChange(); change; change = this.#circuit.takeChange())
      if (this.#emitter) announce(this.#emitter, change, this.#circuit.rules)
  }
}
