import { ManualClock } from '@tps/internal/manual-clock'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { kindOf } from '../signal.ts'
import { lineOf, signalOf } from './line-fixtures.ts'
import type { Outcome } from './outcome.ts'

function outcomeOf(rest: Partial<Outcome> = {}): Outcome {
  const signal = signalOf({ payload: { type: 'slow' } })
  const { id, traceId, acceptedAt } = signal
  const known = { id, traceId, acceptedAt, signalType: 'execute', kind: kindOf(signal) } as const
  return { ...known, status: 'completed', durationMs: 120, workMs: 90, ...rest }
}

it('measures a signal that was completed', () => {
  const { ledger, register } = lineOf()
  const outcome = outcomeOf({ stages: { process_work: 90, dequeue_wait: 30 } })
  ledger.settle(outcome)
  expect(ledger.latency.count).toBe(1)
  expect(ledger.counters.snapshot()).toMatchObject({ byStatus: { completed: 1 }, errorRatio: 0, completedLately: 1 })
  expect(ledger.slos.snapshot()).toMatchObject({ latency: { total: 1, bad: 1 }, availability: { total: 1, bad: 0 } })
  expect(ledger.durations.classify('execute slow')).toBe('slow')
  const stages = ledger.breakdown.snapshot().stages.map(({ stage, mean }) => [stage, mean])
  expect(stages).toEqual(
    expect.arrayContaining([
      ['process_work', 90],
      ['metrics_record', expect.any(Number)],
    ]),
  )
  expect(register.get(outcome.id)).toMatchObject({ status: 'completed', durationMs: 120 })
})

it.each(['failed', 'dead-lettered'] as const)(
  'counts a signal that is %s against the promise, and measures nothing of it',
  (status) => {
    const { ledger } = lineOf()
    ledger.settle(outcomeOf({ status, error: 'down', workMs: undefined }))
    expect(ledger.latency.count).toBe(0)
    expect(ledger.counters.snapshot()).toMatchObject({ byStatus: { [status]: 1 }, errorRatio: 1 })
    expect(ledger.slos.snapshot()).toMatchObject({ latency: { total: 0 }, availability: { total: 1, bad: 1 } })
  },
)

it('counts the first end of a signal alone', () => {
  const { ledger } = lineOf()
  const outcome = outcomeOf()
  ledger.settle(outcome)
  ledger.settle({ ...outcome, status: 'failed' })
  expect(ledger.counters.byStatus).toMatchObject({ completed: 1, failed: 0 })
})

it('counts a signal for the variant of the experiment that it met', () => {
  const { ledger, experiments } = lineOf()
  experiments.start({ treatment: { workers: 4 }, slice_ms: 60_000 })
  ledger.settle(outcomeOf({ variant: 'treatment' }))
  expect(experiments.read()?.snapshot).toMatchObject({ invalid: 0, washedOut: 0 })
  experiments.stop()
})

it('logs so many completed signals a second, says how many it left out, and logs every failure', () => {
  const clock = new ManualClock()
  const lines: Record<string, unknown>[] = []
  const log = pino({ base: null, timestamp: false }, { write: (line) => void lines.push(JSON.parse(line)) })
  const { ledger } = lineOf({ LOG_PER_SECOND: '2' }, { log, clock })
  const settle = (rest?: Partial<Outcome>): void => ledger.settle(outcomeOf(rest))
  for (let count = 0; count < 5; count++) settle()
  expect(lines.map(({ msg }) => msg)).toEqual(['completed', 'completed'])
  settle({ status: 'failed', error: 'down' })
  clock.advance(1_000)
  settle()
  settle()
  expect(lines.slice(2)).toMatchObject([
    { msg: 'failed', error: 'down', trace_id: expect.any(String) },
    { msg: 'completed', unlogged: 3 },
    { msg: 'completed' },
  ])
  expect(lines.at(-1)).not.toHaveProperty('unlogged')
})
