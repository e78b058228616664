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
  /** Begun since the last check. Two that are handed out in one turn may begin in either order. */
  begun: number[] = []
  readonly aborts: AbortController[] = []
  /** How often each submitted item's promise has settled. */
  readonly settlements = new Map<number, number>()
  /** By how many the running handlers were more than the workers when one began. */
  mostTooMany = 0
  /** Until a worker is withdrawn while an item may be on its way to it: that comes back, and others were faster. */
  keepsOrder = true
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
      if (attempt === 1) this.begun.push(item)
      this.mostTooMany = Math.max(this.mostTooMany, this.pool.busy - this.pool.workers)
      return new Promise<number>((resolve, reject) => {
        this.runs.push({ item, end: () => resolve(item), fail: reject })
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
    expect(queue.depth + queue.leased).toBeLessThanOrEqual(CAPACITY + MOST_WORKERS)
    expect(pool.busy).toBe(this.runs.length)
    expect(this.mostTooMany).toBe(0)
    expect(pool.submitted).toBe([...this.settlements.values()].filter((times) => times === 0).length)
    if (queue.waitingProducers > 0) expect(queue.depth).toBeGreaterThanOrEqual(CAPACITY)
    if (queue.waitingConsumers > 0) expect(queue.depth).toBe(queue.delayed)
    expect(pool.failed).toBe(pool.retried + pool.deadLettered)
    expect(this.deadLetters.size).toBe(pool.deadLettered)
    this.firstAttempts.push(...this.begun.toSorted((a, b) => a - b))
    this.begun = []
    if (this.keepsOrder) expect(this.firstAttempts).toEqual(this.firstAttempts.toSorted((a, b) => a - b))
    expect(new Set(this.firstAttempts).size).toBe(this.firstAttempts.length)
    expect([...this.settlements.values()].every((times) => times <= 1)).toBe(true)
  }
}

interface Operation {
  readonly name: string
  readonly run: (system: System) => unknown
}

const nth = (items: readonly unknown[], n: number): number => n % Math.max(1, items.length)

const op = (name: string, run: Operation['run']): Operation => ({ name, run })

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.constant(op('offer', (system) => system.queue.offer(system.nextItem++))),
  fc.constant(op('put', (system) => system.queue.put(system.nextItem++).catch(() => {}))),
  fc.constantFrom('reject' as const, 'wait' as const).map((how) => op(`submit ${how}`, (s) => s.submit(how))),
  fc.nat().map((n) => op(`abort ${n}`, ({ aborts }) => aborts[nth(aborts, n)]?.abort())),
  fc.constant(op('poll', ({ queue }) => queue.poll())),
  fc.nat().map((n) => op(`end ${n}`, ({ runs }) => runs.splice(nth(runs, n), 1)[0]?.end())),
  fc.nat().map((n) => op(`fail ${n}`, ({ runs }) => runs.splice(nth(runs, n), 1)[0]?.fail('no'))),
  fc.integer({ min: 1, max: 60 }).map((ms) => op(`advance ${ms}`, ({ clock }) => clock.advance(ms))),
  fc.integer({ min: 1, max: MOST_WORKERS }).map((n) => op(`resize ${n}`, ({ pool }) => pool.resize(n))),
  fc.constant(op('pause', ({ pool }) => pool.pause())),
  fc.constant(op('resume', ({ pool }) => pool.resume())),
  fc.nat(40).map((n) => op(`close ${n}`, ({ queue }) => (n === 0 ? queue.close() : undefined))),
)

/** Some operations in a row, before any promise reaction can run; then everything is in balance. */
class Rush implements fc.AsyncCommand<object, System> {
  readonly #operations: readonly Operation[]

  constructor(operations: readonly Operation[]) {
    this.#operations = operations
  }

  check(): boolean {
    return true
  }

  async run(_model: object, system: System): Promise<void> {
    const withdraws = this.#operations.some(({ name }) => name.startsWith('resize') || name === 'pause')
    if (withdraws && this.#operations.length > 1) system.keepsOrder = false
    for (const { run } of this.#operations) run(system)
    await settle()
    system.check()
  }

  toString(): string {
    return this.#operations.map(({ name }) => name).join(' + ')
  }
}

const rush = fc.array(operation, { minLength: 1, maxLength: 3, size: 'max' }).map((operations) => new Rush(operations))
const commands = fc.commands([rush], { maxCommands: 60, size: 'max' })

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
