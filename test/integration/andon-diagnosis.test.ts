import { AlertEmitter, Board, ReadingHistory, diagnose, readingsOf } from '@tps/andon'
import { LoadLeveler } from '@tps/heijunka'
import { ManualClock, settle } from '@tps/internal/manual-clock'
import { CircuitBreaker } from '@tps/jidoka'
import { Breakdown, PercentileTracker } from '@tps/kaizen'
import { DeadLetterQueue, PullQueue, WorkerPool } from '@tps/kanban'
import { describe, expect, it } from 'vitest'

/** One of each primitive, on one clock. Handlers run until they are let go. */
function createLine() {
  const clock = new ManualClock()
  const time = { clock, timers: clock }
  const queue = new PullQueue<number>({ name: 'signals', capacity: 10, ...time })
  const deadLetters = new DeadLetterQueue<number>({ name: 'dead', wallNow: () => 0 })
  let letGo: (() => void)[] = []
  const pool = new WorkerPool<number, void>(
    { name: 'workers', source: queue, workers: 2, attempts: 1, deadLetters, ...time },
    () => new Promise((resolve) => letGo.push(resolve)),
  )
  const breaker = new CircuitBreaker({
    name: 'downstream',
    clock,
    trip: { consecutiveFailures: 2 },
    break: { ms: 30_000, jitterRatio: 0 },
  })
  const latency = new PercentileTracker({ name: 'latency', clock })
  const breakdown = new Breakdown({ name: 'stages', clock, stages: ['wait', 'work', 'call'] })
  const leveler = new LoadLeveler<number>({ name: 'lanes', workers: 2, ...time })
  const alerts = new AlertEmitter({ rules: [], ...time })
  return {
    clock,
    queue,
    pool,
    breaker,
    latency,
    leveler,
    deadLetters,
    breakdown,
    finishAll: () => {
      for (const done of letGo) done()
      letGo = []
    },
    snapshots: () => ({
      breaker: breaker.snapshot(),
      queue: queue.snapshot(),
      pool: pool.snapshot(),
      pools: [pool.snapshot()],
      deadLetters: deadLetters.snapshot(),
      leveler: leveler.snapshot(),
      latency: latency.snapshot(),
      breakdown: breakdown.snapshot(),
      alerts: alerts.snapshot(),
      downstream: { stages: ['call'] },
    }),
  }
}

describe('diagnose', () => {
  it('reads the snapshots of the primitives as they are', async () => {
    const line = createLine()
    for (let item = 0; item < 7; item++) line.queue.offer(item)
    await settle()
    for (let ms = 1; ms <= 100; ms++) line.latency.record(ms)
    line.breakdown.record({ wait: 10, work: 60, call: 30 })
    line.breaker.tryAcquire()?.failure(new Error('down'))
    line.breaker.tryAcquire()?.success()
    line.deadLetters.add({ item: 1, errors: [new Error('bad')], attempts: 1 })
    line.leveler.offer(1)
    expect(readingsOf(line.snapshots())).toMatchObject({
      'breaker.state': 'closed',
      'breaker.rejected': 0,
      'breaker.openForMs': 0,
      'downstream.failureRatio': 0.5,
      'downstream.timeRatio': expect.closeTo(0.3, 6) as number,
      'queue.depth': 5,
      'queue.depthRatio': 0.5,
      'queue.readyRatio': 0.5,
      'queue.rejected': 0,
      'pool.workers': 2,
      'pool.busyRatio': 1,
      'pool.utilization': 1,
      'pool.overdueRatio': 0,
      'pool.processed': 0,
      'pool.failed': 0,
      'throughput.perSecond': 0,
      'deadLetters.size': 1,
      'deadLetters.added': 1,
      'latency.count': 100,
      'latency.tailRatio': expect.closeTo(2, 0) as number,
      'breakdown.largestStage': 'work',
      'breakdown.largestShare': expect.closeTo(0.6, 6) as number,
      'leveler.imbalanceFactor': 0,
      'alerts.firing': 0,
    })
    line.finishAll()
  })

  it('follows a line into trouble and out of it', async () => {
    const line = createLine()
    const history = new ReadingHistory({ clock: line.clock, everyMs: 1000 })
    const look = () => {
      const diagnosis = diagnose(line.snapshots(), { earlier: history.earlier() })
      history.add(line.snapshots())
      return diagnosis
    }
    const found = () => look().findings.map(({ tree, severity }) => `${severity} ${tree}`)
    expect(found()).toEqual([])

    // The downstream fails: the circuit opens, and both workers hang.
    for (let call = 0; call < 2; call++) line.breaker.tryAcquire()?.failure(new Error('down'))
    for (let item = 0; item < 15; item++) line.queue.offer(item)
    await settle()
    line.clock.advance(5000)
    expect(found()).toEqual(['high queue-full', 'medium circuit-open'])

    // The probe fails: the state is young, the trouble is not.
    line.clock.advance(61_000)
    line.breaker.tryAcquire()?.failure(new Error('still down'))
    expect(line.breaker.snapshot()).toMatchObject({ state: 'open', stateForMs: 0 })
    expect(found()).toEqual(['high queue-full', 'high circuit-open'])

    line.clock.advance(241_000)
    const worst = look()
    expect(worst.severity).toBe('critical')
    expect(worst.findings.find(({ tree }) => tree === 'circuit-open')?.evidence).toContainEqual(
      expect.objectContaining({ reading: 'breaker.openForMs', value: 302_000 }),
    )

    // It recovers: the probe is let through, and the queue drains.
    for (let probe = 0; probe < 5; probe++) line.breaker.tryAcquire()?.success()
    line.breaker.reset()
    for (let round = 0; round < 10; round++) {
      line.finishAll()
      await settle()
    }
    line.clock.advance(90_000)
    expect(line.queue.snapshot().depth).toBe(0)
    expect(found()).toEqual([])
  })
})

