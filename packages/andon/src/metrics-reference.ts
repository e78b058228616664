import { CATALOGUE } from './catalogue.ts'
import { type CatalogueRow, namesOf } from './catalogue-row.ts'
import type { SourceKind } from './snapshots.ts'

/** What the sources of a kind are called in the reference. */
const TITLES: Readonly<Record<SourceKind, string>> = {
  breakers: 'Circuit breakers',
  queues: 'Queues',
  pools: 'Worker pools',
  levelers: 'Load levelers',
  limiters: 'Limiters',
  autoscalers: 'Autoscalers',
  trackers: 'Percentile trackers',
  slos: 'Service level objectives',
  deadLetters: 'Dead letters',
  signals: 'Signals of a service',
  alerts: 'Alert emitters',
  boards: 'Boards',
  collectors: 'The collectors themselves',
}

/** Every metric as a Markdown page, from the catalogue: names of both profiles, type, labels, meaning. */
export function metricsReference(): string {
  const kinds = Object.keys(CATALOGUE) as SourceKind[]
  return kinds.map((kind) => `## ${TITLES[kind]}\n\nOption \`${kind}\`.\n\n${tableOf(CATALOGUE[kind])}\n`).join('\n')
}

function tableOf(rows: readonly CatalogueRow[]): string {
  const lines = rows.map((row) => {
    const labels = row.labels.map((label) => `\`${label}\``).join(', ')
    return [nameOf(row, 'tps'), nameOf(row, 'idiomatic'), row.type, labels, helpOf(row)]
  })
  const head = ['`names: tps`', '`names: idiomatic`', 'type', 'labels', 'meaning']
  const widths = head.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => (line[column] ?? '').length)),
  )
  const write = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [write(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...lines.map(write)].join('\n')
}

function nameOf(row: CatalogueRow, profile: 'tps' | 'idiomatic'): string {
  const [name] = namesOf(row, profile)
  return name ? `\`${name.name}\`` : ''
}

function helpOf(row: CatalogueRow): string {
  const [tps, idiomatic] = [namesOf(row, 'tps')[0], namesOf(row, 'idiomatic')[0]]
  if (!tps || !idiomatic || tps.help === idiomatic.help) return (tps ?? idiomatic)?.help ?? ''
  return `${tps.help.slice(0, -1)}; idiomatic: in seconds.`
}
