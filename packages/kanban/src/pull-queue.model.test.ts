import { ManualClock, settle } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Place, PullQueue, type QueueLease } from './index.ts'
import { CLASSES, type Consumer, DRAINED, type Ending, type Item, NaiveQueue, type Settings } from './naive-queue.ts'

interface Work {
  readonly id: number
  readonly tenant: string
  readonly cost: number
  readonly key: string
}

interface Real {
  readonly clock: ManualClock
  readonly queue: PullQueue<Work>
  readonly leases: QueueLease<Work>[]
  readonly places: Map<number, Place>
  readonly told: Map<number, unknown>
  readonly endings: Map<number, Ending>
}

type Command = fc.AsyncCommand<NaiveQueue, Real>

/** After every command nothing is out of balance. */
function command(name: string, run: (model: NaiveQueue, real: Real) => void): Command {
  return {
    check: () => true,
    toString: () => name,
    async run(model, real) {
      run(model, real)
      await settle()
      const readings = real.queue.snapshot()
      const { acked, deadLettered, dropped, expired, withdrawn, cleared } = readings
      const settled = acked + deadLettered + dropped + expired + withdrawn + cleared
      expect(readings).toMatchObject({
        depth: model.depth,
        delayed: model.delayed.length,
        leased: model.onLoan,
        classes: { expedite: model.lines.expedite.length, standard: model.lines.standard.length },
        admitted: model.admitted,
        duplicates: model.duplicates,
        waitingProducers: model.producers.length,
        waitingConsumers: model.consumers.length,
        waitingForDepth: model.watchers.length,
        tenants: model.settings.isFair ? CLASSES.reduce((sum, name) => sum + model.rounds[name].turns.length, 0) : 0,
      })
      expect(settled).toBe(model.endings.size)
      expect(readings.admitted).toBe(readings.depth + readings.leased + settled)
      expect(real.told).toEqual(model.told)
      for (const [id, how] of real.endings) expect([id, model.endings.get(id)]).toEqual([id, how])
    },
  }
}

const offered = fc.record({
  class: fc.constantFrom(...CLASSES),
  tenant: fc.constantFrom('a', 'b', 'c'),
  cost: fc.constantFrom(1, 1, 2, 5),
  key: fc.constantFrom('k', 'l', 'm', 'n', 'o', 'p', 'q', 'r'),
  deadlineMs: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined, freq: 4 }),
  hasReceipt: fc.boolean(),
})
type Offered = typeof offered extends fc.Arbitrary<infer O> ? O : never

/** The same item for both, and what it is offered with. */
function make(model: NaiveQueue, real: Real, { deadlineMs, hasReceipt, ...rest }: Offered) {
  const id = model.nextId++
  const expiresAt = deadlineMs === undefined ? Infinity : model.nowMs + deadlineMs
  const item: Item = { id, ...rest, expiresAt, attempt: 0, order: 0, at: 0 }
  const receipt = {
    admitted: (place: Place): void => void real.places.set(id, place),
    settled: (how: Ending): void => {
      expect(real.endings.has(id)).toBe(false)
      real.endings.set(id, how)
    },
  }
  const work: Work = { id, tenant: rest.tenant, cost: rest.cost, key: rest.key }
  return { item, work, options: { class: rest.class, deadlineMs, receipt: hasReceipt ? receipt : undefined } }
}

const offer = fc.tuple(offered, fc.constantFrom('offer', 'tryOffer' as const)).map(([given, verb]) =>
  command(`${verb} ${fc.stringify(given)}`, (model, real) => {
    const { item, work, options } = make(model, real, given)
    const verdict = model.offer(item)
    if (verdict === 'duplicate') model.duplicates++
    if (verb === 'tryOffer') expect(real.queue.tryOffer(work, options)).toBe(verdict)
    else expect(real.queue.offer(work, options)).toBe(verdict === 'admitted')
  }),
)

/** With nothing that comes with it, so that it goes the short way where it may. */
const offerBare = fc.constantFrom('k', 'l', 'm').map((key) =>
  command(`offer ${key}`, (model, real) => {
    const plain = { class: 'standard', tenant: 'a', cost: 1, key, deadlineMs: undefined, hasReceipt: false } as const
    const { item, work } = make(model, real, plain)
    const verdict = model.offer(item)
    if (verdict === 'duplicate') model.duplicates++
    expect(real.queue.offer(work)).toBe(verdict === 'admitted')
  }),
)

