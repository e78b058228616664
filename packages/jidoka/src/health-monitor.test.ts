import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import { type HealthCheck, HealthMonitor, type HealthMonitorOptions } from './index.ts'
import { heeding, never, pending } from './test-kit.ts'

function make(checks: HealthMonitorOptions['checks'], options: Partial<HealthMonitorOptions> = {}) {
  const clock = new ManualClock(1_000)
  const monitor = new HealthMonitor({ checks, clock, timers: clock, ...options })
  const events: unknown[] = []
  monitor.on('componentChange', ({ component, from, to }) => events.push(`${component}: ${from} → ${to}`))
  monitor.on('change', ({ from, to }) => events.push(`${from} → ${to}`))
  return { clock, monitor, events }
}

/** A check that gives each of `answers` in turn, and then the last one for good. Throws errors. */
function answering(...answers: unknown[]) {
  const check = () => {
    check.calls++
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    if (answer instanceof Error) throw answer
    return answer
  }
  check.calls = 0
  return check
}

const heedingCheck: HealthCheck = (signal) => heeding({ signal })
const down = new Error('connection refused')

it('is degraded with unknown components until they have been checked', async () => {
  const { monitor, events } = make({ db: answering('ok'), cache: answering(undefined) })
  expect(monitor.report()).toMatchObject({ status: 'degraded', components: { db: { status: 'unknown' } } })
  await expect(monitor.checkNow()).resolves.toMatchObject({
    status: 'healthy',
    components: {
      db: { status: 'healthy', critical: true, durationMs: 0, agoMs: 0, message: null, hung: false },
      cache: { status: 'healthy' },
    },
  })
  expect(events).toEqual(['db: unknown → healthy', 'cache: unknown → healthy', 'degraded → healthy'])
})

describe('the whole', () => {
  it.each<[string, HealthMonitorOptions['checks']]>([
    ['healthy', {}],
    ['healthy', { db: () => true }],
    ['unhealthy', { db: answering(down), cache: () => true }],
    ['degraded', { db: () => true, cache: { check: answering(down), critical: false } }],
    ['degraded', { db: () => 'degraded' }],
    ['unhealthy', { db: () => false }],
    ['unhealthy', { db: async () => 'unhealthy' }],
  ])('is %s with %j', async (status, checks) => {
    const { monitor } = make(checks)
    await expect(monitor.checkNow()).resolves.toMatchObject({ status })
    expect(monitor.status).toBe(status)
  })
})

it('checks each component at its own interval from the start on', async () => {
  const fast = answering('ok')
  const slow = answering('ok')
  const { clock, monitor } = make({
    fast: { check: fast, intervalMs: 1_000 },
    slow: { check: slow, intervalMs: 5_000 },
  })
  monitor.start().start()
  await clock.advanceAsync(10_000)
  expect([fast.calls, slow.calls]).toEqual([11, 3])
})

it('says why, and recovers', async () => {
  const { clock, monitor, events } = make({ db: { check: answering(down, 'ok'), intervalMs: 1_000 } })
  monitor.start()
  await settle()
  expect(monitor.report().components['db']).toMatchObject({ status: 'unhealthy', message: 'connection refused' })
  await clock.advanceAsync(1_000)
  expect(monitor.report().components['db']).toMatchObject({ status: 'healthy', message: null, consecutiveFailures: 0 })
  expect(events).toEqual([
    'db: unknown → unhealthy',
    'degraded → unhealthy',
    'db: unhealthy → healthy',
    'unhealthy → healthy',
  ])
})

it('is degraded until the failures in a row reach the threshold', async () => {
  const { monitor } = make({ db: { check: answering(down), failureThreshold: 3 } })
  const statuses: string[] = []
  for (let time = 0; time < 3; time++) statuses.push((await monitor.checkNow()).status)
  expect(statuses).toEqual(['degraded', 'degraded', 'unhealthy'])
})

