import {
  type ExecuteOptions,
  type Observable,
  type Policy,
  SafeEmitter,
  type WorkContext,
  checkFunction,
  checkName,
  checkNumber,
  checkObject,
} from '@tps/internal'
import { Circuit, REFUSED, UNCOUNTED } from './circuit.ts'
import { CallContext } from './context.ts'
import { CircuitOpenError } from './errors.ts'
import { type CircuitBreakerEvents, type RejectedEvent, announce } from './events.ts'
import { type HeldState, type Hold, Holds } from './hold.ts'
import { judge } from './judge.ts'
import { closedAt, retryAfterMs } from './machine.ts'
import type { CircuitBreakerOptions, CircuitBreakerRules } from './options.ts'
import type { Judgement, Outcome, Verdict } from './outcome.ts'
import { CallPermit, type Permit, type Settle } from './permit.ts'
import { Recovery } from './recovery.ts'
import { rejectSoon } from './reject-soon.ts'
import { checkRules } from './rules.ts'
import { type SavedCircuitBreaker, checkSaved, restoreState, restoreTally, saveCircuit } from './saved.ts'
import type { CircuitBreakerSnapshot, CircuitState } from './snapshot.ts'
import { type Surroundings, checkSurroundings } from './surroundings.ts'
import { Tally } from './tally.ts'
import { createWindow } from './window.ts'

/**
 * Stops calling what fails. Closed, it admits every call and counts how they end; once a rule of `trip` holds it opens
 * and refuses calls at once; after the break it admits a few probes, and their outcome closes or reopens it.
 * Time is compared when something happens or is read: there is no timer without `probe.check` or `probe.overflow`.
 */
export class CircuitBreaker implements Policy, Observable<CircuitBreakerEvents>, Disposable {
  readonly name: string
  readonly #circuit: Circuit
  readonly #surroundings: Surroundings
  // What most of a large number of breakers never need is made when it is.
  #emitter: SafeEmitter<CircuitBreakerEvents> | undefined
  #holds: Holds | undefined
  #settlePermit: Settle | undefined
  #recovery: Recovery | undefined

  /** @throws TypeError or RangeError that names the option which is wrong. */
  constructor(options: CircuitBreakerOptions = {}) {
    const { name = 'circuit-breaker', random = Math.random } = checkObject('options', options)
    this.name = checkName('name', name)
    this.#surroundings = checkSurroundings(options)
    const rules = checkRules(options)
    const jitterSeed = checkNumber('random()', checkFunction('random', random)(), { min: 0, below: 1 })
    const now = this.#surroundings.clock.now()
    const tally = new Tally(createWindow(rules.window, now))
    this.#circuit = new Circuit(rules, tally, jitterSeed, closedAt(now, 0, 0))
    this.#prepare()
  }

