import type { Tags } from '../sample.ts'
import { QueryError } from './parameters.ts'
import type { Expression, Selector } from './promql-ast.ts'
import { bucketQuantile, overRange, quantile } from './promql-ranges.ts'

/** How far back an instant looks for a sample, as in Prometheus. */
export const LOOK_BACK_MS = 300_000

/** The samples that a selector has found, by series, in the order of time. */
export interface FoundSeries {
  /** With `__name__`. */
  readonly labels: Tags
  readonly timestamps: Float64Array
  readonly values: Float64Array
}

/** A value at each time; `undefined` where there is none. */
export interface Line {
  readonly labels: Tags
  readonly values: readonly (number | undefined)[]
}

/** One number at each time, or lines. */
export type Value =
  | { readonly kind: 'scalar'; readonly values: readonly number[] }
  | { readonly kind: 'vector'; readonly lines: readonly Line[] }

/** Evaluates at each of `times`, in ms, from what its selectors have found. @throws {QueryError} */
export function evaluate(
  expression: Expression,
  times: readonly number[],
  found: ReadonlyMap<Selector, readonly FoundSeries[]>,
): Value {
  const again = (inner: Expression): Value => evaluate(inner, times, found)
  switch (expression.kind) {
    case 'number':
      return { kind: 'scalar', values: times.map(() => expression.value) }
    case 'selector':
      if (expression.rangeMs !== undefined) throw new QueryError('a range needs a function, such as rate(x[1m])')
      return { kind: 'vector', lines: instants(expression, times, found.get(expression) ?? []) }
    case 'negative':
      return map(again(expression.of), (value) => -value)
    case 'aggregate':
      return aggregate(expression, lines(again(expression.of)), expression.parameter && again(expression.parameter))
    case 'binary':
      return binary(expression, again(expression.left), again(expression.right))
    case 'call':
    // no default
  }
  return call(expression, times, found, again)
}

function instants({ offsetMs }: Selector, times: readonly number[], found: readonly FoundSeries[]): readonly Line[] {
  return found.map(({ labels, timestamps, values }) => {
    let next = 0
    const line = times.map((time) => {
      const atMs = time - offsetMs
      while (next < timestamps.length && timestamps[next]! <= atMs) next++
      return next > 0 && timestamps[next - 1]! > atMs - LOOK_BACK_MS ? values[next - 1] : undefined
    })
    return { labels, values: line }
  })
}

type Call = Extract<Expression, { kind: 'call' }>

function call(
  { name, parameters }: Call,
  times: readonly number[],
  found: ReadonlyMap<Selector, readonly FoundSeries[]>,
  again: (inner: Expression) => Value,
): Value {
  const [first, second] = parameters
  const last = parameters.at(-1)
  if (last?.kind === 'selector' && last.rangeMs !== undefined) {
    const parameter = second && first ? scalar(again(first)) : []
    return { kind: 'vector', lines: distinct(ranges(name, last, times, found.get(last) ?? [], parameter)) }
  }
  const of = again(name === 'histogram_quantile' ? second! : first!)
  if (name === 'histogram_quantile') return histogramQuantile(scalar(again(first!)), lines(of), times)
  if (name === 'abs') return map(of, Math.abs)
  const bound = scalar(again(second!))
  return map(of, (value, index) =>
    name === 'clamp_min' ? Math.max(value, bound[index]!) : Math.min(value, bound[index]!),
  )
}

function ranges(
  name: string,
  { rangeMs = 0, offsetMs }: Selector,
  times: readonly number[],
  found: readonly FoundSeries[],
  parameter: readonly number[],
): readonly Line[] {
  return found.map(({ labels, timestamps, values }) => {
    let [from, to] = [0, 0]
    const line = times.map((time, index) => {
      const endMs = time - offsetMs
      const startMs = endMs - rangeMs
      while (to < timestamps.length && timestamps[to]! <= endMs) to++
      while (from < to && timestamps[from]! <= startMs) from++
      return overRange(name, { timestamps, values, from, to, startMs, endMs }, parameter[index] ?? Number.NaN)
    })
    return { labels: name === 'last_over_time' ? labels : withoutName(labels), values: line }
  })
}

