import type { Bottleneck } from './scaling-bottleneck.ts'
import type { ScalingDecision, ScalingLimit, ScalingReason } from './scaling-decision.ts'
import type { ScalabilityFit, ThroughputPoint } from './usl.ts'

/** Workers were added or taken away. */
export interface ScaledEvent {
  readonly from: number
  readonly to: number
  readonly decision: ScalingDecision
}

/** More workers bring no more throughput. */
export interface ScalingNotHelpingEvent {
  /** How many there were when it showed. */
  readonly workers: number
  /** How many are known to do the same; fewer may be, and are tried. */
  readonly sufficient: number
  /** The law that fits what was measured; `null` while too little was. */
  readonly fit: ScalabilityFit | null
  readonly bottleneck: Bottleneck
  /** What was measured: mean throughput by number of workers. */
  readonly points: readonly ThroughputPoint[]
}

/** Something keeps the number of workers from what the load asks for. Told when that begins, or becomes something else. */
export interface LimitedEvent {
  readonly limitedBy: ScalingLimit
  readonly decision: ScalingDecision
}

/** `read` or `scale` threw, rejected, took longer than `timeoutMs`, or gave nonsense. */
export interface ScalingFailureEvent {
  readonly error: unknown
  /** How many times in a row. */
  readonly failures: number
}

/** What an `Autoscaler` emits. */
export interface AutoscalerEvents {
  /** After each look that came to a decision, to hold as well. With `dryRun` it is what would have been done. */
  decision: [event: ScalingDecision]
  scaled: [event: ScaledEvent]
  'scaling-not-helping': [event: ScalingNotHelpingEvent]
  limited: [event: LimitedEvent]
  readFailed: [event: ScalingFailureEvent]
  scaleFailed: [event: ScalingFailureEvent]
}

/** The readings of an `Autoscaler`. Counts are totals since it was made. */
export interface AutoscalerSnapshot {
  readonly name: string
  readonly isRunning: boolean
  readonly dryRun: boolean
  readonly min: number
  readonly max: number
  /** By the last reading; `null` before the first. */
  readonly workers: number | null
  /** What the load asks for, within the bounds; `null` before the first reading. */
  readonly recommended: number | null
  readonly reason: ScalingReason | null
  readonly limitedBy: ScalingLimit | null
  readonly explanation: string | null
  /** In ms since the epoch; `null` when it never was. */
  readonly lastScaledAt: number | null
  /** What the schedule asks for at least. */
  readonly floor: number
  /** What the trend expects to be wanted; `null` without one. */
  readonly forecast: number | null
  /** The number above which more workers don't help; `null` while none is known. */
  readonly ceiling: number | null
  /** Whether it is looked for, held to, or tried anew. */
  readonly plateau: 'free' | 'searching' | 'held' | 'trial' | 'off'
  readonly fit: ScalabilityFit | null
  readonly bottleneck: Bottleneck | null
  readonly decisions: number
  readonly scaledUp: number
  readonly scaledDown: number
  readonly notHelping: number
  readonly readFailures: number
  readonly scaleFailures: number
}
