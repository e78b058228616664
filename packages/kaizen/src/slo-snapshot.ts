import type { SloPeriod } from './slo-period.ts'

/** How an objective stands. */
export type SloState = 'insufficient-data' | 'ok' | 'exhausted'

/** Readings of one burn-rate alert. */
export interface BurnRateReading {
  readonly severity: 'red' | 'yellow'
  readonly longMs: number
  readonly shortMs: number
  readonly factor: number
  /** `null` without events. */
  readonly longBurnRate: number | null
  /** `null` without events. */
  readonly shortBurnRate: number | null
  /** Whether its condition holds; `null` while there is not enough data. */
  readonly isBurning: boolean | null
}

/** Readings of an `Slo`. */
export interface SloSnapshot {
  readonly name: string
  readonly target: number
  /** `null` where there is none. */
  readonly threshold: number | null
  readonly period: SloPeriod
  readonly state: SloState
  /** Events in the period. */
  readonly total: number
  readonly bad: number
  /** Events refused, since it was made. */
  readonly invalid: number
  /** Share of good events in the period; `null` without events. */
  readonly goodRatio: number | null
  /** Share of the error budget that is left: 1 when nothing failed, below 0 when more failed than was allowed. */
  readonly budgetRemaining: number
  /** When the budget will be used up if events go on as they did, as ISO 8601 in UTC; `null` when it won't be. */
  readonly exhaustsAt: string | null
  /** When a new calendar period begins with a new budget, as ISO 8601 in UTC; `null` for a rolling one. */
  readonly renewsAt: string | null
  readonly alerts: readonly BurnRateReading[]
}

/** The state is another than before. Seen when events are recorded, once in a slice of 1/172,800 of the period. */
export interface SloStateEvent {
  readonly from: SloState
  readonly to: SloState
  readonly budgetRemaining: number
}

/** Something was recorded that can't be judged. It was counted as invalid and is in no other figure. */
export interface InvalidSloEvent {
  readonly value: unknown
}

/** What an `Slo` tells. */
export interface SloEvents {
  state: [event: SloStateEvent]
  invalid: [event: InvalidSloEvent]
}
