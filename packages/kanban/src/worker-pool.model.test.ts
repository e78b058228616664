import { ManualClock, settle } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DeadLetterQueue, PullQueue, WorkerPool } from './index.ts'

const CAPACITY = 3
const MOST_WORKERS = 4

interface HandRun {
  readonly item: number
  end(): void
  fail(error: unknown): void
}

/** A queue, its pool, and everything that has happened to them. */
class System {
  readonly clock = new ManualClock()
  readonly queue = new PullQueue<number>({ clock: this.clock, timers: this.clock, capacity: CAPACITY })
  readonly deadLetters = new DeadLetterQueue<number>({ capacity: 10_000, wallNow: () => this.clock.now() })
  readonly runs: HandRun[] = []
  readonly firstAttempts: number[] = []
  readonly aborts: AbortController[] = []
  /** How often each submitted item's promise has settled. */
  readonly settlements = new Map<number, number>()
  readonly finished: number[] = []
  nextItem = 0
  readonly pool = new WorkerPool<number, number>(
    {
      source: this.queue,
      clock: this.clock,
      timers: this.clock,
      workers: 2,
      attempts: 2,
      timeoutMs: 50,
      backoff: { baseMs: 10, jitterRatio: 0 },
      deadLetters: this.deadLetters,
    },
    (item, { attempt, signal }) => {
      if (attempt === 1) this.firstAttempts.push(item)
      expect(this.pool.busy).toBeLessThanOrEqual(this.pool.workers)
      return new Promise<number>((resolve, reject) => {
        const end = (): void => void (this.finished.push(item), resolve(item))
        this.runs.push({ item, end, fail: reject })
        // Some handlers heed their signal, some don't.
        if (item % 2 === 0) signal.addEventListener('abort', () => this.settleRun(item, signal.reason))
      })
    },
  )

  settleRun(item: number, reason: unknown): void {
    const index = this.runs.findIndex((run) => run.item === item)
    if (index >= 0) this.runs.splice(index, 1)[0]?.fail(reason)
  }

  submit(whenFull: 'reject' | 'wait'): void {
    const item = this.nextItem++
    const abort = new AbortController()
    this.aborts.push(abort)
    this.settlements.set(item, 0)
    const settled = (): void => void this.settlements.set(item, (this.settlements.get(item) ?? 0) + 1)
    this.pool.submit(item, { whenFull, signal: abort.signal }).then((result) => {
      expect(result).toBe(item)
      settled()
    }, settled)
  }

  check(): void {
    const queue = this.queue.snapshot()
    const pool = this.pool.snapshot()
    const gone = queue.acked + queue.deadLettered + queue.dropped + queue.expired + queue.withdrawn
    expect(queue.admitted).toBe(queue.depth + queue.leased + gone)
    expect(queue.depth).toBeLessThanOrEqual(CAPACITY + MOST_WORKERS)
    expect(pool.busy).toBe(this.runs.length)
    expect(pool.failed).toBe(pool.retried + pool.deadLettered)
    expect(this.deadLetters.size).toBe(pool.deadLettered)
    expect(this.firstAttempts).toEqual(this.firstAttempts.toSorted((a, b) => a - b))
    expect(new Set(this.firstAttempts).size).toBe(this.firstAttempts.length)
    expect([...this.settlements.values()].every((times) => times <= 1)).toBe(true)
  }
}

type Command = fc.AsyncCommand<object, System>

function command(name: string, run: (system: System) => void | Promise<void>): Command {
  return {
    check: () => true,
    toString: () => name,
    async run(_model, system) {
      await run(system)
      await settle()
      system.check()
    },
  }
}

const commands = fc.commands(
  [
    fc.constant(command('offer', ({ queue, nextItem }) => void queue.offer(nextItem))).map(({ check, run }) => ({
      check,
      toString: () => 'offer',
      run: async (model: object, system: System) => {
        await run(model, system)
        system.nextItem++
      },
    })),
    fc.constant(command('put', (system) => void system.queue.put(system.nextItem++).catch(() => {}))),
    fc.constantFrom('reject' as const, 'wait' as const).map((how) => command(`submit ${how}`, (s) => s.submit(how))),
    fc.nat().map((which) => command(`abort ${which}`, (s) => s.aborts[which % Math.max(1, s.aborts.length)]?.abort())),
    fc.constant(command('poll', ({ queue }) => void queue.poll())),
    fc
      .nat()
      .map((which) =>
        command(`end ${which}`, ({ runs }) => runs.splice(which % Math.max(1, runs.length), 1)[0]?.end()),
      ),
    fc
      .nat()
      .map((which) =>
        command(`fail ${which}`, ({ runs }) => runs.splice(which % Math.max(1, runs.length), 1)[0]?.fail('no')),
      ),
    fc.integer({ min: 1, max: 60 }).map((ms) => command(`advance ${ms}`, ({ clock }) => clock.advanceAsync(ms))),
    fc.integer({ min: 1, max: MOST_WORKERS }).map((n) => command(`resize ${n}`, ({ pool }) => pool.resize(n))),
    fc.constant(command('pause', ({ pool }) => pool.pause())),
    fc.constant(command('resume', ({ pool }) => pool.resume())),
    fc.nat(20).map((rare) => command(`close ${rare}`, ({ queue }) => (rare === 0 ? queue.close() : undefined))),
  ],
  { maxCommands: 80 },
)

async function finish(system: System): Promise<void> {
  const { pool, queue, clock } = system
  pool.resume()
  for (let round = 0; round < 40 && (queue.depth > 0 || pool.busy > 0); round++) {
    for (const run of system.runs.splice(0)) run.end()
    await clock.advanceAsync(10)
  }
}

it('loses nothing, runs no more than it may, and settles everything once', async () => {
  await fc.assert(
    fc.asyncProperty(commands, fc.boolean(), async (steps, drains) => {
      const system = new System()
      await fc.asyncModelRun(() => ({ model: {}, real: system }), steps)
      if (drains) {
        await finish(system)
        expect(system.queue.snapshot()).toMatchObject({ depth: 0, leased: 0, waitingProducers: 0 })
      }
      const stopped = system.pool.stop({ graceMs: 10 })
      await system.clock.advanceAsync(10)
      await stopped
      await settle()
      expect([...system.settlements.values()].every((times) => times === 1)).toBe(true)
      expect(system.queue.leased).toBe(0)
      expect(system.clock.pendingTimers).toBe(0)
    }),
    { numRuns: 150 },
  )
})
