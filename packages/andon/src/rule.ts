import { checkName, checkNumber, checkFunction, checkObject, checkOneOf } from '@tps/internal'
import { type Labels, NO_LABELS, checkLabels } from './labels.ts'

/** How bad it is: red needs somebody now, yellow needs somebody today. */
export type Severity = 'red' | 'yellow'

/** What a missing value means. */
export type NoDataPolicy = 'keep' | 'fire' | 'resolve'

/** The level that a value must not pass, and the level at which all is well again. */
export type Threshold =
  | {
      /** Trouble is a value **greater than** this. A value equal to it is no trouble. */
      readonly above: number
      /** A firing alert clears at this value **or less**. At most `above`. Default `above`. */
      readonly clearAt?: number | undefined
    }
  | {
      /** Trouble is a value **less than** this. A value equal to it is no trouble. */
      readonly below: number
      /** A firing alert clears at this value **or more**. At least `below`. Default `below`. */
      readonly clearAt?: number | undefined
    }

/** One thing to watch. Checked and copied when the emitter is made. */
export interface AlertRule {
  /** What the alert is called. Unique among the rules of an emitter. */
  readonly name: string
  readonly severity: Severity
  /** Labels of every alert of this rule: at most 16, values of at most 256 characters. Default none. */
  readonly labels?: Labels | undefined
  /** One sentence for whoever is called. Default: the rule's name and condition, "HighLatency is above 200". */
  readonly summary?: string | undefined
  /** What it means and what to do. Default empty. */
  readonly description?: string | undefined
  readonly threshold: Threshold
  /** How long the trouble must last without a break before the alert fires, in ms. 0 fires at once. Default 0. */
  readonly forMs?: number | undefined
  /** How long the value must be clear without a break before a firing alert resolves, in ms. Default 0. */
  readonly keepFiringMs?: number | undefined
  /**
   * What it means when there is no value: the source returned `undefined`, `null` or NaN, or threw; such a value was
   * observed; or the last observed one is older than `staleMs`.
   * - `keep` (default): everything stays as it is. A pending alert doesn't begin to fire, a firing one doesn't resolve.
   * - `fire`: as bad as a value beyond the threshold; `forMs` applies.
   * - `resolve`: as good as a clear value; `keepFiringMs` applies.
   */
  readonly noData?: NoDataPolicy | undefined
  /** For observed values: how old the last one may be, in ms, before it counts as no data. Default: any age. */
  readonly staleMs?: number | undefined
  /**
   * Reads the value; called once by each `evaluate()`. Must be quick and synchronous. What it throws is counted,
   * reported as `sourceError`, and counts as no data. A rule with a source takes no `observe()`.
   */
  readonly source?: (() => number | null | undefined) | undefined
}

/** Where a value stands. `unknown` changes nothing. */
export type Condition = 'breach' | 'between' | 'clear' | 'unknown'

/** A rule that has been checked, with its defaults filled in. */
export interface CheckedRule {
  readonly name: string
  readonly severity: Severity
  readonly labels: Labels
  readonly condition: string
  readonly summary: string
  readonly description: string
  readonly isAbove: boolean
  readonly limit: number
  readonly clearAt: number
  readonly forMs: number
  readonly keepFiringMs: number
  readonly whenNoData: Condition
  readonly staleMs: number
  readonly source: (() => unknown) | undefined
}

const WHEN_NO_DATA = { keep: 'unknown', fire: 'breach', resolve: 'clear' } as const satisfies Record<
  NoDataPolicy,
  Condition
>

/** Checks one rule. `at` is where it stands, for the messages. */
export function checkRule(at: string, rule: AlertRule): CheckedRule {
  checkObject(at, rule)
  const name = checkName(`${at}.name`, rule.name)
  const { labels, summary, description = '', forMs = 0, keepFiringMs = 0, noData = 'keep', staleMs, source } = rule
  const threshold = checkThreshold(`${at}.threshold`, rule.threshold)
  if (typeof description !== 'string') throw new TypeError(`${at}.description must be a string`)
  return {
    name,
    severity: checkOneOf(`${at}.severity`, rule.severity, ['red', 'yellow']),
    labels: labels === undefined ? NO_LABELS : checkLabels(`${at}.labels`, labels),
    summary: summary === undefined ? `${name} is ${threshold.condition}` : checkName(`${at}.summary`, summary),
    description,
    ...threshold,
    forMs: checkNumber(`${at}.forMs`, forMs, { min: 0 }),
    keepFiringMs: checkNumber(`${at}.keepFiringMs`, keepFiringMs, { min: 0 }),
    whenNoData: WHEN_NO_DATA[checkOneOf(`${at}.noData`, noData, ['keep', 'fire', 'resolve'])],
    staleMs: staleMs === undefined ? Infinity : checkNumber(`${at}.staleMs`, staleMs, { above: 0 }),
    source: source === undefined ? undefined : checkFunction(`${at}.source`, source),
  }
}

function checkThreshold(
  at: string,
  threshold: Threshold,
): Pick<CheckedRule, 'isAbove' | 'limit' | 'clearAt' | 'condition'> {
  checkObject(at, threshold)
  const { above, below, clearAt } = threshold as { above?: number; below?: number; clearAt?: number }
  if ((above === undefined) === (below === undefined)) throw new TypeError(`${at} must have either "above" or "below"`)
  const isAbove = above !== undefined
  const side = isAbove ? 'above' : 'below'
  const limit = checkNumber(`${at}.${side}`, isAbove ? above : below)
  const bounds = isAbove ? { max: limit } : { min: limit }
  return {
    isAbove,
    limit,
    clearAt: clearAt === undefined ? limit : checkNumber(`${at}.clearAt`, clearAt, bounds),
    condition: `${side} ${limit}`,
  }
}

/** Where `value` stands. `undefined` is no data. */
export function conditionOf(rule: CheckedRule, value: number | undefined): Condition {
  if (value === undefined) return rule.whenNoData
  if (rule.isAbove) return value > rule.limit ? 'breach' : value <= rule.clearAt ? 'clear' : 'between'
  return value < rule.limit ? 'breach' : value >= rule.clearAt ? 'clear' : 'between'
}
