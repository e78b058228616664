import type { Lease, Timer, Timers } from '@tps/internal'
import { ManualClock, settle } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LoadLeveler, type LoadLevelerOptions, type Rebalance } from './index.ts'

interface Item {
  readonly id: number
  readonly key: string | undefined
  readonly slow: boolean
}

type Command =
  | ['offer', { key: string | undefined; slow: boolean }]
  | ['try', number | undefined]
  | ['wait', number | undefined]
  | ['abort' | 'ack' | 'dead' | 'twice', number]
  | ['retry', { pick: number; delayMs: number }]
  | ['resize', number]
  | ['advance', number]
  | ['rebalance' | 'turn' | 'close']

type Plain = 'workers' | 'strategy' | 'assign' | 'steal' | 'capacity' | 'itemsPerSlice' | 'weigh'

type Config = Required<Pick<LoadLevelerOptions<Item>, Plain>> & {
  readonly slowLimit: number
  /** Whether leases may be taken from the whole. */
  readonly whole: boolean
}

/** What is known of an item that has been accepted and isn't settled. */
interface Held {
  readonly item: Item
  state: 'waiting' | 'leased' | 'delayed'
  /** Since when it waits, in the order of waiting. */
  order: number
  attempt: number
  dueMs: number
}

/**
 * The leveler as a list: an item may be handed out when it waits, is the first of its key that isn't settled, and isn't
 * slow above the cap; the one that waits longest goes first.
 */
class Model {
  readonly held: Held[] = []
  readonly config: Config
  workers: number
  order = 0
  accepted = 0
  rejected = 0
  deadLettered = 0
  isClosed = false

  constructor(config: Config) {
    this.config = config
    this.workers = config.workers
  }

  in(state: Held['state']): Held[] {
    return this.held.filter((held) => held.state === state)
  }

  get hasRoom(): boolean {
    return this.in('waiting').length + this.in('delayed').length < this.config.capacity
  }

  slowIsCapped(): boolean {
    if (this.config.strategy !== 'shared') return false
    return this.in('leased').filter(({ item }) => item.slow).length >= this.config.slowLimit
  }

  eligible(): Held[] {
    const isFirst = (held: Held): boolean =>
      held.item.key === undefined || this.held.find(({ item }) => item.key === held.item.key) === held
    const capped = this.slowIsCapped()
    return this.in('waiting')
      .filter((held) => isFirst(held) && !(capped && held.item.slow))
      .toSorted((a, b) => a.order - b.order)
  }

  couldHandOver(item: Item): boolean {
    const keyIsFree = item.key === undefined || !this.held.some(({ item: { key } }) => key === item.key)
    return keyIsFree && !(item.slow && this.slowIsCapped())
  }

  accept(item: Item): void {
    this.accepted++
    this.held.push({ item, state: 'waiting', order: this.order++, attempt: 1, dueMs: 0 })
  }

  settle(item: Item): void {
    this.held.splice(this.held.indexOf(this.of(item)), 1)
  }

  of(item: Item): Held {
    const held = this.held.find((held) => held.item === item)
    if (!held) throw new Error(`item ${item.id} isn't there`)
    return held
  }
}

interface Hand {
  readonly lease: Lease<Item>
  readonly worker: number | undefined
  /** `resize` took its worker's lane away. */
  isOrphan: boolean
}

interface Waiter {
  readonly worker: number | undefined
  readonly abort: AbortController
  result: Lease<Item> | Error | undefined
}

const durationOf = ({ id }: Item): number => 1 + (id % 4)

/** Timers of a clock, but for those that are due at once: they stand for the next turn of the event loop. */
class Turns implements Timers {
  readonly #clock: ManualClock
  readonly #next = new Set<() => void>()

  constructor(clock: ManualClock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#next.size
  }

  schedule(delayMs: number, callback: () => void): Timer {
    if (delayMs > 0) return this.#clock.schedule(delayMs, callback)
    const turn = (): void => callback()
    this.#next.add(turn)
    return { cancel: () => void this.#next.delete(turn) }
  }

  /** Another turn of the event loop. */
  turn(): void {
    for (const callback of this.#next) {
      this.#next.delete(callback)
      callback()
      return
    }
  }
}

/** The leveler and its model, side by side. */
class Pair {
  readonly clock = new ManualClock()
  readonly turns = new Turns(this.clock)
  readonly model: Model
  readonly leveler: LoadLeveler<Item>
  readonly hands: Hand[] = []
  waiters: Waiter[] = []
  deadLetters = 0
  readonly events: Rebalance[] = []