function histogramQuantile(q: readonly number[], all: readonly Line[], times: readonly number[]): Value {
  const groups = Map.groupBy(all, ({ labels }) => keyOf(without(labels, ['le', '__name__'])))
  const result = [...groups.values()].map((members): Line => {
    const values = times.map((_, index) => {
      const buckets = members
        .filter(({ values: ofBucket }) => ofBucket[index] !== undefined)
        .map(({ labels, values: ofBucket }) => [limitOf(labels['le']), ofBucket[index]!] as const)
      return buckets.length === 0 ? undefined : bucketQuantile(q[index]!, buckets)
    })
    return { labels: without(members[0]!.labels, ['le', '__name__']), values }
  })
  return { kind: 'vector', lines: result }
}

function limitOf(text = ''): number {
  return /^\+?inf$/i.test(text) ? Number.POSITIVE_INFINITY : Number.parseFloat(text)
}

type Aggregation = Extract<Expression, { kind: 'aggregate' }>

function aggregate(
  { operator, isWithout, labels }: Aggregation,
  all: readonly Line[],
  parameter: Value | undefined,
): Value {
  const groupLabels = (line: Line): Tags =>
    isWithout ? without(line.labels, [...labels, '__name__']) : only(line.labels, labels)
  const groups = [...Map.groupBy(all, (line) => keyOf(groupLabels(line))).values()]
  const numbers = parameter && scalar(parameter)
  if (operator === 'topk' || operator === 'bottomk')
    return { kind: 'vector', lines: groups.flatMap((members) => extremes(members, numbers ?? [], operator === 'topk')) }
  const result = groups.map((members): Line => {
    const values = members[0]!.values.map((_, index) => {
      const there = members.map(({ values: ofMember }) => ofMember[index]).filter((value) => value !== undefined)
      return there.length === 0 ? undefined : combine(operator, there, numbers?.[index] ?? Number.NaN)
    })
    return { labels: groupLabels(members[0]!), values }
  })
  return { kind: 'vector', lines: result }
}

function combine(operator: string, values: number[], parameter: number): number {
  if (operator === 'count') return values.length
  if (operator === 'quantile') return quantile(values, parameter)
  const sum = (): number => values.reduce((a, b) => a + b, 0)
  if (operator === 'sum') return sum()
  if (operator === 'avg') return sum() / values.length
  const isMin = operator === 'min'
  return values.reduce((a, b) => ((isMin ? b < a : b > a) || Number.isNaN(a) ? b : a))
}

/** The lines of a group with those of their values that are among the greatest, or the least, of their time. */
function extremes(members: readonly Line[], counts: readonly number[], isTop: boolean): readonly Line[] {
  const kept = members.map(() => [] as (number | undefined)[])
  for (const [index, count] of counts.entries()) {
    const ranked = members
      .map(({ values }, member) => ({ member, value: values[index] }))
      .filter((one): one is { member: number; value: number } => one.value !== undefined)
      .toSorted((a, b) => (isTop ? b.value - a.value : a.value - b.value))
      .slice(0, Math.max(0, Math.floor(count)))
    for (const line of kept) line.push(undefined)
    for (const { member, value } of ranked) kept[member]![index] = value
  }
  return members.map(({ labels }, member) => ({ labels, values: kept[member]! }))
}

type Binary = Extract<Expression, { kind: 'binary' }>

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
}
const COMPARISON: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
}

