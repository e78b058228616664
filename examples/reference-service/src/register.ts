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

/** A signal on the line, or how one ended. */
interface Entry {
  readonly id: string
  signal: Signal | undefined
  record: SignalRecord | undefined
}

/**
 * Knows every signal on the line and the last finished ones. Bounded: those on the line are as many as the queue and
 * the workers hold, and of the finished ones the oldest are forgotten. What they carried is forgotten when they end.
 */
export class SignalRegister {
  readonly #kept: number
  readonly #entries = new Map<string, Entry>()
  #active = 0
  /** The finished ones in their order, in a ring. */
  readonly #order: (Entry | undefined)[] = []
  #next = 0
  readonly #waiters = new Map<string, ((record: SignalRecord) => void)[]>()

  /** `kept` is how many finished signals stay known. */
  constructor(kept: number) {
    this.#kept = kept
  }

  add(signal: Signal): void {
    this.#entries.set(signal.id, { id: signal.id, signal, record: undefined })
    this.#active++
  }

  /** Forgets a signal that was not admitted after all, or whose end is known elsewhere. */
  drop(id: string): void {
    if (!this.#entries.get(id)?.signal) return
    this.#entries.delete(id)
    this.#active--
  }

  /** A signal that was finished is on the line again. */
  revive(signal: Signal): void {
    const entry = this.#entries.get(signal.id)
    // In the ring it stays, as one that has nothing more to do with the signal.
    if (entry?.record) entry.record = undefined
    else if (entry) return
    this.add(signal)
  }

  get(id: string): SignalRecord | undefined {
    const entry = this.#entries.get(id)
    return entry?.signal ? recordOf(entry.signal) : entry?.record
  }

  /** The spans of a signal that is on the line. */
  traceOf(id: string): SignalTrace | undefined {
    return this.#entries.get(id)?.signal?.trace
  }

  /** A worker has begun with the signal. */
  begun(id: string): void {
    const signal = this.#entries.get(id)?.signal
    if (signal) signal.status = 'processing'
  }

  /** How many signals are on the line: accepted here and not finished. */
  get active(): number {
    return this.#active
  }

  /** How many signals somebody waits for. */
  get waiters(): number {
    return this.#waiters.size
  }

  /** Ends a signal, also one that was accepted elsewhere. Only the first end counts; returns whether this was it. */
  finish({ id, signalType, traceId, acceptedAt, status, durationMs, result, error }: Outcome): boolean {
    const known = this.#entries.get(id)
    if (known?.record) return false
    const record: SignalRecord = { id, signalType, traceId, acceptedAt, status, durationMs, result, error }
    if (known) {
      known.signal = undefined
      known.record = record
      this.#active--
      this.#keep(known)
    } else {
      const entry: Entry = { id, signal: undefined, record }
      this.#entries.set(id, entry)
      this.#keep(entry)
    }
    if (this.#waiters.size > 0) this.#answer(id, record)
    return true
  }

  #keep(entry: Entry): void {
    const oldest = this.#order[this.#next]
    // One that was sent back has another entry by now.
    if (oldest?.record) this.#entries.delete(oldest.id)
    this.#order[this.#next] = entry
    this.#next = (this.#next + 1) % this.#kept
  }

  #answer(id: string, record: SignalRecord): void {
    const waiters = this.#waiters.get(id)
    if (!waiters) return
    this.#waiters.delete(id)
    for (const waiter of waiters) waiter(record)
  }

  /** Resolves with what is known of an accepted signal once it is finished. */
  async whenFinished(signal: Signal): Promise<SignalRecord> {
    const entry = this.#entries.get(signal.id)
    if (!entry?.signal) return entry?.record ?? recordOf(signal)
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
