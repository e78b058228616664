import type { NoDataPolicy, Severity } from '@tps/andon'

/** What is made of the samples in a window. */
export const RULE_AGGREGATES = ['avg', 'min', 'max', 'sum', 'count', 'last', 'p50', 'p90', 'p99'] as const
export type RuleAggregate = (typeof RULE_AGGREGATES)[number]

export const RULE_OPERATORS = ['>', '>=', '<', '<='] as const
export type RuleOperator = (typeof RULE_OPERATORS)[number]

/** What trouble is: `agg` of the samples of the last `windowMs`, compared with `threshold`. */
export interface Rule {
  readonly name: string
  readonly metric: string
  readonly agg: RuleAggregate
  /** In ms, at least 1,000. */
  readonly windowMs: number
  readonly op: RuleOperator
  readonly threshold: number
  /** How long the trouble must last before it fires, in ms. */
  readonly forMs: number
  /** How long it must be over before it resolves, in ms. */
  readonly keepFiringMs: number
  /** Fewer samples in the window are no trouble. At least 1. */
  readonly minSamples: number
  /** What it means when a window has no samples any more. */
  readonly noData: NoDataPolicy
  /** Only series with these tags; each may have one of several values. */
  readonly tags: Readonly<Record<string, readonly string[]>>
  /** Series with the same values of these tags are taken together. `undefined`: each series by itself. */
  readonly groupBy: readonly string[] | undefined
  readonly severity: Severity
  readonly labels: Readonly<Record<string, string>>
  readonly summary: string
  /** Where it says what to do. */
  readonly runbook: string | undefined
}

/** `avg(cpu_usage{host="web-1"}[60s]) > 80`. */
export function expressionOf(
  rule: Pick<Rule, 'metric' | 'agg' | 'windowMs' | 'op' | 'threshold' | 'tags' | 'groupBy'>,
): string {
  const { metric, agg, windowMs, op, threshold, tags, groupBy } = rule
  const matchers = Object.entries(tags).map(([tag, values]) => {
    const [only] = values
    return values.length === 1 ? `${tag}=${JSON.stringify(only)}` : `${tag}=~${JSON.stringify(values.join('|'))}`
  })
  const by = groupBy ? ` by (${groupBy.join(', ')}) ` : ''
  const selector = matchers.length > 0 ? `{${matchers.join(',')}}` : ''
  return `${agg}${by}(${metric}${selector}[${durationText(windowMs)}]) ${op} ${threshold}`
}

function durationText(ms: number): string {
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`
}

/** What every rule has unless it says otherwise. */
const COMMON = {
  agg: 'avg',
  op: '>',
  forMs: 0,
  keepFiringMs: 0,
  minSamples: 1,
  noData: 'resolve',
  tags: {},
  groupBy: undefined,
  severity: 'red',
  labels: {},
  runbook: undefined,
} as const satisfies Partial<Rule>

/** A rule with what it leaves out. */
export function ruleOf(given: Pick<Rule, 'name' | 'metric' | 'windowMs' | 'threshold'> & Partial<Rule>): Rule {
  const rule = { ...COMMON, ...given }
  return { ...rule, summary: given.summary ?? expressionOf(rule) }
}

/**
 * The rules of the walkthrough, when there is no file. It says nothing of the window of the second one, nor of the aggregate
 * of the last two: they are as those of the first.
 */
export const DEFAULT_RULES: readonly Rule[] = [
  ruleOf({
    name: 'HighCpuUsage',
    metric: 'cpu_usage',
    agg: 'avg',
    windowMs: 60_000,
    threshold: 80,
    severity: 'yellow',
  }),
  ruleOf({ name: 'HighMemoryUsage', metric: 'memory_usage', agg: 'avg', windowMs: 60_000, threshold: 90 }),
  ruleOf({ name: 'HighErrorRate', metric: 'error_rate', agg: 'avg', windowMs: 30_000, threshold: 5 }),
]