  /**
   * A breaker that goes on where `saved`, from `toJSON`, left off: what was open stays open for the rest of its break,
   * and what is too old by now is forgotten. The time in between is taken from the wall clock, and is 0 where that was
   * set back. The saved name holds unless `options` has one. The window begins anew when it is of another kind.
   * @throws TypeError or RangeError that names the option, or the part of `saved`, which is wrong.
   */
  static restore(saved: SavedCircuitBreaker, options: CircuitBreakerOptions = {}): CircuitBreaker {
    const { name = checkObject('saved', saved).name } = checkObject('options', options)
    const breaker = new CircuitBreaker({ ...options, name })
    const { clock, wallClock } = breaker.#surroundings
    const checked = checkSaved(saved, wallClock.now())
    const now = clock.now()
    const { rules, tally } = breaker.#circuit
    tally.window = createWindow(rules.window, now, checked.window)
    restoreTally(tally, checked, now)
    breaker.#circuit.resume(restoreState(checked, rules, now))
    // Not before listeners have been added.
    queueMicrotask(() => breaker.#recovery?.attend())
    return breaker
  }

  /**
   * What the circuit is now. An open one reads `half-open` from the end of its break on, although the event
   * `halfOpen` goes out only with the next call.
   */
  get state(): CircuitState {
    return this.#holds?.state ?? this.#circuit.at(this.#now()).kind
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
    const startMs = this.#now()
    const generation = this.#admit(startMs)
    if (generation !== REFUSED) return this.#run(work, options, generation, startMs)
    if (!this.#recovery?.hasRoom) return rejectSoon(this.#refuse(startMs))
    // A signal that nobody has read yet is made, because it may abort while the call waits.
    return this.#recovery.wait(options?.signal, (generation, startMs) => this.#run(work, options, generation, startMs))
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
    const startMs = this.#now()
    const generation = this.#admit(startMs)
    if (generation !== REFUSED) return this.#permit(generation, startMs)
    this.#countRefusal(startMs, 'rejected')
    return undefined
  }

  /**
   * Refuses every call until each of the holds taken is released; `using hold = breaker.forceOpen('deploy')` releases
   * at the end of the block. Underneath, running calls still count and the break still runs out: after the last
   * release the circuit is in the state it would have come to by itself. Stronger than `disable`.
   */
  forceOpen(reason?: string): Hold {
    return this.#hold('forced-open', reason)
  }

  /**
   * Admits every call, and lets the outcomes of those count in the totals alone, until each of the holds taken is
   * released. Underneath, calls that were running still count and the break still runs out.
   */
  disable(reason?: string): Hold {
    return this.#hold('disabled', reason)
  }

  /** Closes the circuit and forgets what led to its opening. Calls that are running will be too late to count. */
  reset(): void {
    this.#circuit.reset(this.#now())
    this.#tell()
  }

  /**
   * Goes on under other rules. They replace all of the present ones: what isn't given has its default again. The state
   * stays as it is. The window keeps what it holds, unless it changes its kind; a break that runs keeps its end; while
   * half-open, probing begins anew when `calls`, `successRatio` or `maxWaitMs` change.
   * @throws TypeError or RangeError that names the option which is wrong; then nothing has changed.
   */
  reconfigure(rules: CircuitBreakerRules): void {
    this.#circuit.reconfigure(checkRules(checkObject('rules', rules)), this.#now())
    this.#prepare()
    this.#tell()
    this.#recovery?.attend()
  }

  /** Adds a listener, which can't change what happens. Returns what takes it away again. */
  on<E extends keyof CircuitBreakerEvents>(event: E, listener: (...args: CircuitBreakerEvents[E]) => void): () => void {
    this.#emitter ??= new SafeEmitter(this.#surroundings.onListenerError)
    return this.#emitter.on(event, listener)
  }

  /** The readings of this moment. Changes nothing: what is due by now is shown, but its events wait for a call. */
  snapshot(): CircuitBreakerSnapshot {
    const now = this.#now()
    const { tally, rules } = this.#circuit
    const state = this.#circuit.at(now)
    const { stateForMs, ...rest } = this.#circuit.readState(state, now)
    const held = this.#holds?.state
    return {
      name: this.name,
      state: held ?? state.kind,
      mode: rules.isObserving ? 'observe' : 'enforce',
      stateForMs,
      consecutiveFailures: tally.consecutiveFailures,
      window: tally.readWindow(now),
      totals: tally.readTotals(),
      ...rest,
      waiting: this.#recovery?.waiting ?? 0,
      retryAfterMs: held ? (held === 'disabled' ? 0 : null) : retryAfterMs(state, rules, now),
      lastFailure: tally.readLastFailure(now),
      holds: this.#holds?.reasonsOf('forced-open') ?? [],
      disables: this.#holds?.reasonsOf('disabled') ?? [],
    }
  }

  /** What `restore` needs to go on in another process: plain JSON. Holds, running calls and waiting ones aren't in it. */
  toJSON(): SavedCircuitBreaker {
    return saveCircuit(this.name, this.#circuit, this.#now(), this.#surroundings.wallClock.now())
  }

  /** Ends what `probe.check` and `probe.overflow` have going; whoever waits is refused. The breaker works on without. */
  [Symbol.dispose](): void {
    this.#recovery?.dispose()
  }

  #now(): number {
    return this.#surroundings.clock.now()
  }

  /** Makes what the rules need beside the circuit. */
  #prepare(): void {
    const { probeCheck, probeMaxWaiting } = this.#circuit.rules
    if (!probeCheck && probeMaxWaiting === 0) return
    this.#recovery ??= new Recovery({
      circuit: this.#circuit,
      surroundings: this.#surroundings,
      isFree: () => this.#holds?.state === undefined,
      admit: (nowMs) => this.#orObserve(nowMs, this.#admitQuietly(nowMs)),
      permit: (generation, nowMs) => this.#permit(generation, nowMs),
      refuse: (nowMs) => this.#refuse(nowMs),
      tell: () => this.#tell(),
    })
  }

  #hold(held: HeldState, reason: string | undefined): Hold {
    if (reason !== undefined) checkName('reason', reason)
    this.#holds ??= new Holds((event, held, reason) => {
      this.#recovery?.attend()
      if (!this.#emitter?.has(event)) return
      this.#emitter.emit(event, { held, reason, holds: this.#holds?.sizeOf(held) ?? 0, state: this.state })
    })
    return this.#holds.take(held, reason)
  }

  /** Admits a call, or returns `REFUSED`, and tells of what has changed. */
  #admit(nowMs: number): number {
    // Who waits has the next place, also the one that time has just made.
    if (this.#recovery?.waiting) this.#recovery.attend()
    const generation = this.#admitQuietly(nowMs)
    this.#tell()
    return generation === REFUSED ? this.#orObserve(nowMs, generation) : generation
  }

  /** In a dry run nobody is refused, nor kept waiting. */
  #orObserve(nowMs: number, generation: number): number {
    if (generation !== REFUSED || !this.#circuit.rules.isObserving) return generation
    this.#countRefusal(nowMs, 'wouldReject')
    return UNCOUNTED
  }

  #admitQuietly(nowMs: number): number {
    const held = this.#holds?.state
    if (held === undefined) return this.#circuit.admit(nowMs)
    return held === 'disabled' ? UNCOUNTED : REFUSED
  }

  #permit(generation: number, startMs: number): Permit {
    this.#settlePermit ??= (generation, startMs, verdict, cause) =>
      this.#settle(this.#now(), generation, startMs, verdict, cause)
    return new CallPermit(this.#settlePermit, generation, startMs)
  }

  #countRefusal(nowMs: number, event: 'rejected' | 'wouldReject'): void {
    this.#circuit.tally[event]++
    if (this.#emitter?.has(event)) this.#emitter.emit(event, this.#refused(nowMs))
  }

  #refused(nowMs: number): RejectedEvent {
    if (this.#holds?.state === 'forced-open') return { state: 'forced-open', retryAfterMs: undefined }
    const { rules } = this.#circuit
    const state = this.#circuit.at(nowMs)
    if (state.kind !== 'closed') return { state: state.kind, retryAfterMs: retryAfterMs(state, rules, nowMs) }
    return { state: 'ramping-up', retryAfterMs: Math.ceil(state.sinceMs + rules.rampMs - nowMs) }
  }

  /** Counts a refusal and makes its error. */
  #refuse(nowMs: number): CircuitOpenError {
    this.#countRefusal(nowMs, 'rejected')
    const { lastFailure, lastFailureMs } = this.#circuit.tally
    const refused = { circuit: this.name, ...this.#refused(nowMs) }
    return new CircuitOpenError(lastFailureMs === undefined ? refused : { ...refused, cause: lastFailure })
  }

  #run<T>(
    work: (context: WorkContext) => T | PromiseLike<T>,
    options: ExecuteOptions | undefined,
    generation: number,
    startMs: number,
  ): Promise<T> {
    let result: T | PromiseLike<T>
    try {
      result = work(new CallContext(options))
    } catch (error) {
      this.#failed(generation, startMs, error, options)
      return rejectSoon(error)
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

  #fulfilled(generation: number, startMs: number, value: unknown): void {
    const now = this.#now()
    const { classify } = this.#circuit.rules
    const isPlain = !classify && !this.#emitter?.has('success')
    // Nearly every call ends here.
    if (isPlain && this.#circuit.succeedPlainly(now, generation, now - startMs)) return
    if (classify) this.#judge(now, generation, startMs, { ok: true, value, durationMs: now - startMs })
    else this.#settle(now, generation, startMs, 'success', value)
  }

  #failed(generation: number, startMs: number, error: unknown, options: ExecuteOptions | undefined): void {
    const now = this.#now()
    if (CallContext.peek(options)?.aborted) this.#settle(now, generation, startMs, 'ignore', error)
    else this.#judge(now, generation, startMs, { ok: false, error, durationMs: now - startMs })
  }

  #judge(nowMs: number, generation: number, startMs: number, outcome: Outcome): void {
    const judgement = judge(outcome, this.#circuit.rules.classify, this.#surroundings.onListenerError)
    const cause = outcome.ok ? outcome.value : outcome.error
    this.#settle(nowMs, generation, startMs, judgement.verdict, cause, judgement)
  }

  #settle(
    nowMs: number,
    generation: number,
    startMs: number,
    verdict: Verdict,
    cause: unknown,
    judgement?: Judgement,
  ): void {
    const durationMs = nowMs - startMs
    const slow = durationMs >= this.#circuit.rules.slowCallMs && verdict !== 'ignore'
    const late = this.#circuit.settle(nowMs, generation, startMs, verdict, slow, cause, judgement)
    const event = verdict === 'ignore' ? 'ignored' : verdict
    if (this.#emitter?.has(event)) {
      const call = { durationMs, slow, late }
      if (event === 'failure') this.#emitter.emit(event, { ...call, cause })
      else this.#emitter.emit(event, call)
    }
    this.#tell()
    // While closed nobody waits, and there is nothing to check.
    if (this.#recovery && this.#circuit.state.kind !== 'closed') this.#recovery.attend()
  }

  /** Sends the events of the changes made so far. */
  #tell(): void {
    if (!this.#circuit.hasChanged) return
    for (let change = this.#circuit.takeChange(); change; change = this.#circuit.takeChange())
      if (this.#emitter) announce(this.#emitter, change, this.#circuit.rules)
    this.#recovery?.attend()
  }
}
