import type { Outcome } from './line/outcome.ts'
import type { Signal, SignalStatus } from './signal.ts'
import type { SignalTrace } from './tracing/signal-trace.ts'

/** What is known of a signal. */
export interface SignalRecord {
  readonly id: string
  readonly signalType: Signal['request']['signal_type']
  readonly traceId: string
  /** ISO 8601. */
  readonly acceptedAt: string
  readonly status: SignalStatus
  /** From arrival to the end, in ms. */
  readonly durationMs?: number | undefined
  readonly result?: unknown
  readonly error?: string | undefined
}

/**
 * Knows every signal on the line and the last finished ones. Bounded: those on the line are as many as the queue and
 * the workers hold, and of the finished ones the oldest are forgotten. What they carried is forgotten when they end.
 */
export class SignalRegister {
  readonly #kept: number
  readonly #active = new Map<string, Signal>()
  readonly #finished = new Map<string, SignalRecord>()
  /** The finished ones in their order, in a ring: the first key of a map that shrinks at its head takes ever longer to find. */
  readonly #order: (SignalRecord | undefined)[] = []
  #next = 0
  readonly #waiters = new Map<string, ((record: SignalRecord) => void)[]>()

  /** `kept` is how many finished signals stay known. */
  constructor(kept: number) {
    this.#kept = kept
  }

  add(signal: Signal): void {
    this.#active.set(signal.id, signal)
  }

  /** Forgets a signal that was not admitted after all, or whose end is known elsewhere. */
  drop(id: string): void {
    this.#active.delete(id)
  }

  /** A signal that was finished is on the line again. */
  revive(signal: Signal): void {
    this.#finished.delete(signal.id)
    this.add(signal)
  }

  get(id: string): SignalRecord | undefined {
    const signal = this.#active.get(id)
    return signal ? recordOf(signal) : this.#finished.get(id)
  }

  /** The spans of a signal that is on the line. */
  traceOf(id: string): SignalTrace | undefined {
    return this.#active.get(id)?.trace
  }

  /** A worker has begun with the signal. */
  begun(id: string): void {
    const signal = this.#active.get(id)
    if (signal) signal.status = 'processing'
  }

  /** How many signals are on the line: accepted here and not finished. */
  get active(): number {
    return this.#active.size
  }

  /** How many signals somebody waits for. */
  get waiters(): number {
    return this.#waiters.size
  }

  /** Ends a signal, also one that was accepted elsewhere. Only the first end counts; returns whether this was it. */
  finish({ id, signalType, traceId, acceptedAt, status, durationMs, result, error }: Outcome): boolean {
    if (this.#finished.has(id)) return false
    this.#active.delete(id)
    const record: SignalRecord = { id, signalType, traceId, acceptedAt, status, durationMs, result, error }
    this.#keep(record)
    const waiters = this.#waiters.get(id)
    if (!waiters) return true
    this.#waiters.delete(id)
    for (const waiter of waiters) waiter(record)
    return true
  }

  #keep(record: SignalRecord): void {
    const oldest = this.#order[this.#next]
    // One that was sent back has another record by now, or none.
    if (oldest && this.#finished.get(oldest.id) === oldest) this.#finished.delete(oldest.id)
    this.#order[this.#next] = record
    this.#next = (this.#next + 1) % this.#kept
    this.#finished.set(record.id, record)
  }

  /** Resolves with what is known of an accepted signal once it is finished. */
  async whenFinished(signal: Signal): Promise<SignalRecord> {
    if (!this.#active.has(signal.id)) return this.#finished.get(signal.id) ?? recordOf(signal)
    return await new Promise((resolve) => {
      const waiters = this.#waiters.get(signal.id)
      if (waiters) waiters.push(resolve)
      else this.#waiters.set(signal.id, [resolve])
    })
  }
}

function recordOf({ id, request, traceId, acceptedAt, status }: Signal): SignalRecord {
  return { id, signalType: request.signal_type, traceId, acceptedAt, status }
}
