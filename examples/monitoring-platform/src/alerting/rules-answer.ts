import { type RuleAnswer, type RuleSeriesAnswer, shown } from './answers.ts'
import { expressionOf } from './rule.ts'
import type { RuleSeries } from './rule-series.ts'
import type { WatchedRule } from './watched-rule.ts'

/** How many series of a rule are shown. */
const SHOWN = 20

const RANK = { firing: 0, pending: 1, ok: 2 } as const

/** A rule and its worst series. O(series of the rule). */
export function answerOf({ rule, all, overflow }: WatchedRule): RuleAnswer {
  const { name, metric, agg, windowMs, op, threshold, forMs, severity, summary, runbook = null } = rule
  const worst = worstOf([...all.values()], op === '>' || op === '>=').map((series) => seriesAnswerOf(series))
  const [first] = worst
  return {
    name,
    expression: expressionOf(rule),
    metric,
    agg,
    windowMs,
    op,
    threshold,
    forMs,
    severity,
    summary,
    runbook,
    state: first?.state ?? 'ok',
    value: first?.value ?? null,
    samples: first?.samples ?? 0,
    seriesCount: all.size,
    overflow: overflow.size,
    series: worst,
  }
}

/** Firing before pending before well, then the worst value. */
function worstOf(all: readonly RuleSeries[], isAbove: boolean): readonly RuleSeries[] {
  const valued = all.map((series) => ({ series, value: series.window.samples > 0 ? series.window.value : Number.NaN }))
  const badness = (value: number): number => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : isAbove ? value : -value)
  const compared = valued.toSorted((a, b) => {
    const byState = RANK[a.series.state] - RANK[b.series.state]
    if (byState !== 0) return byState
    const [left, right] = [badness(a.value), badness(b.value)]
    return left === right ? 0 : left > right ? -1 : 1
  })
  return compared.slice(0, SHOWN).map(({ series }) => series)
}

function seriesAnswerOf({ tags, window, state }: RuleSeries): RuleSeriesAnswer {
  const { samples } = window
  return { tags, value: shown(samples > 0 ? window.value : null), samples, state }
}
