import { type Tags, seriesKey } from '../sample.ts'
import type { Expression, Selector } from './promql-ast.ts'
import { type FoundSeries, LOOK_BACK_MS, type Value, evaluate } from './promql-evaluate.ts'
import { parsePromQl } from './promql-parse.ts'
import { QueryError } from './parameters.ts'
import type { Query } from './query.ts'

/** As many steps as Prometheus allows. */
const MAX_STEPS = 11_000

/** The answer at each step, from `startMs` to `endMs`. @throws {QueryError} and what a query throws. */
export async function queryRange(
  query: Query,
  text: string,
  startMs: number,
  endMs: number,
  stepMs: number,
): Promise<{ readonly times: readonly number[]; readonly value: Value }> {
  if (!(endMs >= startMs)) throw new QueryError('end must not be before start')
  if (!(stepMs > 0)) throw new QueryError('step must be above 0')
  const steps = Math.floor((endMs - startMs) / stepMs) + 1
  if (steps > MAX_STEPS)
    throw new QueryError(`there are ${steps} steps, at most ${MAX_STEPS} are answered: take a longer step`)
  const expression = parsePromQl(text)
  const times = Array.from({ length: steps }, (_, step) => startMs + step * stepMs)
  const found = new Map<Selector, readonly FoundSeries[]>()
  for (const selector of selectorsOf(expression)) found.set(selector, await find(query, selector, startMs, endMs))
  return { times, value: evaluate(expression, times, found) }
}

/** The samples of a range itself, such as `up[5m]`. */
export async function queryMatrix(query: Query, selector: Selector, atMs: number): Promise<readonly FoundSeries[]> {
  return await find(query, selector, atMs, atMs)
}

async function find(
  query: Query,
  { name, matchers, rangeMs = LOOK_BACK_MS, offsetMs }: Selector,
  startMs: number,
  endMs: number,
): Promise<readonly FoundSeries[]> {
  const found: FoundSeries[] = []
  let labels: Tags | undefined
  let key = ''
  let times: number[] = []
  let numbers: number[] = []
  const end = (): void => {
    if (labels) found.push({ labels, timestamps: Float64Array.from(times), values: Float64Array.from(numbers) })
    times = []
    numbers = []
  }
  const chunks = query.samples({
    ...(name !== undefined && { name }),
    matchers,
    // A range doesn't include its beginning.
    startMs: startMs - offsetMs - rangeMs + 1,
    endMs: endMs - offsetMs,
    order: 'series',
  })
  for await (const { length, series, timestamps, values } of chunks) {
    for (let row = 0; row < length; row++) {
      const { name: ofRow, tags } = series[row]!
      const keyOfRow = series[row]!.key || seriesKey(ofRow, tags)
      if (keyOfRow !== key) {
        end()
        key = keyOfRow
        labels = { __name__: ofRow, ...tags }
      }
      times.push(timestamps[row]!)
      numbers.push(values[row]!)
    }
  }
  end()
  return found
}

function selectorsOf(expression: Expression): readonly Selector[] {
  switch (expression.kind) {
    case 'selector':
      return [expression]
    case 'number':
      return []
    case 'negative':
      return selectorsOf(expression.of)
    case 'aggregate':
      return [...(expression.parameter ? selectorsOf(expression.parameter) : []), ...selectorsOf(expression.of)]
    case 'binary':
      return [...selectorsOf(expression.left), ...selectorsOf(expression.right)]
    case 'call':
    // no default
  }
  return expression.parameters.flatMap(selectorsOf)
}
