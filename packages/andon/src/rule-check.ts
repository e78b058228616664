import { checkFunction, checkName, checkNumber, checkObject, checkOneOf } from '@tps/internal'
import { type CheckedFlapHold, type FlapHold, checkFlapHold } from './flap.ts'
import { type Labels, NO_LABELS, checkLabels } from './labels.ts'
import { checkBurnRate } from './rule-burn-rate.ts'
import { type Level, checkLevel } from './rule-level.ts'
import type { Meter } from './rule-meter.ts'
import { checkRate } from './rule-rate.ts'
import type { Absence, AlertRule, Condition, NoDataPolicy, Severity } from './rule.ts'

/** A rule that has been checked, with its defaults filled in. */
export interface CheckedRule extends Level {
  readonly kind: 'threshold' | 'rate' | 'burnRate' | 'absence' | 'evaluate'
  readonly name: string
  readonly severity: Severity
  readonly labels: Labels
  readonly condition: string
  readonly summary: string
  readonly description: string
  readonly forMs: number
  readonly keepFiringMs: number
  readonly whenNoData: Condition
  readonly staleMs: number
  readonly flapHold: CheckedFlapHold | undefined
  readonly source: (() => unknown) | undefined
  /** Of a rate and a burn rate. */
  readonly meter: Meter | undefined
  /** Of an absence; Infinity for the others. */
  readonly absentMs: number
  /** The label sets that have a state from the beginning. `undefined`: the empty one, until another is observed. */
  readonly expect: readonly Labels[] | undefined
  readonly evaluate: ((context: never) => unknown) | undefined
}

const KINDS = ['threshold', 'rate', 'burnRate', 'absence', 'evaluate'] as const

const WHEN_NO_DATA = { keep: 'unknown', fire: 'breach', resolve: 'clear' } as const satisfies Record<
  NoDataPolicy,
  Condition
>

/** Checks one rule. `at` is where it stands, for the messages. */
export function checkRule(at: string, rule: AlertRule, flapHold?: CheckedFlapHold): CheckedRule {
  checkObject(at, rule)
  const name = checkName(`${at}.name`, rule.name)
  const { labels, summary, description = '', forMs = 0, keepFiringMs = 0, noData = 'keep', staleMs, source } = rule
  const kind = checkKind(at, rule)
  if (typeof description !== 'string') throw new TypeError(`${at}.description must be a string`)
  return {
    kind,
    name,
    severity: checkOneOf(`${at}.severity`, rule.severity, ['red', 'yellow']),
    labels: labels === undefined ? NO_LABELS : checkLabels(`${at}.labels`, labels),
    description,
    meter: undefined,
    absentMs: Infinity,
    expect: [],
    evaluate: undefined,
    ...checkCondition(at, rule, kind, (condition) => ({
      condition,
      summary: summary === undefined ? `${name} is ${condition}` : checkName(`${at}.summary`, summary),
    })),
    forMs: checkNumber(`${at}.forMs`, forMs, { min: 0 }),
    keepFiringMs: checkNumber(`${at}.keepFiringMs`, keepFiringMs, { min: 0 }),
    whenNoData: WHEN_NO_DATA[checkOneOf(`${at}.noData`, noData, ['keep', 'fire', 'resolve'])],
    staleMs: staleMs === undefined ? Infinity : checkNumber(`${at}.staleMs`, staleMs, { above: 0 }),
    flapHold: checkOwnFlapHold(at, rule.flapHold, flapHold),
    source: source === undefined ? undefined : checkFunction(`${at}.source`, source),
  }
}

function checkKind(at: string, rule: AlertRule): CheckedRule['kind'] {
  const given = KINDS.filter((key) => rule[key] !== undefined)
  const [kind] = given
  if (!kind || given.length > 1)
    throw new TypeError(
      `${at} must have one of ${KINDS.map((key) => `"${key}"`).join(', ')}, got ${given.length === 0 ? 'none' : given.join(' and ')}`,
    )
  return kind
}

const NO_LEVEL: Level = { isAbove: true, limit: 0, clearAt: 0 }

type Texts = Pick<CheckedRule, 'condition' | 'summary'>
type OfKind = Level & Texts & Partial<Pick<CheckedRule, 'meter' | 'absentMs' | 'expect' | 'evaluate'>>

function checkCondition(
  at: string,
  rule: AlertRule,
  kind: CheckedRule['kind'],
  texts: (condition: string) => Texts,
): OfKind {
  if (rule.absence !== undefined) {
    const { absentMs, expect } = checkAbsence(at, rule)
    return { ...NO_LEVEL, absentMs, expect, ...texts(`absent for ${absentMs} ms`) }
  }
  if (rule.evaluate !== undefined) {
    const evaluate = checkFunction(`${at}.evaluate`, rule.evaluate)
    return { ...NO_LEVEL, evaluate, expect: undefined, ...texts('in trouble') }
  }
  const checked =
    rule.rate !== undefined
      ? checkRate(`${at}.${kind}`, rule.rate)
      : rule.burnRate !== undefined
        ? checkBurnRate(`${at}.${kind}`, rule.burnRate)
        : checkLevel(`${at}.${kind}`, rule.threshold)
  return { ...checked, ...texts(checked.condition) }
}

function checkAbsence(
  at: string,
  { absence, ...rule }: { readonly absence: Absence },
): { absentMs: number; expect: readonly Labels[] | undefined } {
  for (const key of ['noData', 'staleMs'])
    if (Reflect.get(rule, key) !== undefined)
      throw new TypeError(`${at}.${key} has no meaning for an absence: leave it out`)
  const { afterMs, expect } = checkObject(`${at}.absence`, absence)
  if (expect !== undefined && !Array.isArray(expect)) throw new TypeError(`${at}.absence.expect must be an array`)
  return {
    absentMs: checkNumber(`${at}.absence.afterMs`, afterMs, { above: 0 }),
    expect: (expect as readonly Labels[] | undefined)?.map((labels, index) =>
      checkLabels(`${at}.absence.expect[${index}]`, labels),
    ),
  }
}

function checkOwnFlapHold(
  at: string,
  own: FlapHold | false | undefined,
  common: CheckedFlapHold | undefined,
): CheckedFlapHold | undefined {
  if (own === undefined) return common
  return own === false ? undefined : checkFlapHold(`${at}.flapHold`, own)
}