function binary(expression: Binary, left: Value, right: Value): Value {
  const { operator, isBool, matching } = expression
  const compare = COMPARISON[operator]
  /** `kept` is what a comparison that holds leaves. */
  const apply = (a: number, b: number, kept: number): number | undefined => {
    if (!compare) return ARITHMETIC[operator]!(a, b)
    if (isBool) return compare(a, b) ? 1 : 0
    return compare(a, b) ? kept : undefined
  }
  if (left.kind === 'scalar' && right.kind === 'scalar') {
    if (compare && !isBool) throw new QueryError('a comparison of two numbers needs bool')
    return { kind: 'scalar', values: left.values.map((a, index) => apply(a, right.values[index]!, a)!) }
  }
  const keepsName = compare !== undefined && !isBool
  const result = (line: Line, values: readonly (number | undefined)[]): Line => ({
    labels: keepsName ? line.labels : withoutName(line.labels),
    values,
  })
  if (left.kind === 'vector' && right.kind === 'scalar') {
    const ofLine = ({ values }: Line) => values.map((a, index) => both(a, right.values[index], apply, a))
    return { kind: 'vector', lines: distinct(left.lines.map((line) => result(line, ofLine(line)))) }
  }
  if (left.kind === 'scalar') {
    const ofLine = ({ values }: Line) => values.map((b, index) => both(left.values[index], b, apply, b))
    return { kind: 'vector', lines: distinct(lines(right).map((line) => result(line, ofLine(line)))) }
  }
  const keyFor = ({ labels }: Line): string =>
    keyOf(
      matching?.isOn === true
        ? only(labels, matching.labels)
        : without(labels, ['__name__', ...(matching?.labels ?? [])]),
    )
  const others = new Map<string, Line>()
  for (const line of lines(right)) {
    const key = keyFor(line)
    if (others.has(key)) throw new QueryError(`several series on the right of ${operator} match one on the left`)
    others.set(key, line)
  }
  const seen = new Set<string>()
  const matched = left.lines.flatMap((line): readonly Line[] => {
    const key = keyFor(line)
    const other = others.get(key)
    if (!other) return []
    if (seen.has(key)) throw new QueryError(`several series on the left of ${operator} match one on the right`)
    seen.add(key)
    const values = line.values.map((a, index) => both(a, other.values[index], apply, a))
    const { labels } = result(line, values)
    const kept = matching ? labelsOfMatch(labels, matching) : labels
    return [{ labels: kept, values }]
  })
  return { kind: 'vector', lines: matched }
}

function labelsOfMatch(labels: Tags, { isOn, labels: names }: NonNullable<Binary['matching']>): Tags {
  return isOn ? only(labels, names) : without(labels, names)
}

function both(
  a: number | undefined,
  b: number | undefined,
  apply: (a: number, b: number, kept: number) => number | undefined,
  kept: number | undefined,
): number | undefined {
  return a === undefined || b === undefined || kept === undefined ? undefined : apply(a, b, kept)
}

function map(value: Value, change: (value: number, index: number) => number): Value {
  if (value.kind === 'scalar') return { kind: 'scalar', values: value.values.map(change) }
  const changed = value.lines.map(({ labels, values }) => ({
    labels: withoutName(labels),
    values: values.map((one, index) => (one === undefined ? undefined : change(one, index))),
  }))
  return { kind: 'vector', lines: distinct(changed) }
}

function lines(value: Value): readonly Line[] {
  if (value.kind === 'scalar') throw new QueryError('series are needed where there is a number')
  return value.lines
}

function scalar(value: Value): readonly number[] {
  if (value.kind === 'vector') throw new QueryError('a number is needed where there are series')
  return value.values
}

/** Without their names, series may no longer differ. */
function distinct(all: readonly Line[]): readonly Line[] {
  const keys = new Set(all.map(({ labels }) => keyOf(labels)))
  if (keys.size < all.length) throw new QueryError('several series have the same labels once their names are left out')
  return all
}

const withoutName = (labels: Tags): Tags => without(labels, ['__name__'])

function without(labels: Tags, names: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name)))
}

function only(labels: Tags, names: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name)))
}

function keyOf(labels: Tags): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
