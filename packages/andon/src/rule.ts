import type { FlapHold } from './flap.ts'
import type { Labels } from './labels.ts'
import type { BurnRate, EventCounts } from './rule-burn-rate.ts'
import type { EvaluateContext, Verdict } from './rule-custom.ts'
import type { Threshold } from './rule-level.ts'
import type { RateOfChange } from './rule-rate.ts'

/** How bad it is: red needs somebody now, yellow needs somebody today. */
export type Severity = 'red' | 'yellow'

/** What a missing value means. */
export type NoDataPolicy = 'keep' | 'fire' | 'resolve'

/** What rules of every kind have. */
export interface CommonRule {
  /** What the alert is called. Unique among the rules of an emitter. */
  readonly name: string
  readonly severity: Severity
  /** Labels of every alert of this rule: at most 16, values of at most 256 characters. Default none. */
  readonly labels?: Labels | undefined
  /** One sentence for whoever is called. Default: the rule's name and condition, "HighLatency is above 200". */
  readonly summary?: string | undefined
  /** What it means and what to do. Default empty. */
  readonly description?: string | undefined
  /** How long the trouble must last without a break before the alert fires, in ms. 0 fires at once. Default 0. */
  readonly forMs?: number | undefined
  /** How long the value must be clear without a break before a firing alert resolves, in ms. Default 0. */
  readonly keepFiringMs?: number | undefined
  /**
   * What it means when there is no value: the source returned `undefined`, `null` or NaN, or threw; such a value was
   * observed; or the last observed one is older than `staleMs`. For a rate and a burn rate, also that the readings
   * don't tell yet; for an `evaluate`, that it returned `undefined` or threw.
   * - `keep` (default): everything stays as it is. A pending alert doesn't begin to fire, a firing one doesn't resolve.
   * - `fire`: as bad as a value beyond the threshold; `forMs` applies.
   * - `resolve`: as good as a clear value; `keepFiringMs` applies.
   */
  readonly noData?: NoDataPolicy | undefined
  /** For observed values: how old the last one may be, in ms, before it counts as no data. Default: any age. */
  readonly staleMs?: number | undefined
  /** What to do with an alert that comes and goes. `false` does nothing. Default: the emitter's `flapHold`. */
  readonly flapHold?: FlapHold | false | undefined
}

/** Reads a rule's value at each evaluation. Without one the rule takes what is observed. */
export type RuleSource<Value> = (() => Value | null | undefined) | undefined

/** Trouble is a value beyond a level. */
export interface ThresholdRule extends CommonRule {
  readonly threshold: Threshold
  readonly rate?: undefined
  readonly burnRate?: undefined
  readonly absence?: undefined
  readonly evaluate?: undefined
  /**
   * Reads the value; called once by each `evaluate()`. Must be quick and synchronous. What it throws is counted,
   * reported as `sourceError`, and counts as no data. A rule with a source takes no `observe()`.
   */
  readonly source?: RuleSource<number>
}

/** Trouble is a value that changes too fast. */
export interface RateRule extends CommonRule {
  readonly rate: RateOfChange
  readonly threshold?: undefined
  readonly burnRate?: undefined
  readonly absence?: undefined
  readonly evaluate?: undefined
  /** As that of a threshold. */
  readonly source?: RuleSource<number>
}

/** Trouble is an error budget that burns too fast. */
export interface BurnRateRule extends CommonRule {
  readonly burnRate: BurnRate
  readonly threshold?: undefined
  readonly rate?: undefined
  readonly absence?: undefined
  readonly evaluate?: undefined
  /** As that of a threshold, but reads counts. */
  readonly source?: RuleSource<EventCounts>
}

/** How long a value may be missing. */
export interface Absence {
  /** Trouble is that no value came for longer than this, in ms, greater than 0. */
  readonly afterMs: number
  /**
   * The label sets that have to come from the beginning. Default: the one without labels, until a labelled one is
   * observed. Whatever was observed once has to come from then on, until it is forgotten.
   */
  readonly expect?: readonly Labels[] | undefined
}

/** Trouble is that no value comes. It has no `noData` and no `staleMs`: missing data are the trouble. */
export interface AbsenceRule extends CommonRule {
  readonly absence: Absence
  readonly threshold?: undefined
  readonly rate?: undefined
  readonly burnRate?: undefined
  readonly evaluate?: undefined
  readonly noData?: undefined
  readonly staleMs?: undefined
  /** As that of a threshold. Whatever it returns is well, except nothing. */
  readonly source?: RuleSource<number>
}

/** Trouble is what your function says. */
export interface CustomRule extends CommonRule {
  /**
   * Called by each `evaluate()` for each series, and by each `observe()`. Must be quick and synchronous. What it throws
   * is counted, reported as `sourceError`, and counts as no data. Without a `source` it is called for the series without
   * labels from the beginning, until a labelled one is observed.
   */
  readonly evaluate: (context: EvaluateContext) => boolean | Verdict | null | undefined
  readonly threshold?: undefined
  readonly rate?: undefined
  readonly burnRate?: undefined
  readonly absence?: undefined
  /** As that of a threshold; gives the `value` of the context. */
  readonly source?: RuleSource<number>
}

/** One thing to watch. Checked and copied when the emitter is made. Its kind is the one of the five keys that it has. */
export type AlertRule = ThresholdRule | RateRule | BurnRateRule | AbsenceRule | CustomRule

/** Where a value stands. `unknown` changes nothing. */
export type Condition = 'breach' | 'between' | 'clear' | 'unknown'
