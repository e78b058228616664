import { ManualClock, settle } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PullQueue, type Overflow, type QueueLease } from './index.ts'

const CAPACITY = 3
const CLASSES = ['expedite', 'standard'] as const
type Class = (typeof CLASSES)[number]

interface Item {
  readonly id: number
  readonly class: Class
  readonly expiresAt: number
  attempt: number
  /** The number of its lease, until it waits at the back again. */
  order: number
}

/** What a queue should do, said as plainly as possible. */
class Model {
  readonly ready: Item[] = []
  delayed: { readonly item: Item; readonly dueMs: number }[] = []
  readonly leased = new Map<number, Item>()
  readonly producers: Item[] = []
  readonly consumers: number[] = []
  /** What each consumer was given, by its number. */
  readonly given = new Map<number, number>()
  admitted = 0
  settled = 0
  nextId = 0
  nextOrder = 0
  nextConsumer = 0

  get depth(): number {
    return this.ready.length + this.delayed.length
  }

  place(item: Item, nowMs: number): void {
    const consumer = item.expiresAt <= nowMs ? undefined : this.consumers.shift()
    if (item.expiresAt <= nowMs) this.settled++
    else if (consumer === undefined) {
      item.order = Infinity
      this.ready.push(item)
    } else {
      this.given.set(consumer, item.id)
      this.settled++
    }
  }

  admitWaiting(nowMs: number): void {
    while (this.producers.length > 0 && this.depth < CAPACITY) this.admit(this.producers.shift() as Item, nowMs)
  }

  admit(item: Item, nowMs: number): void {
    this.admitted++
    this.place(item, nowMs)
  }

  wake(nowMs: number): void {
    const due = this.delayed.filter(({ dueMs }) => dueMs <= nowMs).toSorted((a, b) => a.dueMs - b.dueMs)
    this.delayed = this.delayed.filter(({ dueMs }) => dueMs > nowMs)
    for (const { item } of due) this.place(item, nowMs)
    this.admitWaiting(nowMs)
  }

  expire(nowMs: number, which: (item: Item) => boolean): void {
    for (const item of this.ready.filter((each) => each.expiresAt <= nowMs && which(each))) {
      this.ready.splice(this.ready.indexOf(item), 1)
      this.settled++
    }
    this.admitWaiting(nowMs)
  }

  first(): Item | undefined {
    return this.ready.find((item) => item.class === 'expedite') ?? this.ready[0]
  }

  take(nowMs: number): Item | undefined {
    this.wake(nowMs)
    for (let item = this.first(); item && item.expiresAt <= nowMs; item = this.first()) {
      const expired = item
      this.expire(nowMs, (each) => each === expired)
    }
    const item = this.first()
    if (!item) return undefined
    this.ready.splice(this.ready.indexOf(item), 1)
    this.admitWaiting(nowMs)
    return item
  }

  release(item: Item): void {
    const behind = this.ready.findIndex((each) => each.class === item.class && each.order > item.order)
    this.ready.splice(behind < 0 ? this.ready.length : behind, 0, item)
  }

  hasRoom(nowMs: number): boolean {
    if (this.depth < CAPACITY) return true
    this.expire(nowMs, () => true)
    return this.depth < CAPACITY
  }
}

interface Real {
  readonly clock: ManualClock
  readonly queue: PullQueue<number>
  readonly overflow: Overflow
  readonly leases: QueueLease<number>[]
  readonly given: Map<number, number>
}

type Command = fc.AsyncCommand<Model, Real>

/** After every command nothing is out of balance. */
function command(name: string, run: (model: Model, real: Real) => void): Command {
  return {
    check: () => true,
    toString: () => name,
    async run(model, real) {
      run(model, real)
      await settle()
      const readings = real.queue.snapshot()
      const { acked, deadLettered, dropped, expired, withdrawn } = readings
      expect(readings).toMatchObject({
        depth: model.depth,
        delayed: model.delayed.length,
        leased: model.leased.size,
        admitted: model.admitted,
        waitingProducers: model.producers.length,
        waitingConsumers: model.consumers.length,
      })
      expect(acked + deadLettered + dropped + expired + withdrawn).toBe(model.settled)
      expect(readings.admitted).toBe(readings.depth + readings.leased + model.settled)
      expect(real.given).toEqual(model.given)
    },
  }
}

function newItem(model: Model, real: Real, name: Class, deadlineMs: number | undefined): Item {
  const expiresAt = deadlineMs === undefined ? Number.POSITIVE_INFINITY : real.clock.now() + deadlineMs
  return { id: model.nextId++, class: name, expiresAt, attempt: 0, order: Infinity }
}

