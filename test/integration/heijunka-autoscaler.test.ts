import { Autoscaler, type ScalingNotHelpingEvent } from '@tps/heijunka'
import { ManualClock } from '@tps/internal/manual-clock'
import { fitUsl } from '@tps/kaizen'
import { PullQueue, WorkerPool } from '@tps/kanban'
import { afterEach, describe, expect, it } from 'vitest'

// An autoscaler in charge of a real pool, on manual time.

const MINUTE = 60_000
const WORK_MS = 100

/** A service that does so many calls at once; more wait for their turn. */
class Downstream {
  readonly #clock: ManualClock
  readonly #places: number
  readonly #waiting: (() => void)[] = []
  #busy = 0

  constructor(clock: ManualClock, places: number) {
    this.#clock = clock
    this.#places = places
  }

  async call(): Promise<void> {
    if (this.#busy >= this.#places) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#busy++
    await new Promise<void>((resolve) => this.#clock.schedule(WORK_MS, resolve))
    const next = this.#waiting.shift()
    if (next) next()
    else this.#busy--
  }
}

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

/** A pool whose handler calls `downstream`, and its autoscaler. Items come in as `perSecond` says at the time. */
function service({
  places = 1000,
  perSecond,
  useKaizen = false,
}: {
  places?: number
  perSecond: (atMs: number) => number
  useKaizen?: boolean
}) {
  const clock = new ManualClock()
  const downstream = new Downstream(clock, places)
  const queue = new PullQueue<number>({ clock, timers: clock, capacity: 200 })
  const pool = new WorkerPool({ source: queue, workers: 1, clock, timers: clock }, async () => await downstream.call())
  const sizes: number[] = []
  const scaler = new Autoscaler({
    max: 64,
    read: () => {
      const { workers, utilization, processingRate } = pool.snapshot()
      return { workers, utilization, queueDepth: queue.snapshot().depth, throughput: processingRate }
    },
    scale: (workers) => {
      sizes.push(workers)
      pool.resize(workers)
    },
    clock,
    timers: clock,
    wallNow: () => clock.now(),
    ...(useKaizen && { plateau: { fit: fitUsl } }),
  })
  let owed = 0
  const arrive = (): void => {
    for (owed += perSecond(clock.now()) / 50; owed >= 1; owed--) queue.offer(1)
    arrivals = clock.schedule(20, arrive)
  }
  let arrivals = clock.schedule(20, arrive)
  const findings: ScalingNotHelpingEvent[] = []
  scaler.on('scaling-not-helping', (event) => findings.push(event))
  scaler.start()
  stops.push(
    () => scaler.stop(),
    () => arrivals.cancel(),
    async () => await pool.stop({ graceMs: 0 }),
  )
  return { clock, pool, queue, scaler, sizes, findings }
}

describe('an autoscaler in charge of a pool', () => {
  it('gives it the workers that its load takes, and takes them back when it is over', async () => {
    const { clock, pool, queue, scaler } = service({ perSecond: (atMs) => (atMs < 10 * MINUTE ? 40 : 4) })
    await clock.advanceAsync(8 * MINUTE)
    // Four are busy all the time, 70 % of six; a queue that built up at the start may have taken one or two more.
    expect(pool.workers).toBeGreaterThanOrEqual(5)
    expect(pool.workers).toBeLessThanOrEqual(8)
    expect(queue.snapshot().depth).toBe(0)
    await clock.advanceAsync(10 * MINUTE)
    expect(pool.workers).toBeLessThanOrEqual(2)
    expect(scaler.snapshot()).toMatchObject({ workers: pool.workers, notHelping: 0, readFailures: 0, scaleFailures: 0 })
  })

  it('stops adding when its downstream is the bottleneck, and goes back to what that can take', async () => {
    const { clock, pool, scaler, sizes, findings } = service({ places: 8, perSecond: () => 200 })
    await clock.advanceAsync(10 * MINUTE)
    expect(findings[0]).toMatchObject({ bottleneck: 'downstream' })
    expect(findings[0]?.points.length).toBeGreaterThanOrEqual(3)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(32)
    expect(pool.workers).toBe(8)
    expect(scaler.snapshot()).toMatchObject({ plateau: 'held', limitedBy: 'not-helping', ceiling: 8 })
    expect(scaler.snapshot().explanation).toMatch(/more bring no more/)
  })

  it('reports the fit of kaizen when it is given', async () => {
    const { clock, findings } = service({ places: 8, perSecond: () => 200, useKaizen: true })
    await clock.advanceAsync(6 * MINUTE)
    const [finding] = findings
    const { perWorker, contention, coherency } = fitUsl(finding?.points ?? [])
    expect(finding?.fit).toMatchObject({ perWorker: perWorker.value, alpha: contention.value, beta: coherency.value })
  })
})