describe('the board', () => {
  it('has a lamp for each primitive, lit by their events', async () => {
    const { clock, queue, breaker, pool, leveler, latency, deadLetters, finishAll } = createLine()
    using board = new Board({ clock, timers: clock })
    board.watch(queue, [{ reading: 'full', read: ({ depth, capacity }) => depth / capacity, red: { atLeast: 1 } }], {
      events: ['rejected'],
    })
    board.watch(breaker, [{ reading: 'state', yellow: { is: 'half-open' }, red: { is: ['open', 'forced-open'] } }], {
      events: ['open', 'halfOpen', 'close', 'hold', 'release'],
    })
    board.watch(pool, [{ reading: 'overdue', yellow: { above: 0 } }])
    board.watch(leveler, [{ reading: 'imbalanceFactor', yellow: { above: 1 } }])
    board.watch(deadLetters, [{ reading: 'size', yellow: { above: 0 } }], { events: ['added'] })
    board.watch(latency, [{ reading: 'count', red: { below: 0 } }])
    const colours = () => Object.fromEntries(board.snapshot().stations.map(({ station, colour }) => [station, colour]))
    const green = {
      signals: 'green',
      downstream: 'green',
      workers: 'green',
      lanes: 'green',
      dead: 'green',
      latency: 'green',
    }
    expect(colours()).toEqual(green)

    for (let item = 0; item < 20; item++) queue.offer(item)
    for (let call = 0; call < 2; call++) breaker.tryAcquire()?.failure(new Error('down'))
    deadLetters.add({ item: 1, errors: [new Error('bad')], attempts: 1 })
    expect(colours()).toEqual({ ...green, signals: 'red', downstream: 'red', dead: 'yellow' })
    expect(board.colour).toBe('red')
    await settle()
    finishAll()
  })

  it('stops a circuit breaker by the cord, and lets it go again', async () => {
    const { breaker, clock } = createLine()
    using board = new Board({ clock, timers: clock })
    board.cord.stops(breaker)
    const pull = board.cord.pull({ by: 'ann', reason: 'wrong prices' })
    expect(breaker.snapshot()).toMatchObject({ state: 'forced-open', holds: ['wrong prices (ann)'] })
    await expect(breaker.execute(() => 1)).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' })
    pull.release()
    await expect(breaker.execute(() => 1)).resolves.toBe(1)
  })
})