  constructor(config: Config) {
    this.model = new Model(config)
    const { workers, strategy, assign, steal, capacity, slowLimit, itemsPerSlice, weigh } = config
    let draw = 0
    this.leveler = new LoadLeveler<Item>({
      workers,
      strategy,
      assign,
      steal,
      capacity,
      slowLimit,
      keyBy: ({ key }) => key,
      classify: ({ slow }) => (slow ? 'slow' : 'fast'),
      random: () => (draw = (draw + 0.37) % 1),
      everyMs: 50,
      itemsPerSlice,
      weigh,
      durationOf,
      clock: this.clock,
      timers: this.turns,
    })
    this.leveler.on('rebalance', (event) => this.events.push(event))
    this.leveler.on('deadLetter', () => this.deadLetters++)
  }

  /** Whether whoever asks gets the item that waits longest, wherever it waits. */
  isExact(worker: number | undefined): boolean {
    return this.model.config.strategy === 'shared' || worker === undefined
  }

  takes(lease: Lease<Item>, worker: number | undefined): void {
    const eligible = this.model.eligible()
    const held = this.model.of(lease.item)
    expect(eligible).toContain(held)
    if (this.isExact(worker)) expect(held).toBe(eligible[0])
    expect(lease.attempt).toBe(held.attempt)
    held.state = 'leased'
    this.hands.push({ lease, worker, isOrphan: false })
  }

  source(worker: number | undefined): { tryLease(): Lease<Item> | undefined } & Pick<LoadLeveler<Item>, 'lease'> {
    return worker === undefined ? this.leveler : this.leveler.lane(worker)
  }

  run(command: Command): void {
    switch (command[0]) {
      case 'offer':
        return this.offer({ id: this.model.accepted + this.model.rejected, ...command[1] })
      case 'try':
        return this.try(this.worker(command[1]))
      case 'wait':
        return this.wait(this.worker(command[1]))
      case 'abort':
        return this.waiters[command[1] % this.waiters.length]?.abort.abort(new Error('aborted'))
      case 'ack':
      case 'dead':
      case 'twice':
        return this.end(command[1], command[0])
      case 'retry':
        return this.retry(command[1])
      case 'resize':
        return this.resize(command[1])
      case 'advance':
        return this.advance(command[1])
      case 'rebalance':
        return this.rebalance()
      case 'turn':
        return this.turns.turn()
      case 'close':
        this.model.isClosed = true
        return this.leveler.close()
    }
  }

  worker(drawn: number | undefined): number | undefined {
    return drawn === undefined && this.model.config.whole ? undefined : (drawn ?? 0) % this.model.workers
  }

  offer(item: Item): void {
    const { model } = this
    const couldHandOver = this.waiters.length > 0 && model.couldHandOver(item)
    const accepted = this.leveler.offer(item)
    if (model.isClosed || !couldHandOver) expect(accepted).toBe(!model.isClosed && model.hasRoom)
    else if (model.config.strategy === 'shared' || model.config.steal) expect(accepted).toBe(true)
    else if (model.hasRoom) expect(accepted).toBe(true)
    if (accepted) model.accept(item)
    else model.rejected++
  }

  try(worker: number | undefined): void {
    const isAnyThere = this.model.eligible().length > 0
    const lease = this.source(worker).tryLease()
    if (this.isExact(worker) || this.model.config.steal) expect(lease !== undefined).toBe(isAnyThere)
    if (lease) this.takes(lease, worker)
  }

  wait(worker: number | undefined): void {
    const abort = new AbortController()
    const answer = this.source(worker).lease({ signal: abort.signal })
    if (!(answer instanceof Promise)) return this.takes(answer, worker)
    const waiter: Waiter = { worker, abort, result: undefined }
    answer.then(
      (lease) => (waiter.result = lease),
      (error: Error) => (waiter.result = error),
    )
    this.waiters.push(waiter)
  }

  end(pick: number, how: 'ack' | 'dead' | 'twice'): void {
    const [hand] = this.hands.splice(pick % Math.max(1, this.hands.length), 1)
    if (!hand) return
    this.model.settle(hand.lease.item)
    if (how === 'dead') {
      this.model.deadLettered++
      void hand.lease.deadLetter('worn out')
    } else void hand.lease.ack()
    if (how !== 'twice') return
    void hand.lease.ack()
    void hand.lease.retry()
    void hand.lease.deadLetter('again')
  }

  retry({ pick, delayMs }: { pick: number; delayMs: number }): void {
    const [hand] = this.hands.splice(pick % Math.max(1, this.hands.length), 1)
    if (!hand) return
    const held = this.model.of(hand.lease.item)
    held.attempt++
    held.state = delayMs === 0 ? 'waiting' : 'delayed'
    held.dueMs = this.clock.now() + delayMs
    held.order = this.model.order++
    void hand.lease.retry({ delayMs })
    void hand.lease.ack()
  }

