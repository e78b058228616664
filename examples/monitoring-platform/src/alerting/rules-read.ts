import type { AlertEmitterOptions, EscalationStep, GroupOptions, InhibitionRule } from '@tps/andon'
import type { Static } from 'typebox'
import { Value } from 'typebox/value'
import { parse } from 'yaml'
import { durationMs } from '../query/parameters.ts'
import type { OnCallSchedule } from './on-call.ts'
import { DEFAULT_RULES, type Rule, ruleOf } from './rule.ts'
import { problemsOf } from './rules-problems.ts'
import { RulesFileSchema } from './rules-schema.ts'

/** How somebody who takes turns is reached: by exactly one of these. */
export interface Person {
  readonly name: string
  /** A configured channel. */
  readonly channel?: string | undefined
  readonly webhook?: string | undefined
  readonly slack?: string | undefined
  readonly email?: string | undefined
}

/** What a file of rules says. */
export interface RuleSet {
  readonly rules: readonly Rule[]
  readonly onCall: { readonly schedule: OnCallSchedule; readonly people: readonly Person[] } | undefined
  /** Whom andon tells, and when. */
  readonly telling: Pick<AlertEmitterOptions, 'escalation' | 'group' | 'repeatEveryMs' | 'inhibitions'>
}

/** Without a file. */
export const BUILT_IN: RuleSet = { rules: DEFAULT_RULES, onCall: undefined, telling: {} }

/** Thrown for a file that can't be used. The message names each rule and key that is wrong, and why. */
export class RulesError extends Error {
  override readonly name = 'RulesError'
  readonly code = 'ERR_RULES'
  readonly problems: readonly string[]

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('; '), options)
    this.problems = problems
  }
}

/** Reads rules from YAML, and so from JSON. @throws {RulesError} */
export function readRules(text: string): RuleSet {
  let given: unknown
  try {
    given = parse(text, { maxAliasCount: 100 })
  } catch (error) {
    throw new RulesError([`it is no YAML: ${error instanceof Error ? error.message : String(error)}`], { cause: error })
  }
  if (!Value.Check(RulesFileSchema, given)) throw new RulesError(problemsOf(RulesFileSchema, given))
  const problems: string[] = []
  const rules = given.rules.map((each) => ruleFrom(each, problems))
  const twice = rules.filter(({ name }, index) => rules.findIndex((each) => each.name === name) !== index)
  problems.push(...twice.map(({ name }) => `rule "${name}": name must be unique, and there is another one of it`))
  const onCall = given.on_call && onCallFrom(given.on_call, problems)
  if (problems.length > 0) throw new RulesError(problems)
  return { rules, onCall, telling: tellingFrom(given) }
}

type RulesFile = Static<typeof RulesFileSchema>

const msOf = (text: string | undefined, fallback: number): number => (text === undefined ? fallback : durationMs(text)!)

function ruleFrom(given: RulesFile['rules'][number], problems: string[]): Rule {
  const { name, metric, agg, op, threshold, minSamples, noData, tags = {}, groupBy, severity, labels } = given
  const windowMs = msOf(given.window, 0)
  if (windowMs < 1_000) problems.push(`rule "${name}": window must be at least 1s; it is ${given.window}`)
  const expected = Object.entries(tags).map(([tag, values]) => [tag, [values].flat()] as const)
  return ruleOf({
    name,
    metric,
    windowMs,
    threshold,
    forMs: msOf(given.for, 0),
    keepFiringMs: msOf(given.keepFiring, 0),
    tags: Object.fromEntries(expected),
    ...(agg && { agg }),
    ...(op && { op }),
    ...(minSamples !== undefined && { minSamples }),
    ...(noData && { noData }),
    ...(groupBy && { groupBy: groupBy as readonly string[] }),
    ...(severity && { severity }),
    ...(labels && { labels }),
    ...(given.summary !== undefined && { summary: given.summary }),
    ...(given.runbook !== undefined && { runbook: given.runbook }),
  })
}

function onCallFrom(given: NonNullable<RulesFile['on_call']>, problems: string[]): NonNullable<RuleSet['onCall']> {
  const names = new Set(given.rotation.map(({ name }) => name))
  if (names.size < given.rotation.length) problems.push('on_call: rotation must have each name once')
  for (const { name, channel, webhook, slack, email } of given.rotation)
    if ([channel, webhook, slack, email].filter((each) => each !== undefined).length !== 1)
      problems.push(`on_call: "${name}" must have one of channel, webhook, slack and email`)
  const shiftMs = msOf(given.shift, 0)
  if (shiftMs < 60_000) problems.push(`on_call: shift must be at least 1m; it is ${given.shift}`)
  const startMs = momentOf(given.start, 'on_call: start', problems)
  const overrides = (given.overrides ?? []).map(({ name, from, until }, index) => {
    const at = `on_call: overrides[${index}]`
    const [fromMs, untilMs] = [momentOf(from, `${at}.from`, problems), momentOf(until, `${at}.until`, problems)]
    if (!names.has(name)) problems.push(`${at}.name must be one of the rotation; it is "${name}"`)
    if (fromMs >= untilMs) problems.push(`${at}.until must be after its from`)
    return { name, fromMs, untilMs }
  })
  return { schedule: { rotation: [...names], startMs, shiftMs, overrides }, people: given.rotation }
}

function momentOf(given: string | number, at: string, problems: string[]): number {
  const ms = typeof given === 'number' ? given : Date.parse(given)
  if (!Number.isFinite(ms)) problems.push(`${at} must be a time such as 2026-01-05T08:00:00Z; it is "${given}"`)
  return ms
}

const FIVE_MINUTES_MS = 300_000

function tellingFrom({ escalation, group, repeat, inhibitions, on_call: onCall }: RulesFile): RuleSet['telling'] {
  const steps: readonly EscalationStep[] | undefined = escalation?.map(({ after, channels }) => ({
    afterMs: msOf(after, 0),
    channels,
  }))
  const byDefault = onCall && [{ afterMs: FIVE_MINUTES_MS, channels: ['on-call'] }]
  const grouped: GroupOptions | undefined = group && {
    by: group.by as readonly string[],
    ...(group.wait !== undefined && { waitMs: msOf(group.wait, 0) }),
    ...(group.interval !== undefined && { intervalMs: msOf(group.interval, 0) }),
  }
  return {
    escalation: steps ?? byDefault,
    group: grouped,
    repeatEveryMs: repeat === undefined ? undefined : msOf(repeat, 0),
    inhibitions: inhibitions as readonly InhibitionRule[] | undefined,
  }
}
