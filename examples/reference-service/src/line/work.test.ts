import { CircuitBreaker } from '@tps/jidoka'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../config.ts'
import { SettingsStore, initialSettings } from '../settings.ts'
import { tracingOf } from '../tracing/tracing-fixtures.ts'
import { signalOf, silent } from './line-fixtures.ts'
import type { Outcome } from './outcome.ts'
import { type ExecuteTask, Work } from './work.ts'

/** A worker whose task and downstream do what a test says. */
function workOf({
  task = async () => ({ task: 'x' }),
  downstream = async () => ({ done: true }),
}: {
  task?: ExecuteTask
  downstream?: (signal: AbortSignal) => Promise<{ done: boolean; without?: string[] }>
} = {}) {
  const outcomes: Outcome[] = []
  const givenBack: string[] = []
  const breaker = new CircuitBreaker({ trip: { consecutiveFailures: 1 } })
  const work = new Work({
    settings: new SettingsStore(initialSettings(readConfig({}))),
    executeTask: task,
    breaker,
    downstream: { work: downstream },
    report: () => ({ percentile_p50: 1, percentile_p90: 2, percentile_p99: 3, avg: 1, max: 3, samples: 9 }),
    begun: () => {},
    deliver: (outcome) => void outcomes.push(outcome),
    giveBack: ({ id }) => void givenBack.push(id),
    tracing: tracingOf({ TRACING: 'off' }),
    log: silent,
  })
  const pool = new AbortController()
  const context = { signal: pool.signal, worker: 0, attempt: 1 }
  return { work, context, pool, outcomes, givenBack, breaker }
}

/** Resolves never, rejects when it is cut short. */
const forEver = async (signal: AbortSignal): Promise<never> =>
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))

describe('a signal in the hands of a worker', () => {
  it('is executed against the downstream, and its way is measured', async () => {
    const { work, context, outcomes } = workOf({ downstream: async () => ({ done: true, without: ['a'] }) })
    await work.process(signalOf({ payload: { task: 'x', type: 'quick' } }), context)
    expect(outcomes).toMatchObject([
      { status: 'completed', result: { task: 'x', without: ['a'] }, kind: 'execute quick', workMs: expect.any(Number) },
    ])
    expect(Object.keys(outcomes[0]?.stages ?? {})).toEqual([
      'api_receive',
      'enqueue',
      'dequeue_wait',
      'process_work',
      'jidoka_check',
    ])
  })

  it.each([
    ['validate', { valid: true }],
    ['report', { samples: 9 }],
  ] as const)('needs no downstream for "%s"', async (signal_type, result) => {
    const { work, context, outcomes, breaker } = workOf({
      downstream: async () => {
        throw new Error('called')
      },
    })
    await work.process(signalOf({ signal_type }), context)
    expect(outcomes).toMatchObject([{ status: 'completed', result }])
    expect(breaker.state).toBe('closed')
  })

  it('is for the pool to try again when its task or its downstream fails', async () => {
    const failing = workOf({
      task: async () => {
        throw new Error('no such customer')
      },
    })
    await expect(failing.work.process(signalOf(), failing.context)).rejects.toThrow('no such customer')
    const refused = workOf({
      downstream: async () => {
        throw new Error('down')
      },
    })
    await expect(refused.work.process(signalOf(), refused.context)).rejects.toThrow('down')
    await expect(refused.work.process(signalOf(), refused.context)).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' })
    expect([...failing.outcomes, ...refused.outcomes]).toEqual([])
  })

  it('has failed when its own time is over before its work begins', async () => {
    const { work, context, outcomes } = workOf()
    const late = { ...signalOf({ timeout_ms: 5 }), receivedMs: performance.now() - 6 }
    await work.process(late, context)
    expect(outcomes).toMatchObject([{ status: 'failed', error: 'not finished within its timeout_ms of 5' }])
    expect(outcomes[0]?.stages).toBeUndefined()
  })

  it('is cut short when its own time is over', async () => {
    const { work, context, outcomes } = workOf({ task: async (_task, { signal }) => await forEver(signal) })
    const soon = { ...signalOf({ timeout_ms: 100 }), receivedMs: performance.now() - 99 }
    await work.process(soon, context)
    expect(outcomes).toMatchObject([{ status: 'failed' }])
  })

  it('is given back when its worker dies, and what that worker still comes to counts for nothing', async () => {
    const { work, context, outcomes, givenBack } = workOf({ downstream: forEver })
    const signal = signalOf()
    const working = work.process(signal, context)
    expect(work.crash(1)).toBe(false)
    expect(work.crash(0)).toBe(true)
    await working
    expect(givenBack).toEqual([signal.id])
    expect(outcomes).toEqual([])
    expect(work.crash(0)).toBe(false)
  })

  it('is cut short when the pool stops', async () => {
    const { work, context, pool, outcomes } = workOf({ downstream: forEver })
    const working = work.process(signalOf(), context)
    pool.abort(new Error('stopped'))
    await expect(working).rejects.toThrow('stopped')
    expect(outcomes).toEqual([])
  })

  it('is a dead letter when the pool gives it up', async () => {
    const { work, outcomes } = workOf()
    await work.bury(signalOf(), new Error('down'))
    expect(outcomes).toMatchObject([{ status: 'dead-lettered', error: 'down' }])
  })
})
