import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Diagnosis, diagnose } from './diagnose.ts'
import type { Readings } from './diagnosis-condition.ts'
import { READINGS, readingsOf } from './diagnosis-readings.ts'
import type { LineSnapshots } from './diagnosis-snapshots.ts'
import { SEVERITIES } from './diagnosis-tree.ts'

/** Every threshold there is, and a little to each side. */
const AROUND_THRESHOLDS = [
  0, 0.004, 0.005, 0.009, 0.01, 0.011, 0.04, 0.05, 0.051, 0.19, 0.2, 0.29, 0.3, 0.5, 0.59, 0.6, 0.79, 0.8, 0.81, 0.89,
  0.9, 0.94, 0.95, 0.99, 1, 1.09, 1.1, 1.49, 1.5, 1.9, 2, 2.1, 3, 9, 10, 11, 99, 100, 59_999, 60_000, 60_001, 299_999,
  300_000, 300_001, 599_999, 600_000, 600_001,
]
const STATES = ['closed', 'half-open', 'open'] as const
const ONSETS = ['sudden', 'gradual'] as const

const numeric = READINGS.filter(({ unit }) => unit !== 'text' && unit !== 'yes or no')
const yesOrNo = READINGS.filter(({ unit }) => unit === 'yes or no')
const number = fc.constantFrom(...AROUND_THRESHOLDS)

/** Readings of which any may be missing. */
const readings: fc.Arbitrary<Readings> = fc
  .tuple(
    fc.record(Object.fromEntries(numeric.map(({ reading }) => [reading, number])), { requiredKeys: [] }),
    fc.record(Object.fromEntries(yesOrNo.map(({ reading }) => [reading, fc.boolean()])), { requiredKeys: [] }),
    fc.record(
      {
        'breaker.state': fc.constantFrom(...STATES),
        'errors.onset': fc.constantFrom(...ONSETS),
        'latency.onset': fc.constantFrom(...ONSETS),
        'breakdown.largestStage': fc.constant('work'),
      },
      { requiredKeys: [] },
    ),
  )
  .map((parts) => Object.assign({}, ...parts) as Readings)

/** By how much each reading gets worse, in places of the list of values. Most stay. */
const worsening = fc.array(
  fc.oneof({ arbitrary: fc.constant(0), weight: 3 }, { arbitrary: fc.nat({ max: 10 }), weight: 1 }),
  {
    minLength: READINGS.length,
    maxLength: READINGS.length,
  },
)

function worsen(given: Readings, steps: readonly number[]): Readings {
  const worse = { ...given }
  for (const [index, { reading, worse: way }] of READINGS.entries()) {
    const value = given[reading]
    const step = steps[index] ?? 0
    if (reading === 'breaker.state' && value !== undefined)
      worse[reading] =
        STATES[Math.min(STATES.length - 1, STATES.indexOf(value as 'open') + Math.min(step, 1))] ?? 'open'
    if (typeof value !== 'number' || way === null) continue
    const at = AROUND_THRESHOLDS.indexOf(value) + (way === 'higher' ? step : -step)
    worse[reading] = AROUND_THRESHOLDS[Math.max(0, Math.min(AROUND_THRESHOLDS.length - 1, at))] ?? value
  }
  return worse
}

/** Greater is worse; 0 is well. */
function gravity({ severity }: Pick<Diagnosis, 'severity'>): number {
  return severity === null ? 0 : SEVERITIES.length - SEVERITIES.indexOf(severity)
}

const INCIDENTS = ['red', 'yellow', 'green']
const alarm = ({ incident }: Diagnosis): number => (incident ? INCIDENTS.length - INCIDENTS.indexOf(incident.level) : 0)