  resize(workers: number): void {
    this.model.workers = workers
    for (const hand of this.hands) if ((hand.worker ?? 0) >= workers) hand.isOrphan = true
    this.leveler.resize(workers)
  }

  advance(ms: number): void {
    const untilMs = this.clock.now() + ms
    const due = this.model.in('delayed').filter(({ dueMs }) => dueMs <= untilMs)
    // Entries that fall due at the same time come back in the order of their retries, as timers fire.
    for (const held of due.toSorted((a, b) => a.dueMs - b.dueMs || a.order - b.order)) {
      held.state = 'waiting'
      held.order = this.model.order++
    }
    this.clock.advance(ms)
  }

  rebalance(): void {
    // What is under way is ended first. That may be all there is to do, and it saw other loads at its beginning.
    while (this.turns.size > 0 && this.model.held.length % 2 === 0) this.turns.turn()
    const isUnderWay = this.turns.size > 0
    const { before, beforeLoads, after, afterLoads, moved, moves } = this.leveler.rebalance()
    if (this.isLegible() && after > 0.05) this.expectNoMoveLeft(afterLoads)
    if (isUnderWay) return
    expect(after).toBeLessThanOrEqual(before)
    expect(sum(afterLoads)).toBe(sum(beforeLoads))
    expect(sum(moves.map(({ count }) => count))).toBe(moved)
    if (this.model.config.weigh === 'duration') return
    const loads = [...beforeLoads]
    for (const { from, to, count } of moves) {
      loads[from] = (loads[from] ?? 0) - count
      loads[to] = (loads[to] ?? 0) + count
    }
    expect(loads).toEqual(afterLoads)
    for (const [worker, running] of this.running().entries()) expect(afterLoads[worker]).toBeGreaterThanOrEqual(running)
  }

  /** Whether it is known from outside what waits in each lane and that all of it can move. */
  isLegible(): boolean {
    const { strategy, whole, weigh } = this.model.config
    return (
      weigh === 'count' &&
      strategy === 'per-worker' &&
      !whole &&
      this.model.held.every(({ item }) => item.key === undefined)
    )
  }

  /** What an item counts for in the loads. */
  weight(item: Item): number {
    return this.model.config.weigh === 'duration' ? durationOf(item) : 1
  }

  running(): number[] {
    const running = new Array<number>(this.model.workers).fill(0)
    for (const { worker, isOrphan, lease } of this.hands)
      if (worker !== undefined && !isOrphan) running[worker] = (running[worker] ?? 0) + this.weight(lease.item)
    return running
  }

  expectNoMoveLeft(loads: readonly number[]): void {
    const least = Math.min(...loads)
    // Those still unresolved in `waiters` had nothing to take, so `hands` is all that runs.
    for (const [worker, running] of this.running().entries()) {
      const load = loads[worker] ?? 0
      if (load > running && !this.waiters.some(({ result }) => result)) expect(load - least).toBeLessThanOrEqual(1)
    }
  }

  /** Takes in what the waiting leases got, in the order they came, and compares all that shows. */
  async compare(): Promise<void> {
    await settle()
    const answered = this.waiters.filter(({ result }) => result !== undefined)
    this.waiters = this.waiters.filter(({ result }) => result === undefined)
    for (const { result, worker, abort } of answered) {
      if (result instanceof Error) this.expectReason(result, worker, abort)
      else if (result) this.takes(result, worker)
    }
    const { model } = this
    const canAnyoneTake = model.config.strategy === 'shared' || model.config.steal
    if (canAnyoneTake && this.waiters.length > 0) expect(model.eligible()).toEqual([])
    if (model.isClosed && model.held.length === 0) expect(this.waiters).toEqual([])
    const snapshot = this.leveler.snapshot()
    expect(snapshot).toMatchObject({
      workers: model.workers,
      depth: model.in('waiting').length + model.in('delayed').length,
      delayed: model.in('delayed').length,
      leased: model.in('leased').length,
      waiters: this.waiters.length,
      rejected: model.rejected,
      deadLettered: model.deadLettered,
    })
    expect(this.deadLetters).toBe(model.deadLettered)
    expect(snapshot.workerLoads).toHaveLength(model.workers)
    this.expectLoads(snapshot.workerLoads)
    if (model.config.strategy === 'shared') expect(snapshot.slowInProgress).toBeLessThanOrEqual(model.config.slowLimit)
  }

  expectLoads(loads: readonly number[]): void {
    const { strategy, whole } = this.model.config
    const waiting = sum(this.model.in('waiting').map(({ item }) => this.weight(item)))
    if (strategy === 'per-worker' && !whole) expect(sum(loads)).toBe(waiting + sum(this.running()))
    if (strategy === 'shared' && !whole) expect(loads).toEqual(this.running())
  }

