import type { Clock } from '@tps/internal'

/** The right to make one send. Exactly one of its methods is called, once. */
export interface SendPermit {
  success(): void
  failure(error: unknown): void
  /** The send says nothing about the receiver. */
  ignore(): void
}

/** What guards a channel: the built-in circuit, or a breaker such as that of `@tps/jidoka`, which fits as it is. */
export interface SendBreaker {
  /** A permit, or `undefined` while sends are refused. Nothing is lost then: notifications wait. */
  tryAcquire(): SendPermit | undefined
  /** May have a `state` and a `retryAfterMs`: when to ask again. Without it, a second later. */
  snapshot?(): object
}

/** How the built-in circuit behaves. */
export interface ChannelCircuitOptions {
  /** How many failures in a row open it, at least 1. Default 5. */
  readonly failures?: number | undefined
  /** How long it stays open before one send is tried as a probe, in ms, more than 0. Default 30000. */
  readonly breakMs?: number | undefined
}

export type CircuitState = 'closed' | 'open' | 'half-open'

type State =
  | { readonly kind: 'closed'; failures: number }
  | { readonly kind: 'open'; readonly untilMs: number }
  | { readonly kind: 'half-open' }

/** Opens after `failures` in a row, lets one probe through after `breakMs`, closes when that succeeds. */
export class ChannelCircuit implements SendBreaker {
  readonly #failures: number
  readonly #breakMs: number
  readonly #clock: Clock
  readonly #onChange: (state: CircuitState) => void
  #state: State = { kind: 'closed', failures: 0 }

  constructor(options: Required<ChannelCircuitOptions>, clock: Clock, onChange: (state: CircuitState) => void) {
    this.#failures = options.failures ?? 5
    this.#breakMs = options.breakMs ?? 30_000
    this.#clock = clock
    this.#onChange = onChange
  }

  tryAcquire(): SendPermit | undefined {
    const state = this.#state
    if (state.kind === 'half-open') return undefined
    if (state.kind === 'open') {
      if (this.#clock.now() < state.untilMs) return undefined
      return this.#permit(this.#become({ kind: 'half-open' }))
    }
    return this.#permit(state)
  }

  snapshot(): { readonly state: CircuitState; readonly retryAfterMs: number } {
    const state = this.#state
    // While the probe is out its end tells; the time is only for the case that it never ends.
    const retryAfterMs =
      state.kind === 'open'
        ? Math.max(0, state.untilMs - this.#clock.now())
        : state.kind === 'closed'
          ? 0
          : this.#breakMs
    return { state: state.kind, retryAfterMs }
  }

  /** A permit of `state`: once that is over, its outcome counts for nothing. */
  #permit(state: State): SendPermit {
    const isLate = (): boolean => this.#state !== state
    return {
      success: () => {
        if (isLate()) return
        if (state.kind === 'closed') state.failures = 0
        else this.#become({ kind: 'closed', failures: 0 })
      },
      failure: () => {
        if (isLate()) return
        if (state.kind === 'closed' && ++state.failures < this.#failures) return
        this.#become({ kind: 'open', untilMs: this.#clock.now() + this.#breakMs })
      },
      ignore: () => {
        // A probe that says nothing leaves the way to the next one.
        if (!isLate() && state.kind === 'half-open') this.#become({ kind: 'open', untilMs: this.#clock.now() })
      },
    }
  }

  #become(state: State): State {
    this.#state = state
    this.#onChange(state.kind)
    return state
  }
}
