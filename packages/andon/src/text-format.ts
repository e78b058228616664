import type { Exemplar, Exemplars } from './exemplars.ts'
import { type Family, type Sample, numeral } from './family.ts'

/** The text format 0.0.4 of Prometheus, or OpenMetrics 1.0. */
export type TextFormat = 'prometheus' | 'openmetrics'

export const CONTENT_TYPES: Readonly<Record<TextFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
}

/** `first`, then the families in the text format 0.0.4, those without samples left out. */
export function prometheusText(families: Iterable<Family>, first: string): string {
  const parts = first === '' ? [] : [first]
  for (const family of families)
    if (family.size > 0)
      parts.push((family.heads.prometheus ??= headOf(family, family.name, family.row.type)) + family.text())
  return joined(parts)
}

/** As `prometheusText` in OpenMetrics 1.0, with exemplars where there are any. Names are the same in both. */
export function openMetricsText(families: Iterable<Family>, first: string, exemplars: Exemplars | undefined): string {
  const parts = first === '' ? [] : [first]
  for (const family of families) {
    if (family.size === 0) continue
    const more = exemplars && exemplarsOf(exemplars, family)
    parts.push(
      (family.heads.openmetrics ??= openMetricsHeadOf(family)) + (more ? family.textWith(more) : family.text()),
    )
  }
  parts.push('# EOF')
  return joined(parts)
}

/** In one piece, each part on a line of its own. */
function joined(parts: string[]): string {
  if (parts.length === 0) return ''
  parts.push('')
  return parts.join('\n')
}

function headOf({ help }: Family, name: string, type: string): string {
  return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}`
}

function openMetricsHeadOf(family: Family): string {
  const { name, row } = family
  // A counter goes by its name without `_total` there, and only its samples end in it. One that must not be called so has no
  // type, and keeps its name.
  const base = isTotal(family) ? name.slice(0, -'_total'.length) : name
  const type = row.type === 'counter' && !isTotal(family) ? 'unknown' : row.type
  return headOf(family, base, type) + (base.endsWith('_seconds') ? `\n# UNIT ${base} seconds` : '')
}

function isTotal({ name, row }: Family): boolean {
  return row.type === 'counter' && name.endsWith('_total')
}

/** What follows a sample of a counter, or of a histogram. */
function exemplarsOf(exemplars: Exemplars, family: Family): ((sample: Sample) => string) | undefined {
  const { source, type } = family.row
  if (isTotal(family)) return ({ set }) => exemplarText(exemplars.counted(source, set.source, set.detail), false)
  if (type !== 'histogram') return undefined
  let below = Number.NEGATIVE_INFINITY
  return ({ set, suffix }) => {
    if (suffix !== '_bucket') return ''
    const le = Number(set.detail?.replace('+Inf', 'Infinity'))
    // The buckets of a source follow each other, the smallest first.
    if (le <= below) below = Number.NEGATIVE_INFINITY
    const text = exemplarText(exemplars.between(set.source, below * 1000, le * 1000), true)
    below = le
    return text
  }
}

function exemplarText(exemplar: Exemplar | undefined, isDuration: boolean): string {
  if (!exemplar) return ''
  const { traceId, spanId, value, atMs } = exemplar
  const labels = `{trace_id="${traceId}",span_id="${spanId}"}`
  return ` # ${labels} ${numeral(isDuration ? value / 1000 : value)} ${numeral(atMs / 1000)}`
}

function escapeHelp(help: string): string {
  return help.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`)
}