const put = fc.tuple(offered, fc.boolean()).map(([given, aborts]) =>
  command(`put ${fc.stringify(given)}${aborts ? ', then abort' : ''}`, (model, real) => {
    const { item, work, options } = make(model, real, given)
    const verdict = model.offer(item)
    if (verdict === 'duplicate') model.duplicates++
    if (verdict !== 'full') model.told.set(-1 - item.id, verdict === 'admitted' ? 'in' : verdict)
    else if (aborts) model.told.set(-1 - item.id, 'aborted')
    else model.producers.push(item)
    const abort = new AbortController()
    tell(
      real,
      -1 - item.id,
      real.queue.put(work, { ...options, signal: abort.signal }).then(() => 'in'),
    )
    if (aborts) abort.abort()
  }),
)

function tell(real: Real, id: number, promise: Promise<unknown>): void {
  const names: Record<string, string> = { ERR_QUEUE_CLOSED: 'closed', ERR_DUPLICATE_ITEM: 'duplicate' }
  promise.then(
    (value) => real.told.set(id, value),
    (error: { readonly code: string }) => real.told.set(id, names[error.code] ?? 'aborted'),
  )
}

const nowhere = (): void => {}

const poll = fc.constant(
  command('poll', (model, real) => {
    const taken = model.take(nowhere)
    if (taken) model.end(taken, 'acked')
    expect(real.queue.poll()?.id).toBe(taken?.id)
  }),
)

/** Waits, unless nothing can come any more or it is given up at once. */
function wait(model: NaiveQueue, consumer: Consumer, aborts: boolean): void {
  if (model.isClosed && model.depth + model.onLoan + consumer.items.length === 0) model.told.set(consumer.id, 'closed')
  else if (!aborts) model.consumers.push(consumer)
  else {
    model.told.set(consumer.id, 'aborted')
    for (const item of consumer.items) model.giveBack(item)
  }
}

const take = fc.boolean().map((aborts) =>
  command(aborts ? 'take, then abort' : 'take', (model, real) => {
    const consumer: Consumer = { id: 1_000 + model.nextId++, items: [], dueMs: 0 }
    const taken = model.take(nowhere)
    if (taken) {
      model.told.set(consumer.id, taken.id)
      model.end(taken, 'acked')
    } else wait(model, consumer, aborts)
    const abort = new AbortController()
    tell(
      real,
      consumer.id,
      real.queue.take({ signal: abort.signal }).then(({ id }) => id),
    )
    if (aborts) abort.abort()
  }),
)

const takeBatch = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 10 }), fc.boolean())
  .map(([max, wholeMs, aborts]) =>
    command(`takeBatch ${max} ${wholeMs}${aborts ? ', then abort' : ''}`, (model, real) => {
      // A batch never ends at the moment when a retry falls due: who is first then says nothing.
      const waitMs = wholeMs === 0 ? 0 : wholeMs + 0.25
      const batch: Consumer = { id: 1_000 + model.nextId++, max, waitMs, items: [], dueMs: 0 }
      // What it has is on loan, as if it stood in line already.
      const standing = model.consumers
      const keep = (item: Item): void => {
        model.leased.set(item.id, item)
        model.collect(batch, item)
      }
      while (batch.items.length < max && model.take(keep)) continue
      for (const { id } of batch.items) model.leased.delete(id)
      expect(standing).toBe(model.consumers)
      const isOver = batch.items.length === max || waitMs === 0 || (model.isClosed && model.depth === 0)
      if (isOver && batch.items.length > 0) model.complete(batch)
      else wait(model, batch, aborts)
      const abort = new AbortController()
      const { signal } = abort
      tell(
        real,
        batch.id,
        real.queue.takeBatch({ max, waitMs, signal }).then((items) => items.map(({ id }) => id)),
      )
      if (aborts) abort.abort()
    }),
  )

const lease = fc.constant(
  command('lease', (model, real) => {
    const leased = model.take((item) => {
      item.attempt++
      item.order = model.nextOrder++
      model.leased.set(item.id, item)
    })
    const got = real.queue.tryLease()
    expect([got?.item.id, got?.attempt]).toEqual([leased?.id, leased?.attempt])
    if (got) real.leases.push(got)
  }),
)

const end = fc
  .tuple(fc.nat(), fc.constantFrom('ack', 'deadLetter', 'retry', 'delay', 'release'), fc.integer({ min: 1, max: 20 }))
  .map(([which, how, wholeMs]) =>
    command(`${how} ${which} ${wholeMs}`, (model, real) => {
      const [got] = real.leases.splice(which % Math.max(1, real.leases.length), 1)
      if (!got) return
      const delayMs = wholeMs + 0.5
      const leased = model.leased.get(got.item.id) as Item
      model.leased.delete(got.item.id)
      if (how === 'ack') model.end(leased, 'acked')
      else if (how === 'deadLetter') model.end(leased, 'dead-lettered')
      else if (how === 'retry') model.place(leased)
      else if (how === 'delay') model.delayed.push({ item: leased, dueMs: model.nowMs + delayMs })
      else {
        leased.attempt--
        model.giveBack(leased)
      }
      if (how === 'delay') got.retry({ delayMs })
      else if (how === 'deadLetter') got.deadLetter('why')
      else got[how]()
    }),
  )

