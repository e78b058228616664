import { ManualClock, settle } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DeadLetterQueue, type DeadLetterQueueOptions, type RedriveOptions, type RedriveReport } from './index.ts'

// Items die, are taken out, sent back at some pace into a target that is sometimes full, slow or broken, done there or dead
// again. Whatever happens, each item is in exactly one place, and each letter knows its item's past.

const CAPACITY = 4

type Redrive = Omit<RedriveOptions<Item>, 'into' | 'signal' | 'filter'> & { readonly target: 'offer' | 'put' | 'slow' }

interface Item {
  readonly id: number
}

/** The queue, its target, and where each item is. */
class World {
  readonly clock = new ManualClock()
  readonly letters: DeadLetterQueue<Item>
  readonly target: Item[] = []
  readonly waiting: (() => void)[] = []
  readonly gone = new Set<number>()
  readonly deaths = new Map<number, number>()
  readonly aborts: AbortController[] = []
  readonly reports: Promise<RedriveReport>[] = []
  isBroken = false
  #next = 0

  constructor(options: DeadLetterQueueOptions<Item>) {
    const { clock } = this
    this.letters = new DeadLetterQueue({
      clock,
      timers: clock,
      wallNow: () => clock.now(),
      capacity: CAPACITY,
      ...options,
    })
    this.letters.on('dropped', ({ item }) => this.gone.add(item.id))
  }

  die(item: Item = { id: ++this.#next }): void {
    this.deaths.set(item.id, (this.deaths.get(item.id) ?? 0) + 1)
    this.letters.add({ item, errors: [`death ${this.deaths.get(item.id)}`], attempts: 1 })
  }

  take(place: number): void {
    const letter = this.letters.list()[place]
    if (letter && this.letters.take(letter.id)) this.gone.add(letter.item.id)
  }

  redrive({ target, ...options }: Redrive): void {
    const abort = new AbortController()
    this.aborts.push(abort)
    const take = (item: Item): boolean => {
      if (this.isBroken) throw new Error('broken')
      return this.target.length < 2 && this.target.push(item) > 0
    }
    const slow = async (item: Item): Promise<boolean> => {
      await new Promise<void>((resolve) => this.clock.schedule(5, resolve))
      return take(item)
    }
    const put = async (item: Item, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<void> => {
      while (!take(item)) {
        await new Promise<void>((resolve) => this.waiting.push(resolve))
        signal?.throwIfAborted()
      }
    }
    const into = target === 'slow' ? slow : target === 'put' ? { offer: take, put } : { offer: take }
    this.reports.push(this.letters.redrive({ ...options, into, signal: abort.signal }))
  }

  finish(how: 'done' | 'dead'): void {
    const item = this.target.shift()
    if (item && how === 'dead') this.die(item)
    else if (item) this.gone.add(item.id)
    this.wake()
  }

  wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve()
  }

  abort(which: number): void {
    this.aborts[which % this.aborts.length]?.abort()
    this.wake()
  }

  check(): void {
    const { size, added, dropped, taken, redrives, poison } = this.letters.snapshot()
    expect(added).toBe(size + dropped + taken)
    expect(size).toBeLessThanOrEqual(CAPACITY + this.reports.length)
    if (redrives === 0) expect(this.clock.pendingTimers).toBe(0)
    const letters = this.letters.list()
    expect(letters.map(({ id }) => id)).toEqual(letters.map(({ id }) => id).toSorted((a, b) => a - b))
    expect(letters.filter((letter) => letter.poison)).toHaveLength(poison)
    const places = [...letters.map(({ item }) => item.id), ...this.target.map(({ id }) => id), ...this.gone]
    expect(places.toSorted((a, b) => a - b)).toEqual([...this.deaths.keys()])
    for (const { item, errors, redrives: times, poison: isPoison, attempts } of letters) {
      const deaths = this.deaths.get(item.id) ?? 0
      expect([times, isPoison, attempts, errors.at(-1)]).toEqual([deaths - 1, deaths > 1, deaths, `death ${deaths}`])
    }
  }
}

const step = fc.oneof(
  { arbitrary: fc.constant((world: World) => world.die()), weight: 4 },
  fc.nat(5).map((place) => (world: World) => world.take(place)),
  fc
    .record(
      {
        target: fc.constantFrom('offer' as const, 'put' as const, 'slow' as const),
        perSecond: fc.constantFrom(10, 100, Number.POSITIVE_INFINITY),
        whenFull: fc.constantFrom('wait' as const, 'stop' as const, 'skip' as const),
        poison: fc.constantFrom('skip' as const, 'include' as const, 'only' as const),
      },
      { requiredKeys: ['target'] },
    )
    .map((options: Redrive) => (world: World) => world.redrive(options)),
  {
    arbitrary: fc.constantFrom('done' as const, 'dead' as const).map((how) => (world: World) => world.finish(how)),
    weight: 3,
  },
  { arbitrary: fc.nat(300).map((ms) => (world: World) => world.clock.advanceAsync(ms)), weight: 3 },
  fc.nat(9).map((which) => (world: World) => world.abort(which)),
  fc.boolean().map((isBroken) => (world: World) => void (world.isBroken = isBroken)),
  fc.constant((world: World) => world.letters.stop()),
)

describe('DeadLetterQueue in general', () => {
  it.each(['newest', 'oldest'] as const)(
    'has each item in one place and knows its past, keeping the %s',
    async (keep) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), async (steps) => {
          const world = new World({ keep })
          for (const act of steps) {
            await act(world)
            await settle()
            world.check()
          }
          world.letters.stop()
          while (world.letters.snapshot().redrives > 0) {
            world.wake()
            await world.clock.advanceAsync(100)
          }
          world.check()
          const reports = await Promise.all(world.reports)
          const { redriven } = world.letters.snapshot()
          expect(reports.reduce((sum, report) => sum + report.redriven, 0)).toBe(redriven)
        }),
        { numRuns: 150 },
      )
    },
  )
})