function victimOf(model: Model, item: Item, overflow: Overflow): Item | undefined {
  const candidates = model.ready.filter((each) => each.class === 'standard')
  const from = candidates.length > 0 ? candidates : model.ready
  if (overflow === 'reject' || (item.class === 'standard' && candidates.length === 0)) return undefined
  return overflow === 'drop-oldest' ? from[0] : from.at(-1)
}

const item = [fc.constantFrom(...CLASSES), fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined })] as const

const offer = fc.tuple(...item).map(([name, deadlineMs]) =>
  command(`offer ${name} ${deadlineMs}`, (model, real) => {
    const nowMs = real.clock.now()
    const made = newItem(model, real, name, deadlineMs)
    let isIn = model.hasRoom(nowMs)
    const victim = isIn ? undefined : victimOf(model, made, real.overflow)
    if (victim) {
      model.ready.splice(model.ready.indexOf(victim), 1)
      model.settled++
      isIn = true
    }
    if (isIn) model.admit(made, nowMs)
    expect(real.queue.offer(made.id, { class: name, deadlineMs })).toBe(isIn)
  }),
)

const put = fc.tuple(...item).map(([name, deadlineMs]) =>
  command(`put ${name} ${deadlineMs}`, (model, real) => {
    if (real.overflow !== 'reject') return
    const made = newItem(model, real, name, deadlineMs)
    if (model.hasRoom(real.clock.now())) model.admit(made, real.clock.now())
    else model.producers.push(made)
    void real.queue.put(made.id, { class: name, deadlineMs })
  }),
)

const poll = fc.constant(
  command('poll', (model, real) => {
    const taken = model.take(real.clock.now())
    if (taken) model.settled++
    expect(real.queue.poll()).toBe(taken?.id)
  }),
)

const take = fc.boolean().map((aborts) =>
  command(aborts ? 'take, then abort' : 'take', (model, real) => {
    const consumer = model.nextConsumer++
    const taken = model.take(real.clock.now())
    if (taken) {
      model.settled++
      model.given.set(consumer, taken.id)
    } else if (!aborts) {
      model.consumers.push(consumer)
    }
    const abort = new AbortController()
    real.queue.take({ signal: abort.signal }).then(
      (id) => real.given.set(consumer, id),
      () => {},
    )
    if (aborts) abort.abort()
  }),
)

const lease = fc.constant(
  command('lease', (model, real) => {
    const leased = model.take(real.clock.now())
    const got = real.queue.tryLease()
    expect(got?.item).toBe(leased?.id)
    if (!leased || !got) return
    leased.attempt++
    leased.order = model.nextOrder++
    expect(got.attempt).toBe(leased.attempt)
    model.leased.set(leased.id, leased)
    real.leases.push(got)
  }),
)

const end = fc
  .tuple(fc.nat(), fc.constantFrom('ack', 'deadLetter', 'retry', 'delay', 'release'), fc.integer({ min: 1, max: 20 }))
  .map(([which, how, delayMs]) =>
    command(`${how} ${which} ${delayMs}`, (model, real) => {
      const [got] = real.leases.splice(which % Math.max(1, real.leases.length), 1)
      if (!got) return
      const nowMs = real.clock.now()
      const leased = model.leased.get(got.item) as Item
      model.leased.delete(got.item)
      if (how === 'ack' || how === 'deadLetter') model.settled++
      else if (how === 'retry') model.place(leased, nowMs)
      else if (how === 'delay') model.delayed.push({ item: leased, dueMs: nowMs + delayMs })
      else {
        leased.attempt--
        if (model.consumers.length > 0) model.place(leased, nowMs)
        else model.release(leased)
      }
      if (how === 'delay') got.retry({ delayMs })
      else if (how === 'deadLetter') got.deadLetter('why')
      else got[how]()
    }),
  )

const advance = fc.integer({ min: 1, max: 25 }).map((ms) =>
  command(`advance ${ms}`, (model, real) => {
    for (let i = 0; i < ms; i++) {
      real.clock.advance(1)
      if (model.consumers.length > 0) model.wake(real.clock.now())
    }
  }),
)

it('does what a naive queue does', async () => {
  const commands = fc.commands([offer, offer, put, poll, take, lease, lease, end, end, advance], {
    maxCommands: 60,
    size: 'max',
  })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('reject', 'drop-oldest', 'drop-newest' as const),
      commands,
      async (overflow, steps) => {
        const clock = new ManualClock()
        const queue = new PullQueue<number>({ clock, timers: clock, capacity: CAPACITY, classes: CLASSES, overflow })
        const real: Real = { clock, queue, overflow, leases: [], given: new Map() }
        await fc.asyncModelRun(() => ({ model: new Model(), real }), steps)
        expect(clock.pendingTimers).toBeLessThanOrEqual(1)
      },
    ),
    { numRuns: 150 },
  )
})
