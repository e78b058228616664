import type { Series } from '../sample.ts'
import type { SeriesTable } from '../series.ts'
import type { Matcher, SeriesSelector } from './store.ts'

/** Thrown for a regular expression that is none. */
export class MatcherError extends Error {
  override readonly name = 'MatcherError'
  readonly code = 'ERR_MATCHER'
}

/** The series of the table that are selected, in the order of their numbers. */
export function selectSeries(table: SeriesTable, { name, matchers = [] }: SeriesSelector): readonly Series[] {
  const candidates = name === undefined ? table.all() : table.named(name)
  if (matchers.length === 0) return candidates
  const tests = matchers.map(compile)
  return candidates.filter((series) => tests.every((test) => test(series)))
}

function compile({ tag, operator, value }: Matcher): (series: Series) => boolean {
  const read = (series: Series): string => (tag === '__name__' ? series.name : (series.tags[tag] ?? ''))
  if (operator === '=') return (series) => read(series) === value
  if (operator === '!=') return (series) => read(series) !== value
  let expression: RegExp
  try {
    expression = new RegExp(`^(?:${value})$`, 'su')
  } catch (error) {
    throw new MatcherError(`${JSON.stringify(value)} is not a regular expression`, { cause: error })
  }
  return operator === '=~' ? (series) => expression.test(read(series)) : (series) => !expression.test(read(series))
}