  expectReason(error: Error, worker: number | undefined, { signal }: AbortController): void {
    if (signal.aborted) expect(error).toBe(signal.reason)
    else if (error.name === 'LaneRemovedError') expect(worker).toBeGreaterThanOrEqual(this.model.workers)
    else {
      expect(error.name).toBe('LevelerClosedError')
      expect(this.model.isClosed && this.model.held.length === 0).toBe(true)
    }
  }

  /** What a lane is said to hold is what comes out of it. */
  expectLanesHoldTheirLoads(): void {
    const loads = this.leveler.snapshot().workerLoads
    const running = this.running()
    for (let worker = 0; worker < this.model.workers; worker++) {
      const before = this.hands.length
      for (let had = -1; had < this.hands.length;) {
        had = this.hands.length
        this.try(worker)
      }
      expect(this.hands.length - before).toBe((loads[worker] ?? 0) - (running[worker] ?? 0))
    }
  }

  /** Lets everything that is left come out and be settled. */
  async finish(): Promise<void> {
    if (this.isLegible() && !this.model.config.steal) this.expectLanesHoldTheirLoads()
    for (let round = 0; this.model.held.length > 0; round++) {
      expect(round).toBeLessThan(1000)
      while (this.hands.length > 0) {
        this.end(0, 'ack')
        await this.compare()
      }
      this.advance(1000)
      await this.compare()
      for (let worker = 0; worker < this.model.workers; worker++) this.try(worker)
      if (this.model.config.whole) this.try(undefined)
    }
    this.model.isClosed = true
    this.leveler.stop()
    await this.compare()
    expect(this.turns.size).toBe(0)
    // Each rebalancing has been told of once, at its end.
    const { rebalanceAttempts, itemsMoved } = this.leveler.snapshot()
    expect(this.events).toHaveLength(rebalanceAttempts)
    expect(sum(this.events.map(({ moved }) => moved))).toBe(itemsMoved)
    expect(this.clock.pendingTimers).toBe(0)
  }
}

const sum = (loads: readonly number[]): number => loads.reduce((total, load) => total + load, 0)

const key = fc.constantFrom(undefined, undefined, 'a', 'b', 'c')
const drawnWorker = fc.option(fc.nat(4), { nil: undefined, freq: 3 })
const pick = fc.nat(20)
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 10, arbitrary: fc.tuple(fc.constant('offer' as const), fc.record({ key, slow: fc.boolean() })) },
  { weight: 5, arbitrary: fc.tuple(fc.constantFrom('try' as const, 'wait' as const), drawnWorker) },
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom('ack' as const, 'dead' as const, 'twice' as const), pick) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constant('retry' as const), fc.record({ pick, delayMs: fc.constantFrom(0, 7, 60) })),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constant('abort' as const), pick) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('resize' as const), fc.integer({ min: 1, max: 5 })) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('advance' as const), fc.integer({ min: 1, max: 80 })) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('rebalance' as const, 'turn' as const, 'turn' as const)) },
)
const config: fc.Arbitrary<Config> = fc.record({
  workers: fc.integer({ min: 1, max: 5 }),
  strategy: fc.constantFrom('shared' as const, 'per-worker' as const, 'per-worker' as const),
  assign: fc.constantFrom('least-loaded' as const, 'round-robin' as const, 'power-of-two' as const),
  steal: fc.boolean(),
  capacity: fc.constantFrom(3, 10, 100),
  weigh: fc.constantFrom('count' as const, 'count' as const, 'duration' as const),
  itemsPerSlice: fc.constantFrom(1, 3, Number.POSITIVE_INFINITY),
  slowLimit: fc.integer({ min: 1, max: 3 }),
  whole: fc.boolean(),
})
/** Without keys everything can move, and rebalancing can be checked from outside. */
const keyless = fc
  .array(command, { maxLength: 120, size: 'max' })
  .map((commands): Command[] =>
    commands.map((command) => (command[0] === 'offer' ? ['offer', { ...command[1], key: undefined }] : command)),
  )

it.each([
  ['with keys', fc.array(command, { maxLength: 120, size: 'max' })],
  ['without keys', keyless],
])('hands out, keeps, orders and counts as the naive model does, %s', { timeout: 60_000 }, async (_, commands) => {
  await fc.assert(
    fc.asyncProperty(config, commands, fc.boolean(), async (config, commands, closes) => {
      const pair = new Pair(config)
      for (const command of commands) {
        pair.run(command)
        await pair.compare()
      }
      if (closes) pair.run(['close'])
      await pair.compare()
      await pair.finish()
    }),
    { numRuns: 200, includeErrorInReport: true },
  )
})
