import type { StageDurations } from '@tps/kaizen'
import type { Stage } from '../counters.ts'
import type { Variant } from '../experiments.ts'
import type { Signal, SignalStatus } from '../signal.ts'

/** How a signal can end. */
export type Final = Extract<SignalStatus, 'completed' | 'failed' | 'dead-lettered'>

/** How a signal ended: plain JSON, as it may come from another process. */
export interface Outcome {
  readonly id: string
  readonly traceId: string
  readonly signalType: Signal['request']['signal_type']
  /** ISO 8601. */
  readonly acceptedAt: string
  readonly status: Final
  /** From arrival to the end, in ms. */
  readonly durationMs: number
  readonly result?: unknown
  readonly error?: string | undefined
  /** By what durations are learned. */
  readonly kind: string
  /** How long the work itself took, in ms; left out where it did not come to its end. */
  readonly workMs?: number | undefined
  /** Where the time went; left out where it did not come to its end. */
  readonly stages?: StageDurations<Stage> | undefined
  readonly variant?: Variant | undefined
}
