import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Tags } from '../sample.ts'
import { Watched, type TestSample } from './evaluator-fixture.ts'
import { RULE_AGGREGATES, RULE_OPERATORS, type Rule, ruleOf } from './rule.ts'
import type { Verdict } from './rule-series.ts'

/** A sub-window of the rules. Everything happens at borders of sub-windows, where windows are exact. */
const STEP_MS = 500
const WINDOW_MS = 60 * STEP_MS

interface Kept extends TestSample {
  readonly tags: Tags
  readonly atMs: number
}

/** What a rule makes of a list of samples. */
function naive(rule: Rule, all: readonly Kept[], nowMs: number): { verdict: Verdict; value: number } {
  const inWindow = all.filter(({ atMs }) => atMs > nowMs - WINDOW_MS)
  const value = valueOf(rule, inWindow)
  const { op, threshold, minSamples } = rule
  const isTrouble = {
    '>': value > threshold,
    '>=': value >= threshold,
    '<': value < threshold,
    '<=': value <= threshold,
  }[op]
  const isBreach = inWindow.length >= minSamples && isTrouble
  return { verdict: inWindow.length === 0 ? 'empty' : isBreach ? 'breach' : 'clear', value }
}

function valueOf({ agg }: Rule, samples: readonly Kept[]): number {
  const values = samples.map(({ value }) => value)
  const sum = values.reduce((total, value) => total + value, 0)
  if (agg === 'count') return values.length
  if (agg === 'sum') return sum
  if (agg === 'avg') return sum / values.length
  if (agg === 'min') return Math.min(...values)
  if (agg === 'max') return Math.max(...values)
  if (agg === 'last')
    return (
      samples.reduce<Kept | undefined>((last, each) => (last && last.atMs > each.atMs ? last : each), undefined)
        ?.value ?? Number.NaN
    )
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.ceil((Number(agg.slice(1)) * values.length) / 100) - 1] ?? Number.NaN
}

const step = fc.record({
  steps: fc.oneof({ weight: 4, arbitrary: fc.nat(5) }, { weight: 1, arbitrary: fc.nat(70) }),
  samples: fc.array(
    fc.record({
      host: fc.nat(3),
      zone: fc.nat(1),
      value: fc.oneof(fc.integer({ min: -4, max: 12 }), fc.constantFrom(Number.NaN, Infinity, -Infinity)),
      // Out of order, late, and ahead of the clock.
      ago: fc.oneof({ weight: 4, arbitrary: fc.nat(10) }, { weight: 1, arbitrary: fc.integer({ min: -70, max: 70 }) }),
    }),
    { maxLength: 12 },
  ),
})

const rule = fc
  .record({
    agg: fc.constantFrom(...RULE_AGGREGATES),
    op: fc.constantFrom(...RULE_OPERATORS),
    threshold: fc.integer({ min: -2, max: 8 }),
    minSamples: fc.integer({ min: 1, max: 3 }),
    groupBy: fc.constantFrom(undefined, [], ['zone']),
    tags: fc.constantFrom({}, { zone: ['z1'] }, { host: ['h0', 'h2'] }),
  })
  .map((given) => ruleOf({ name: 'R', metric: 'cpu', windowMs: WINDOW_MS, ...given }))

it('decides as a naive evaluation of all samples does, whatever their order', () => {
  fc.assert(
    fc.property(rule, fc.array(step, { maxLength: 25 }), (given, steps) => {
      const watched = new Watched([given])
      const { groupBy, tags: wanted } = given
      const groups = new Map<string, Kept[]>()
      const keyOf = (tags: Tags): string => (groupBy ? groupBy.map((tag) => tags[tag]).join() : JSON.stringify(tags))
      const verdicts = new Map<string, Verdict>()
      const expectSame = (): void => {
        for (const [series, verdict, value] of watched.told.splice(0)) {
          const key = keyOf(series.tags)
          verdicts.set(key, verdict)
          const expected = naive(given, groups.get(key) ?? [], watched.nowMs)
          if (verdict !== 'empty') expect(value).toBe(expected.value)
        }
        for (const [key, all] of groups)
          expect([key, verdicts.get(key) ?? 'empty']).toEqual([key, naive(given, all, watched.nowMs).verdict])
      }
      for (const { steps: count, samples } of steps) {
        watched.after(count * STEP_MS)
        expectSame()
        const batch = samples.map(({ host, zone, value, ago }) => ({
          tags: { host: `h${host}`, zone: `z${zone}` },
          value,
          timeMs: watched.nowMs - ago * STEP_MS,
        }))
        for (const each of batch) {
          const isWanted = Object.entries(wanted).every(([tag, values]) => values.includes(each.tags[tag as 'host']))
          const isAhead = each.timeMs - watched.nowMs > WINDOW_MS
          if (!isWanted || isAhead || Number.isNaN(each.value)) continue
          const key = keyOf(each.tags)
          groups.set(key, [...(groups.get(key) ?? []), { ...each, atMs: Math.min(each.timeMs, watched.nowMs) }])
        }
        watched.take(...batch)
        expectSame()
      }
    }),
    { numRuns: 400 },
  )
})