it('never gives a less severe verdict for more severe readings', () => {
  fc.assert(
    fc.property(readings, worsening, (given, steps) => {
      const [before, after] = [diagnose({}, { readings: given }), diagnose({}, { readings: worsen(given, steps) })]
      expect(gravity(after)).toBeGreaterThanOrEqual(gravity(before))
      expect(alarm(after)).toBeGreaterThanOrEqual(alarm(before))
    }),
    { numRuns: 2000 },
  )
})

it('never gives a less severe verdict for more severe snapshots', () => {
  const field = fc.nat({ max: 20 })
  const state = fc.record({
    depth: field,
    errors: field,
    p99: field,
    openForMs: field,
    overdue: field,
    cpu: field,
    memory: field,
    dead: field,
    busy: field,
  })
  const lineOf = (at: {
    [K in keyof (typeof state extends fc.Arbitrary<infer T> ? T : never)]: number
  }): LineSnapshots => ({
    breaker: { state: at.openForMs > 0 ? 'open' : 'closed', stateForMs: at.openForMs * 40_000 },
    queue: { depth: at.depth * 6, capacity: 100, enqueueRate: 10, dequeueRate: 10, rejected: 0 },
    pool: { workers: 10, utilization: at.busy / 20, overdue: at.overdue, processingRate: 10 },
    latency: { count: 1000, p50: 10, p90: 12, p99: 20 + at.p99 * 10 },
    signals: { errorRatio: Math.min(1, at.errors / 100) },
    deadLetters: { size: at.dead, added: at.dead },
    host: { cpuRatio: at.cpu / 20, memoryRatio: at.memory / 20 },
  })
  const WELL = { depth: 5, errors: 0, p99: 0, openForMs: 0, overdue: 0, cpu: 5, memory: 5, dead: 0, busy: 14 }
  const before = [3, 2, 1].map((minutes) => ({ agoMs: minutes * 60_000, readings: readingsOf(lineOf(WELL)) }))
  fc.assert(
    fc.property(state, state, (at, by) => {
      const worse = Object.fromEntries(
        // How busy the workers are is worse in either direction, so it stays.
        Object.entries(at).map(([key, value]) => [key, key === 'busy' ? value : value + by[key as keyof typeof by]]),
      ) as typeof at
      expect(gravity(diagnose(lineOf(worse), { earlier: before }))).toBeGreaterThanOrEqual(
        gravity(diagnose(lineOf(at), { earlier: before })),
      )
    }),
    { numRuns: 1000 },
  )
})

/** Told by other readings where they are missing: for these, to come in is to be corrected. */
const TOLD_BY_OTHERS = new Set(['load.perSecond', 'queue.fullForMs', 'breaker.openForMs', 'pool.utilization'])

it('never takes back a finding, nor makes it less severe, when a missing reading comes in', () => {
  fc.assert(
    fc.property(readings, fc.array(fc.boolean(), { minLength: 80, maxLength: 80 }), (all, kept) => {
      const some = Object.fromEntries(
        Object.entries(all).filter(([reading], index) => kept[index] === true || TOLD_BY_OTHERS.has(reading)),
      )
      const [little, much] = [diagnose({}, { readings: some }), diagnose({}, { readings: { ...some, ...all } })]
      for (const { tree, severity } of little.findings) {
        const found = much.findings.find((finding) => finding.tree === tree)
        expect(found?.severity).toBeDefined()
        expect(gravity({ severity: found?.severity ?? null })).toBeGreaterThanOrEqual(gravity({ severity }))
      }
    }),
    { numRuns: 1000 },
  )
})

it('gives plain JSON, and the same again for the same readings', () => {
  fc.assert(
    fc.property(readings, (given) => {
      const diagnosis = diagnose({}, { readings: given })
      expect(JSON.parse(JSON.stringify(diagnosis))).toEqual(diagnosis)
      expect(diagnose({}, { readings: given })).toEqual(diagnosis)
      for (const finding of diagnosis.findings) expect(finding.evidence.length).toBeGreaterThan(0)
    }),
    { numRuns: 200 },
  )
})
