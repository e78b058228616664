import { describe, expect, it } from 'vitest'
import { snapshotsOf } from './snapshots-fixture.ts'
import { readingOf } from './reading.ts'
import { FOLDS, SERIES } from './series.ts'

const host = { cpuRatio: 0.1, memoryRatio: 0.2, diskRatio: null, rssBytes: 1 }

describe('a reading', () => {
  it('is plain JSON', () => {
    const reading = readingOf(snapshotsOf(), host, [])
    expect(JSON.parse(JSON.stringify(reading))).toEqual(reading)
  })

  it('has a number or nothing for every series', () => {
    const { values } = readingOf(snapshotsOf(), host, [])
    expect(Object.keys(values)).toEqual(Object.keys(SERIES))
    expect(Object.keys(FOLDS)).toEqual(Object.keys(SERIES))
    for (const value of Object.values(values)) expect(value === null || Number.isFinite(value)).toBe(true)
    expect(values).toMatchObject({ circuit: 0, depth: 0, p99: null, cpuRatio: 0.1, diskRatio: null })
  })

  it.each([
    ['closed', 0],
    ['open', 1],
    ['forced-open', 1],
    ['half-open', 2],
    ['disabled', 0],
  ] as const)('numbers a circuit that is %s as %i', (state, number) => {
    const line = snapshotsOf()
    const chain = line.chain.map((circuit, index) => (index === 1 ? { ...circuit, state } : circuit))
    const { values } = readingOf({ ...line, breaker: { ...line.breaker, state }, chain }, host, [])
    expect(values).toMatchObject({ circuit: number, circuitA: 0, circuitB: number, circuitC: 0 })
  })

  it('reads the stages of the breakdown and the burn rates of the objectives', () => {
    const line = snapshotsOf()
    const share = { share: 1, saves: 1, slowestMean: 1, slowestShare: 1, slowestSaves: 1 }
    const breakdown = { ...line.breakdown, stages: [{ stage: 'process_work' as const, mean: 15.4, ...share }] }
    const burning = line.slo.latency.alerts.map((alert, index) => ({ ...alert, longBurnRate: index + 1 }))
    const slo = { ...line.slo, latency: { ...line.slo.latency, alerts: burning } }
    const { values } = readingOf({ ...line, breakdown, slo }, host, [])
    expect(values).toMatchObject({
      processWork: 15.4,
      enqueue: null,
      latencyBurn: 1,
      latencyBurnLong: burning.length,
      availabilityBurn: null,
    })
  })

  it('counts as rejections of the circuit the signals that it turned away', () => {
    const { counters } = snapshotsOf()
    const rejectedBy = { ...counters.rejectedBy, 'circuit breaker open': 7, 'queue full': 3 }
    expect(readingOf(snapshotsOf({ counters: { ...counters, rejectedBy } }), host, []).values.circuitRejected).toBe(7)
  })

  it('bounds what grows with the line', () => {
    const line = snapshotsOf()
    const many = Array.from({ length: 500 }, (_, index) => index)
    const worker = { state: 'idle', processed: 0 } as const
    const { line: shown, transitions } = readingOf(
      {
        ...line,
        leveler: { ...line.leveler, workers: 500, workerLoads: many },
        pool: { ...line.pool, workers: 500, perWorker: many.map(() => worker) },
      },
      host,
      many.map((at) => ({ kind: 'lamp', name: 'line', from: 'green', to: 'red', at, afterMs: null }) as const),
    )
    expect(shown.leveler.workerLoads).toHaveLength(64)
    expect(shown.pool.perWorker).toHaveLength(64)
    expect(shown.leveler.workers).toBe(500)
    expect(transitions).toHaveLength(50)
    expect(shown.diagnosis).not.toHaveProperty('readings')
  })
})
