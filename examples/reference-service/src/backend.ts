import type { CircuitBreakerSnapshot } from '@tps/jidoka'
import type { Gate } from './line/intake.ts'
import type { Parts } from './parts.ts'
import type { SignalQueue } from './queue/signal-queue.ts'
import type { SignalRecord } from './register.ts'

/** What is behind the API: queue, workers and downstream, in this process or in others. */
export interface Backend {
  readonly queue: SignalQueue
  /** What can be read of it; the circuit in front of the queue is the API's. */
  readonly parts: Omit<Parts, 'queueBreaker' | 'durations'>
  /** The circuit in front of the downstream. */
  readonly gate: Gate
  /** How long a signal that came in now would wait for a worker, in ms. */
  estimateWaitMs(): number
  /** Whether the queue can be reached. */
  ping(): Promise<void>
  start(): Promise<void>
  /** Tells of each change of a circuit at once. */
  onCircuit(listener: (circuit: Pick<CircuitBreakerSnapshot, 'name' | 'state'>) => void): void
  /** Workers take nothing more, until every reason is gone. */
  pause(reason: string): void
  resume(reason: string): void
  /** One worker dies in the middle of its work; it is replaced after a while. */
  crashWorker(): { readonly worker: number; readonly was_busy: boolean; readonly replaced_in_ms: number } | undefined
  replaceWorker(): void
  /** A signal that this process doesn't know: it may have been accepted by one before, or by another one. */
  find(id: string): Promise<SignalRecord | undefined>
  /** A dead letter is sent back: how it ended is forgotten. */
  revive(id: string): Promise<void>
  /** Finishes what was accepted, for at most `graceMs`. Resolves with how many of them are still on the line. */
  drain(graceMs: number): Promise<void>
  stop(): Promise<void>
}
