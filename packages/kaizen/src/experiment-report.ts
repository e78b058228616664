import { type ExperimentResult, type Metric, type Side, shortNumber } from './comparison.ts'

const DECISIONS = {
  improved: 'Keep the change.',
  regressed: 'Take the change back.',
  equivalent: 'It makes no difference that matters: decide by other reasons.',
  inconclusive: 'Not decided: run longer, or accept that the effect is too small to see.',
} as const

/**
 * What an experiment found, as Markdown to put on record: the decision, the numbers, how they were come by, and what
 * they don't say.
 */
export function experimentReport(result: ExperimentResult): string {
  const { name, verdict, reason, baseline, candidate, effect, pValue, detectableRatio, design } = result
  const isObserved = design === 'observational'
  const metric = metricName(result.metric)
  const lines = [
    `# ${name.replaceAll(/\s+/g, ' ')}: ${verdict}${isObserved ? ' (observational)' : ''}`,
    '',
    isObserved && (verdict === 'improved' || verdict === 'regressed')
      ? `**After is ${verdict === 'improved' ? 'better' : 'worse'} than before. Whether because of the change, this can't say.** ${reason}`
      : `**${DECISIONS[verdict]}** ${reason}`,
    '',
    `| variant | values | ${metric} |`,
    '| --- | ---: | ---: |',
    row(baseline),
    row(candidate),
    '',
  ]
  if (effect !== null) {
    const sure = shortNumber(result.confidence * 100)
    lines.push(
      `- Change of the ${metric}: **${percent(effect.ratio)}**, ${sure} % interval ${percent(effect.low)} to ${percent(effect.high)}.`,
      `- A change like this or larger would be seen with probability ${probability(pValue)} if there were none.`,
      `- This much data finds a change of ${((detectableRatio ?? Number.NaN) * 100).toFixed(1)} % four times in five.`,
    )
  }
  lines.push(
    `- Better is ${result.better}; less than ${shortNumber(result.equivalenceRatio * 100)} % doesn't matter.`,
    isObserved
      ? '- One was measured after the other, or elsewhere. Anything else that was different is in the difference.'
      : `- The variants took turns in random order; the error is estimated from ${result.groups} stretches of time.`,
    '',
  )
  return lines.join('\n')
}

function row({ variant, count, value }: Side): string {
  return `| ${variant.replaceAll('|', '\\|')} | ${count} | ${value === null ? 'none' : shortNumber(value)} |`
}

function metricName(metric: Metric): string {
  return metric === 'mean' ? 'mean' : `p${shortNumber(metric.quantile * 100)}`
}

function percent(ratio: number): string {
  const change = (ratio - 1) * 100
  return `${change < 0 ? '−' : '+'}${Math.abs(change).toFixed(1)} %`
}

function probability(value: number | null): string {
  return value === null || value < 0.001 ? 'below 0.001' : value.toFixed(3)
}
