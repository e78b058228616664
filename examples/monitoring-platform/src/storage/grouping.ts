import type { Series } from '../sample.ts'
import type { Aggregate } from './store.ts'

/** Groups of series by the tags they have in common. */
export interface Grouping {
  /** What each group has in common, in alphabetical order. */
  readonly groups: readonly Readonly<Record<string, string>>[]
  /** The group of a series, by its number. */
  readonly groupOf: ReadonlyMap<number, number>
}

export function groupSeries(all: readonly Series[], groupBy: readonly string[]): Grouping {
  const byText = new Map<string, { group: Readonly<Record<string, string>>; members: number[] }>()
  for (const { id, name, tags } of all) {
    const values = groupBy.map((tag) => (tag === 'name' ? name : (tags[tag] ?? '')))
    const text = JSON.stringify(values)
    const known = byText.get(text)
    if (known) known.members.push(id)
    else byText.set(text, { group: Object.fromEntries(groupBy.map((tag, i) => [tag, values[i] ?? ''])), members: [id] })
  }
  const sorted = [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
  return {
    groups: sorted.map(({ group }) => group),
    groupOf: new Map(sorted.flatMap(({ members }, index) => members.map((id) => [id, index] as const))),
  }
}

/** What several series of a group come to in one step, from what each came to. */
export interface Partial {
  count: number
  made: number
}

/** Adds a series' part to that of its group. */
export function addPart(aggregate: Aggregate, sum: Partial | undefined, count: number, made: number): Partial {
  if (!sum) return { count, made }
  sum.count += count
  if (aggregate === 'min') sum.made = Math.min(sum.made, made)
  else if (aggregate === 'max') sum.made = Math.max(sum.made, made)
  else sum.made += made
  return sum
}

/** The aggregate from its parts. `lengthMs` is that of the step. */
export function finish(aggregate: Aggregate, { count, made }: Partial, lengthMs: number): number {
  if (aggregate === 'avg') return made / count
  if (aggregate === 'count') return count
  return aggregate === 'rate' ? made / (lengthMs / 1_000) : made
}
