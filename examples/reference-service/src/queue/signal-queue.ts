import type { LoadLevelerSnapshot } from '@tps/heijunka'
import type { DeadItem, DeadLetterSnapshot, WorkSource } from '@tps/kanban'
import type { Signal, SignalRequest } from '../signal.ts'
import type { QueueState } from '../snapshots.ts'

/** The names of the queue's classes: the priorities, most urgent first. */
export const CLASSES = ['1', '2', '3', '4'] as const

/** The class of a signal that names no priority. */
const DEFAULT_PRIORITY = 3

/** The class in which a signal waits. */
export function classOf({ priority = DEFAULT_PRIORITY }: SignalRequest): string {
  return String(priority)
}

/** Where accepted signals wait, as those see it who put them in. */
export interface SignalQueue {
  readonly mode: QueueState['mode']
  readonly deadLetters: DeadSignals
  /**
   * Puts a signal in: `true` when it is safely there, `false` when there is no room. A promise where the queue is not in
   * memory; that rejects when the queue can't be reached: then the signal is not in.
   */
  offer(signal: Signal): boolean | Promise<boolean>
  /** How long a signal that came in now would wait, in ms; `undefined` when nobody knows. */
  estimateWaitMs(): number | undefined
  state(): Omit<QueueState, 'connected'>
  /** Takes nothing more in. What waits comes out. */
  close(): void
  readonly isClosed: boolean
  /** Gives everything back. */
  stop(): Promise<void>
}

/** Where accepted signals wait, as workers of this process see it. */
export interface WorkQueue extends SignalQueue {
  /** How long a worker may be silent, in ms; `undefined` where that doesn't matter. */
  readonly leaseMs?: number | undefined
  /** What a worker pulls from, by its number. */
  source(worker: number): WorkSource<Signal>
  /** How many workers pull from now on. */
  resize(workers: number): void
  /** A worker has died with this signal in its hands: the end of its lease puts it back. */
  giveBack(signal: Signal): void
  leveler(): LoadLevelerSnapshot
  /** Keeps what a pool has given up, where the end of its lease doesn't. */
  readonly bury?: (dead: DeadItem<Signal>) => void
}

/** A signal that was given up. */
export interface DeadSignal {
  readonly id: number
  readonly signalId: string
  readonly traceId: string
  readonly request: SignalRequest
  /** ISO 8601. */
  readonly acceptedAt: string
  /** What the attempts failed with, the last one last. */
  readonly errors: readonly string[]
  readonly attempts: number
  /** ISO 8601. */
  readonly lastFailedAt: string
  readonly redrives: number
  /** Whether it was sent back and died again. */
  readonly poison: boolean
}

/** Which dead signals to send back, and how fast. */
export interface RedriveRequest {
  /** Default: all but poison. */
  readonly ids?: readonly number[] | undefined
  readonly perSecond?: number | undefined
  /** Default: left, unless it is named in `ids`. */
  readonly poison?: 'skip' | 'include' | 'only' | undefined
}

/** What a redrive came to. */
export interface RedriveResult {
  readonly redriven: number
  readonly skipped: number
  readonly remaining: number
  readonly ended: 'done' | 'full' | 'aborted' | 'failed'
}

/** The signals that were given up. */
export interface DeadSignals {
  /** The first `limit` with an `id` above `after`, oldest first. */
  list(page: { readonly after: number; readonly limit: number }): Promise<readonly DeadSignal[]>
  get(id: number): Promise<DeadSignal | undefined>
  /** Sends them back, oldest first, until one finds no room. `revived` is called for each before it is worked on. */
  redrive(request: RedriveRequest, revived: (signal: Signal) => void | Promise<void>): Promise<RedriveResult>
  snapshot(): DeadLetterSnapshot
}
