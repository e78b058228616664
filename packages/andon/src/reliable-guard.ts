import type { Clock, ListenerErrorHandler } from '@tps/internal'
import {
  type ChannelCircuitOptions,
  ChannelCircuit,
  type CircuitState,
  type SendBreaker,
  type SendPermit,
} from './reliable-circuit.ts'
import { readField } from './reliable-try.ts'

/** When a breaker that does not say when is asked again, and how long one that says so is believed, in ms. */
const ASK_AGAIN_MS = 1_000
const LONGEST_BREAK_MS = 300_000
const SHORTEST_BREAK_MS = 10

/** A circuit, ours or the user's. One that throws stops nothing: alerts go out all the same. */
export class CircuitGuard {
  readonly #breaker: SendBreaker
  readonly #report: ListenerErrorHandler

  constructor(
    circuit: Required<ChannelCircuitOptions> | SendBreaker,
    clock: Clock,
    report: ListenerErrorHandler,
    onChange: (state: CircuitState) => void,
  ) {
    this.#breaker = 'tryAcquire' in circuit ? circuit : new ChannelCircuit(circuit, clock, onChange)
    this.#report = report
  }

  /** What the circuit calls its state; `null` when it has none. */
  get state(): string | null {
    const state = readField(
      this.#isolated(() => this.#breaker.snapshot?.()),
      'state',
    )
    return typeof state === 'string' ? state : null
  }

  /** A permit, or after how many ms to ask again. */
  tryAcquire(): SendPermit | number | undefined {
    let hasThrown = true
    const permit = this.#isolated(() => {
      const given = this.#breaker.tryAcquire()
      hasThrown = false
      return given
    })
    if (permit || hasThrown) return permit
    const ms = readField(
      this.#isolated(() => this.#breaker.snapshot?.()),
      'retryAfterMs',
    )
    if (typeof ms !== 'number' || Number.isNaN(ms)) return ASK_AGAIN_MS
    return Math.min(Math.max(ms, SHORTEST_BREAK_MS), LONGEST_BREAK_MS)
  }

  success(permit: SendPermit | undefined): void {
    this.#isolated(() => permit?.success())
  }

  failure(permit: SendPermit | undefined, error: unknown): void {
    this.#isolated(() => permit?.failure(error))
  }

  ignore(permit: SendPermit | undefined): void {
    this.#isolated(() => permit?.ignore())
  }

  #isolated<T>(call: () => T): T | undefined {
    try {
      return call()
    } catch (error) {
      this.#tell(error)
      return undefined
    }
  }

  #tell(error: unknown): void {
    try {
      this.#report(error, 'circuit')
    } catch (second) {
      console.error('The handler of errors of "circuit" threw:', second)
    }
  }
}