const withdraw = fc.nat().map((which) =>
  command(`withdraw ${which}`, (model, real) => {
    const [id, place] = [...real.places].at(which % Math.max(1, real.places.size)) ?? []
    const waiting = [...model.lines.expedite, ...model.lines.standard, ...model.delayed.map(({ item }) => item)]
    const item = waiting.find((each) => each.id === id)
    if (item) {
      model.remove(item)
      model.vacated()
      model.end(item, 'withdrawn')
    }
    expect(place?.withdraw() ?? false).toBe(item !== undefined)
  }),
)

const watch = fc.tuple(fc.integer({ min: DRAINED, max: 3 }), fc.boolean()).map(([below, aborts]) =>
  command(
    `${below === DRAINED ? 'whenDrained' : `whenBelow ${below}`}${aborts ? ', then abort' : ''}`,
    (model, real) => {
      const id = 1_000 + model.nextId++
      model.watchers.push({ id, below })
      model.watch()
      const abort = new AbortController()
      const { signal } = abort
      const { queue } = real
      const over = below === DRAINED ? queue.whenDrained({ signal }) : queue.whenBelow(below, { signal })
      tell(
        real,
        id,
        over.then(() => 'below'),
      )
      if (!aborts || model.told.has(id)) return
      abort.abort()
      model.watchers.pop()
      model.told.set(id, 'aborted')
    },
  ),
)

const clear = fc.constant(
  command('clear', (model, real) => {
    expect(real.queue.clear('enough').map(({ id }) => id)).toEqual(model.clear())
  }),
)

const close = fc.constant(
  command('close', (model, real) => {
    model.close()
    real.queue.close()
  }),
)

const advance = fc.integer({ min: 1, max: 25 }).map((ms) =>
  command(`advance ${ms}`, (model, real) => {
    for (let i = 0; i < ms * 4; i++) {
      real.clock.advance(0.25)
      model.advance(0.25)
    }
  }),
)

const settings: fc.Arbitrary<Settings> = fc.record({
  capacity: fc.integer({ min: 1, max: 12 }),
  overflow: fc.constantFrom('reject', 'drop-oldest', 'drop-newest' as const),
  maxAgeMs: fc.constantFrom(5, 30, Infinity),
  isFair: fc.constantFrom(false, false, true),
  drop: fc.constantFrom(undefined, undefined, 'codel', 'controlled-delay', 'none' as const),
  order: fc.constantFrom('fifo', 'adaptive-lifo' as const),
  targetMs: fc.integer({ min: 1, max: 5 }),
  intervalMs: fc.integer({ min: 5, max: 20 }),
  windowMs: fc.constantFrom(undefined, undefined, undefined, 0, 20),
})

function queueOf(clock: ManualClock, given: Settings): PullQueue<Work> {
  const { capacity, overflow, maxAgeMs, isFair, drop, order, targetMs, intervalMs, windowMs } = given
  return new PullQueue<Work>({
    clock,
    timers: clock,
    capacity,
    overflow,
    maxAgeMs,
    classes: CLASSES,
    ...(isFair ? { fairBy: ({ tenant }) => tenant, costOf: ({ cost }) => cost } : {}),
    ...(drop === undefined ? {} : { overload: { drop, order, targetMs, intervalMs } }),
    ...(windowMs === undefined ? {} : { dedupBy: ({ key }) => key, dedupWindowMs: windowMs }),
  })
}

it('does what a naive queue does', async () => {
  const often = [offer, offer, offerBare, offerBare, put, poll, take, lease, lease, end, end, advance]
  const seldom = [takeBatch, takeBatch, watch, withdraw, clear]
  const commands = fc.commands([...often, ...often, ...seldom, ...often, close], { maxCommands: 120, size: 'max' })
  await fc.assert(
    fc.asyncProperty(settings, commands, async (given, steps) => {
      const clock = new ManualClock()
      const real: Real = {
        clock,
        queue: queueOf(clock, given),
        leases: [],
        places: new Map(),
        told: new Map(),
        endings: new Map(),
      }
      await fc.asyncModelRun(() => ({ model: new NaiveQueue(given), real }), steps)
      expect(clock.pendingTimers).toBeLessThanOrEqual(2)
    }),
    { numRuns: 500 },
  )
})
