import type { Signal, SignalStatus } from './signal.ts'

type Final = Extract<SignalStatus, 'completed' | 'failed' | 'dead-lettered'>

/** How a signal ended. */
export interface Outcome {
  readonly status: Final
  readonly durationMs: number
  readonly result?: unknown
  readonly error?: string
}

/**
 * Knows every signal on the line and the last finished ones. Bounded: those on the line are as many as the queue and
 * the workers hold, and of the finished ones the oldest are forgotten.
 */
export class SignalRegister {
  readonly #kept: number
  readonly #active = new Map<string, Signal>()
  readonly #finished = new Map<string, Signal>()
  readonly #waiters = new Map<string, ((signal: Signal) => void)[]>()

  /** `kept` is how many finished signals stay known. */
  constructor(kept: number) {
    this.#kept = kept
  }

  add(signal: Signal): void {
    this.#active.set(signal.id, signal)
  }

  /** Forgets a signal that was not admitted after all. */
  drop(signal: Signal): void {
    this.#active.delete(signal.id)
  }

  /** A signal that was finished is on the line again. */
  revive(signal: Signal): void {
    this.#finished.delete(signal.id)
    signal.status = 'queued'
    delete signal.durationMs
    delete signal.result
    delete signal.error
    this.#active.set(signal.id, signal)
  }

  get(id: string): Signal | undefined {
    return this.#active.get(id) ?? this.#finished.get(id)
  }

  /** How many signals are on the line: accepted and not finished. */
  get active(): number {
    return this.#active.size
  }

  /** Ends a signal. Only the first end counts; returns whether this was it. */
  finish(signal: Signal, { status, durationMs, result, error }: Outcome): boolean {
    if (!this.#active.delete(signal.id)) return false
    signal.status = status
    signal.durationMs = durationMs
    if (result !== undefined) signal.result = result
    if (error !== undefined) signal.error = error
    this.#finished.set(signal.id, signal)
    if (this.#finished.size > this.#kept) this.#finished.delete(this.#finished.keys().next().value ?? '')
    const waiters = this.#waiters.get(signal.id) ?? []
    this.#waiters.delete(signal.id)
    for (const waiter of waiters) waiter(signal)
    return true
  }

  /** Resolves with the signal once it is finished. */
  async whenFinished(signal: Signal): Promise<Signal> {
    if (!this.#active.has(signal.id)) return signal
    return await new Promise((resolve) => {
      const waiters = this.#waiters.get(signal.id)
      if (waiters) waiters.push(resolve)
      else this.#waiters.set(signal.id, [resolve])
    })
  }
}