describe('a check that hangs', () => {
  it('has failed when its time is up, is told to stop, and is not begun again', async () => {
    let calls = 0
    let signal: AbortSignal | undefined
    const check: HealthCheck = (given) => {
      calls++
      signal = given
      return never()
    }
    const { clock, monitor } = make({ db: { check, intervalMs: 1_000, timeoutMs: 500 } })
    monitor.start()
    await clock.advanceAsync(60_000)
    expect(calls).toBe(1)
    expect(signal?.reason).toMatchObject({ name: 'TimeoutError' })
    expect(monitor.report().components['db']).toMatchObject({
      status: 'unhealthy',
      hung: true,
      message: 'no answer within 500 ms',
      consecutiveFailures: 1,
    })
    await expect(monitor.checkNow()).resolves.toMatchObject({ status: 'unhealthy' })
  })

  it('is begun again once it has ended, and its late result does not count', async () => {
    const first = pending()
    let calls = 0
    const check = () => (calls++ === 0 ? first.work() : 'ok')
    const { clock, monitor } = make({ db: { check, intervalMs: 1_000, timeoutMs: 500 } })
    monitor.start()
    await clock.advanceAsync(2_500)
    first.resolve('late')
    await settle()
    expect(monitor.report().components['db']).toMatchObject({ status: 'unhealthy', hung: false })
    await clock.advanceAsync(500)
    expect(monitor.report().components['db']).toMatchObject({ status: 'healthy' })
  })
})

it('joins a check that runs instead of beginning another', async () => {
  const { work, resolve } = pending()
  let calls = 0
  const { monitor } = make({
    db: () => {
      calls++
      return work()
    },
  })
  const reports = Promise.all([monitor.checkNow(), monitor.checkNow()])
  resolve('ok')
  await expect(reports).resolves.toMatchObject([{ status: 'healthy' }, { status: 'healthy' }])
  expect(calls).toBe(1)
})

describe('stopping', () => {
  it('gives every timer back, aborts what runs, and what that leads to does not count', async () => {
    const { clock, monitor, events } = make({ db: heedingCheck, idle: () => 'ok' })
    monitor.start()
    await settle()
    monitor.stop()
    await settle()
    expect(clock.pendingTimers).toBe(0)
    expect(monitor.report().components['db']?.status).toBe('unknown')
    expect(events).toEqual(['idle: unknown → healthy'])
  })

  it('happens at the end of the block, and the monitor may be started again', async () => {
    const check = answering('ok')
    const { clock, monitor } = make({ db: { check, intervalMs: 1_000 } })
    {
      using running = monitor
      running.start()
      expect(running.snapshot()).toMatchObject({ name: 'health', running: true })
      await settle()
    }
    expect(clock.pendingTimers).toBe(0)
    await clock.advanceAsync(10_000)
    expect(check.calls).toBe(1)
    monitor.start()
    await clock.advanceAsync(1_000)
    expect(check.calls).toBe(3)
  })
})

it('is not disturbed by a listener that throws', async () => {
  const reported: unknown[] = []
  const { monitor } = make({ db: () => 'ok' }, { onListenerError: (_error, event) => reported.push(event) })
  monitor.on('change', () => {
    throw new Error('listener')
  })
  await expect(monitor.checkNow()).resolves.toMatchObject({ status: 'healthy' })
  expect(reported).toEqual(['change'])
})

it.each<[HealthMonitorOptions, string]>([
  [{ checks: { db: { check: () => 1, intervalMs: 0 } } }, 'checks.db.intervalMs must be a finite number in [1, '],
  [
    { checks: { db: { check: () => 1, timeoutMs: Number.NaN } } },
    'checks.db.timeoutMs must be a finite number in [1, ',
  ],
  [{ checks: { db: {} as never } }, 'checks.db.check must be a function, got undefined'],
  [{ checks: { db: { check: () => 1, critical: 1 as never } } }, 'checks.db.critical must be true or false, got 1'],
])('refuses %j', (options, message) => {
  expect(() => new HealthMonitor(options)).toThrow(message)
})
