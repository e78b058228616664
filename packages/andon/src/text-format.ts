import type { Exemplar, Exemplars } from './exemplars.ts'
import type { Family, Sample } from './sample-book.ts'

/** The text format 0.0.4 of Prometheus, or OpenMetrics 1.0. */
export type TextFormat = 'prometheus' | 'openmetrics'

export const CONTENT_TYPES: Readonly<Record<TextFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
}

/** The families in the text format 0.0.4, those without samples left out. */
export function prometheusText(families: Iterable<Family>): string {
  let text = ''
  for (const family of families) {
    const { name, row, samples } = family
    if (samples.length === 0) continue
    text += headOf(family, name, row.type)
    for (const { value, set, suffix } of samples) text += `${name}${suffix}${set.text} ${numeral(value)}\n`
  }
  return text
}

/** The families in OpenMetrics 1.0, without the `# EOF`, and with exemplars where there are any. Names are the same in both. */
export function openMetricsText(families: Iterable<Family>, exemplars: Exemplars | undefined): string {
  let text = ''
  for (const family of families) {
    const { row, samples } = family
    if (samples.length === 0) continue
    const isCounter = row.type === 'counter' && family.name.endsWith('_total')
    const name = isCounter ? family.name.slice(0, -'_total'.length) : family.name
    // A counter's samples end in `_total` here. One that must not be called so has no type, and keeps its name.
    text += headOf(family, name, row.type === 'counter' && !isCounter ? 'unknown' : row.type)
    if (name.endsWith('_seconds')) text += `# UNIT ${name} seconds\n`
    let below = Number.NEGATIVE_INFINITY
    for (const sample of samples) {
      const { value, set, suffix } = sample
      text += `${name}${isCounter ? '_total' : suffix}${set.text} ${numeral(value)}`
      if (exemplars && (isCounter || suffix === '_bucket')) {
        const le = suffix === '_bucket' ? Number(set.detail?.replace('+Inf', 'Infinity')) : Number.NaN
        // The buckets of a source follow each other, the smallest first.
        if (le <= below) below = Number.NEGATIVE_INFINITY
        text += exemplarText(exemplarOf(exemplars, family, sample, below, le), suffix === '_bucket')
        below = le
      }
      text += '\n'
    }
  }
  return text
}

/** What stands before the samples, for each family and the name it goes by. */
const heads = new WeakMap<Family, Map<string, string>>()

function headOf(family: Family, name: string, type: string): string {
  let byName = heads.get(family)
  if (!byName) heads.set(family, (byName = new Map<string, string>()))
  const key = `${type} ${name}`
  let head = byName.get(key)
  if (head === undefined) {
    head = `# HELP ${name} ${escapeHelp(family.help)}\n# TYPE ${name} ${type}\n`
    byName.set(key, head)
  }
  return head
}

function exemplarOf(
  exemplars: Exemplars,
  { row }: Family,
  { set, suffix }: Sample,
  aboveSeconds: number,
  upToSeconds: number,
): Exemplar | undefined {
  if (suffix === '_bucket') return exemplars.between(set.source, aboveSeconds * 1000, upToSeconds * 1000)
  return exemplars.counted(row.source, set.source, set.detail)
}

function exemplarText(exemplar: Exemplar | undefined, isDuration: boolean): string {
  if (!exemplar) return ''
  const { traceId, spanId, value, atMs } = exemplar
  const labels = `{trace_id="${traceId}",span_id="${spanId}"}`
  return ` # ${labels} ${numeral(isDuration ? value / 1000 : value)} ${numeral(atMs / 1000)}`
}

function numeral(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : `${value}`
}

function escapeHelp(help: string): string {
  return help.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`)
}
