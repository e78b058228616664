import type { Timer } from '@tps/internal'
import { type Circuit, REFUSED } from './circuit.ts'
import type { CircuitOpenError } from './errors.ts'
import type { Permit } from './permit.ts'
import type { Surroundings } from './surroundings.ts'

/** What a recovery needs of the breaker that it belongs to. */
export interface Recovering {
  readonly circuit: Circuit
  readonly surroundings: Surroundings
  /** Whether calls that find no place among the probes may go on waiting: nobody holds the circuit. */
  isFree(): boolean
  /** Admits a call, or returns `REFUSED`, and leaves changes of state to be told. */
  admit(nowMs: number): number
  /** A permit for a call that was admitted. */
  permit(generation: number, nowMs: number): Permit
  /** Counts a refusal and makes its error. */
  refuse(nowMs: number): CircuitOpenError
  /** Sends the events of the changes made so far. */
  tell(): void
}

interface Waiter {
  enter(generation: number, nowMs: number): void
  refuse(error: CircuitOpenError): void
}

interface Check {
  readonly generation: number
  readonly untilMs: number
  readonly controller: AbortController
}

/**
 * What a circuit does about its recovery without being called: it runs the check, and it lets calls wait for a place.
 * One timer, and only while the circuit is open with a check to come, or half-open with somebody waiting or checking.
 */
export class Recovery {
  readonly #breaker: Recovering
  /** In the order in which they came. */
  readonly #waiting = new Set<Waiter>()
  #check: Check | undefined
  #timer: Timer | undefined
  #wakeMs = Infinity
  #isDisposed = false
  #isAttending = false
  #isDueAgain = false

  constructor(breaker: Recovering) {
    this.#breaker = breaker
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Whether one more call may wait: the circuit is half-open, nobody holds it, and there is room. */
  get hasRoom(): boolean {
    return this.#mayWait() && this.#waiting.size < this.#breaker.circuit.rules.probeMaxWaiting
  }

  /** Waits for a place and then calls `run`, or rejects when it is refused after all or when `signal` aborts. */
  wait<T>(signal: AbortSignal | undefined, run: (generation: number, nowMs: number) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(waiter)
        signal?.removeEventListener('abort', abort)
      }
      const abort = (): void => {
        leave()
        reject(signal?.reason)
        this.attend()
      }
      const waiter: Waiter = {
        enter: (generation, nowMs) => {
          leave()
          resolve(run(generation, nowMs))
        },
        refuse: (error) => {
          leave()
          reject(error)
        },
      }
      if (signal?.aborted) return reject(signal.reason)
      signal?.addEventListener('abort', abort)
      this.#waiting.add(waiter)
      this.attend()
    })
  }

  /** Does what is due now, and sets the timer for what is due next. */
  attend(): void {
    this.#isDueAgain = true
    // What it calls may come back here: that is done after what is going on.
    if (this.#isAttending) return
    this.#isAttending = true
    while (this.#isDueAgain) {
      this.#isDueAgain = false
      const nowMs = this.#breaker.surroundings.clock.now()
      this.#breaker.circuit.elapse(nowMs)
      this.#seat(nowMs)
      this.#endCheck(nowMs)
      this.#beginCheck(nowMs)
      this.#setTimer(nowMs)
      this.#breaker.tell()
    }
    this.#isAttending = false
  }

  /** Stops checking and waiting for good; whoever waits is refused. */
  dispose(): void {
    this.#isDisposed = true
    this.attend()
  }

  #mayWait(): boolean {
    const { circuit } = this.#breaker
    return !this.#isDisposed && circuit.state.kind === 'half-open' && this.#breaker.isFree()
  }

  #seat(nowMs: number): void {
    for (const waiter of this.#waiting) {
      const generation = this.#isDisposed ? REFUSED : this.#breaker.admit(nowMs)
      if (generation !== REFUSED) waiter.enter(generation, nowMs)
      else if (this.#mayWait()) return
      else waiter.refuse(this.#breaker.refuse(nowMs))
    }
  }

  #beginCheck(nowMs: number): void {
    const { circuit } = this.#breaker
    const { probeCheck, probeMaxWaitMs } = circuit.rules
    if (!probeCheck || this.#check || this.#isDisposed || circuit.state.kind !== 'half-open') return
    const generation = circuit.admit(nowMs)
    if (generation === REFUSED) return
    const permit = this.#breaker.permit(generation, nowMs)
    const check = { generation, untilMs: nowMs + probeMaxWaitMs, controller: new AbortController() }
    this.#check = check
    const ended = (): void => {
      if (this.#check === check) this.#check = undefined
    }
    const fail = (error: unknown): void => {
      ended()
      permit.failure(error)
    }
    new Promise((resolve) => resolve(probeCheck(check.controller.signal))).then(() => {
      ended()
      permit.success()
    }, fail)
    // Disposed of before it has answered: nobody can say what it would have been.
    check.controller.signal.addEventListener('abort', () => this.#isDisposed && permit.ignore())
  }

  /** Aborts the check that nobody waits for any more. */
  #endCheck(nowMs: number): void {
    const check = this.#check
    if (!check) return
    const { circuit } = this.#breaker
    const isWanted = circuit.state.generation === check.generation && circuit.rules.probeCheck && !this.#isDisposed
    if (isWanted && nowMs < check.untilMs) return
    this.#check = undefined
    check.controller.abort(new DOMException('The check is of no more use', 'AbortError'))
  }

  #setTimer(nowMs: number): void {
    const { circuit, surroundings } = this.#breaker
    const wakeMs = this.#isDisposed ? Infinity : this.#nextMs(circuit)
    if (wakeMs === this.#wakeMs) return
    this.#timer?.cancel()
    this.#timer = undefined
    this.#wakeMs = wakeMs
    if (wakeMs === Infinity) return
    this.#timer = surroundings.timers.schedule(Math.max(0, wakeMs - nowMs), () => {
      this.#wakeMs = Infinity
      this.attend()
    })
  }

  #nextMs({ state, rules }: Circuit): number {
    if (state.kind === 'open' && rules.probeCheck) return state.untilMs
    const isNeeded = rules.probeCheck || this.#waiting.size > 0
    return state.kind === 'half-open' && isNeeded ? (state.deadlines[0] ?? Infinity) : Infinity
  }
}
