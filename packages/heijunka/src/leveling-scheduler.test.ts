import { ManualClock } from '@tps/internal/manual-clock'
import { describe, expect, it, vi } from 'vitest'
import { LevelingScheduler } from './leveling-scheduler.ts'
import type { Release } from './leveling-scheduler-events.ts'
import type { LevelingSchedulerOptions } from './leveling-scheduler-options.ts'

type Product = 'a' | 'b' | 'c'
type Options = Partial<LevelingSchedulerOptions<Product>>

function running(options: Options = {}, answer: (release: Release<Product, undefined>) => unknown = () => {}) {
  const clock = new ManualClock()
  const made: string[] = []
  const scheduler = new LevelingScheduler<Product>({
    demand: { a: 5, b: 3, c: 2 },
    taktMs: 100,
    clock,
    timers: clock,
    ...options,
  }).start((release) => {
    const given = answer(release)
    if (given !== false) made.push(`${clock.now()} ${release.product}`)
    return given
  })
  return { clock, scheduler, made }
}

function fail(): never {
  throw new Error('again')
}

function queued(options: Options = {}) {
  const scheduler = new LevelingScheduler<Product, string>({
    demand: { a: 2, b: 1, c: 1 },
    queued: true,
    catchUpTakts: 4,
    ...options,
  })
  const take = (count: number): string => {
    let taken = ''
    for (let step = 0; step < count; step++) taken += scheduler.next()?.product ?? '-'
    return taken
  }
  const fill = (products: string): void => {
    for (const product of products) scheduler.offer(product as Product, `${product}!`)
  }
  return { scheduler, take, fill }
}

describe('a leveling scheduler that is pulled from', () => {
  it('gives the products in level order, without end', () => {
    const scheduler = new LevelingScheduler({ demand: { a: 5, b: 3, c: 2 } })
    const products = Array.from(scheduler[Symbol.iterator]().take(20), ({ product }) => product)
    expect(products.join('')).toBe('abcaabacbaabcaabacba')
    expect(scheduler.next()).toEqual({ product: 'a', item: undefined, reason: 'planned' })
  })

  it('gives items first in, first out, until there are none', () => {
    const { scheduler } = queued()
    for (const item of ['a1', 'a2', 'b1']) expect(scheduler.offer(item[0] as Product, item)).toBe(true)
    expect(Array.from(scheduler, ({ item }) => item)).toEqual(['a1', 'b1', 'a2'])
    expect(scheduler.next()).toBeUndefined()
  })

  it('lets others stand in for a product without work, in proportion, and gives it its turns back one by one', () => {
    const { scheduler, take, fill } = queued()
    const late = vi.fn()
    scheduler.on('late', late)
    fill('bbbbbbbbbbbbcccccccccccc')
    expect(take(8)).toBe('bbccbbcc')
    expect(scheduler.snapshot().products['a']).toMatchObject({ made: 0, ideal: 4, late: 4, missed: 4, deviation: -4 })
    expect(late.mock.calls.map(([event]) => event)).toEqual(
      [1, 2, 3, 4].map((turns) => ({ product: 'a', late: turns })),
    )
    fill('aaaaaaaaaaaaaaaaaaaa')
    // Half of the turns are its own anyway, and one in four is given back: not a row of eight.
    expect(take(20)).toBe('aacaaacaabaaabaaabca')
    expect(scheduler.snapshot()).toMatchObject({ caughtUp: 4, released: 28, products: { a: { late: 0 } } })
  })

  it('forgives turns beyond maxLate', () => {
    const { scheduler, take, fill } = queued({ maxLate: 2 })
    fill('bbbbbbbbbbbbcccccccccccc')
    take(20)
    expect(scheduler.snapshot().products['a']).toMatchObject({ late: 2, missed: 10, deviation: -2 })
  })

  it('holds the sequence while there is no work: nobody is late for that', () => {
    const { scheduler, take, fill } = queued()
    expect(take(5)).toBe('-----')
    fill('aabc')
    expect(take(5)).toBe('abca-')
    expect(scheduler.snapshot()).toMatchObject({ released: 4, products: { a: { late: 0, missed: 0 } } })
  })

  it('refuses and counts items when full, and of products that nobody wants', () => {
    const { scheduler } = queued({ capacity: 1 })
    expect([scheduler.offer('a', '1'), scheduler.offer('a', '2')]).toEqual([true, false])
    expect(scheduler.offer('z' as Product, '3')).toBe(false)
    expect(scheduler.snapshot()).toMatchObject({ waiting: 1, rejected: 2 })
  })

  it('keeps the items of a product that nobody wants any more, until somebody does or they are withdrawn', () => {
    const { scheduler, take, fill } = queued()
    fill('aab')
    scheduler.setDemand({ b: 1 })
    expect([take(2), scheduler.offer('a', 'more'), scheduler.snapshot().waiting]).toEqual(['b-', false, 2])
    scheduler.setDemand({ a: 1 })
    expect(take(1)).toBe('a')
    expect([scheduler.withdraw('a'), scheduler.withdraw('b'), take(1)]).toEqual([['a!'], [], '-'])
    scheduler.setDemand({ b: 1 })
    expect(Object.keys(scheduler.snapshot().products)).toEqual(['b'])
  })

  it('has nothing to give without demand', () => {
    const scheduler = new LevelingScheduler<Product>({ demand: {} })
    expect([scheduler.next(), [...scheduler]]).toEqual([undefined, []])
  })
})

describe('a leveling scheduler that runs', () => {
  it('releases one product a takt, on a grid', () => {
    const { clock, scheduler, made } = running()
    clock.advance(1000)
    expect(made).toEqual('abcaabacba'.split('').map((product, index) => `${(index + 1) * 100} ${product}`))
    scheduler.stop()
    expect([clock.pendingTimers, scheduler.isRunning]).toEqual([0, false])
  })

  it('does not drift when its timers are late', () => {
    const clock = new ManualClock()
    const late = { schedule: (ms: number, call: () => void) => clock.schedule(ms + 30, call) }
    const at: number[] = []
    const scheduler = new LevelingScheduler({ demand: { a: 1 }, taktMs: 100, clock, timers: late })
    scheduler.start(() => at.push(clock.now()))
    clock.advance(100_050)
    expect(at).toHaveLength(1000)
    expect(at.at(-1)).toBe(100_030)
  })

  it('beats once when a timer comes a little early', () => {
    const clock = new ManualClock()
    const early = { schedule: (ms: number, call: () => void) => clock.schedule(ms > 1 ? ms - 0.3 : ms, call) }
    let beats = 0
    new LevelingScheduler({ demand: { a: 1 }, taktMs: 100, clock, timers: early }).start(() => beats++)
    clock.advance(1000)
    expect(beats).toBe(10)
  })

  it('does not release the takts that it slept through, and catches up to maxLate of them one by one', () => {
    const clock = new ManualClock()
    let sleptMs = 0
    const at: number[] = []
    const scheduler = new LevelingScheduler({
      demand: { a: 1 },
      taktMs: 100,
      catchUpTakts: 4,
      maxLate: 2,
      clock: { now: () => clock.now() + sleptMs },
      timers: clock,
    })
    const missed = vi.fn()
    scheduler.on('missedTakts', missed)
    scheduler.start(() => at.push(clock.now() + sleptMs))
    clock.advance(150)
    sleptMs = 9_860
    clock.advance(2000)
    expect(missed.mock.calls).toEqual([[{ takts: 98, reason: 'asleep', behind: 2 }]])
    // The first beat after it is too late for another half a takt later.
    expect(at.slice(0, 5)).toEqual([100, 10_060, 10_100, 10_150, 10_200])
    expect(at.filter((ms) => ms % 100 === 50)).toEqual([10_150, 10_550])
    expect(scheduler.snapshot()).toMatchObject({ missedTakts: 98, behind: 0, caughtUp: 2 })
  })

  it('keeps the turn for a product that the consumer did not take, and catches the takt up half a takt apart', () => {
    const { clock, scheduler, made } = running({ catchUpTakts: 5 }, () => clock.now() > 300)
    clock.advance(2000)
    expect(made.slice(0, 4)).toEqual(['350 a', '400 b', '500 c', '600 a'])
    const times = made.map((entry) => Number(entry.split(' ')[0]))
    expect(times.filter((ms) => ms % 100 === 50)).toEqual([350, 850, 1350])
    expect(made.map((entry) => entry.split(' ')[1]).join('')).toBe('abcaabacbaabcaabacba')
    expect(scheduler.snapshot()).toMatchObject({ missedTakts: 3, behind: 0, caughtUp: 3, released: 20 })
  })

  it('is busy while the promise of the consumer is pending, and says so', async () => {
    const { clock, scheduler, made } = running({}, () => new Promise<void>((resolve) => clock.schedule(250, resolve)))
    const missed = vi.fn()
    scheduler.on('missedTakts', missed)
    await clock.advanceAsync(400)
    expect(made).toEqual(['100 a', '400 b'])
    expect(missed.mock.calls).toEqual([
      [{ takts: 1, reason: 'busy', behind: 1 }],
      [{ takts: 1, reason: 'busy', behind: 2 }],
    ])
  })

  it('keeps its proportions with a consumer that is always too slow, and starves nobody', async () => {
    const { clock, made } = running(
      { demand: { a: 1, b: 1 } },
      () => new Promise<void>((done) => clock.schedule(150, done)),
    )
    await clock.advanceAsync(20_000)
    const share = (product: string): number => made.filter((entry) => entry.endsWith(product)).length
    expect(made.length).toBeGreaterThan(99)
    expect(Math.abs(share('a') - share('b'))).toBeLessThanOrEqual(1)
  })

  it('counts takts without any work as idle, and owes nothing for them', () => {
    const clock = new ManualClock()
    const made: string[] = []
    const scheduler = new LevelingScheduler<Product, string>({
      demand: { a: 1 },
      queued: true,
      taktMs: 10,
      clock,
      timers: clock,
    })
    scheduler.start(({ item }) => made.push(item))
    clock.advance(50)
    scheduler.offer('a', 'first')
    clock.advance(10)
    expect([made, scheduler.snapshot()]).toMatchObject([['first'], { idleTakts: 5, behind: 0, missedTakts: 0 }])
  })

  it('puts an item back first when the consumer did not take it, whatever happened meanwhile', () => {
    const clock = new ManualClock()
    let isOpen = false
    const made: string[] = []
    const scheduler = new LevelingScheduler<Product, number>({
      demand: { a: 1 },
      queued: true,
      taktMs: 10,
      clock,
      timers: clock,
    })
    scheduler.start(({ item }) => {
      if (!isOpen) scheduler.setDemand({})
      return isOpen && made.push(String(item))
    })
    scheduler.offer('a', 1)
    clock.advance(10)
    expect(scheduler.snapshot()).toMatchObject({ waiting: 1, released: 0, products: { a: { demand: 0 } } })
    isOpen = true
    scheduler.setDemand({ a: 1 })
    scheduler.offer('a', 2)
    clock.advance(20)
    expect(made).toEqual(['1', '2'])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('consumer')
      },
    ],
    ['rejects', () => Promise.reject(new Error('consumer'))],
  ])('goes on when the consumer %s, and reports it', async (_, answer) => {
    const onListenerError = vi.fn()
    const { clock, scheduler } = running({ onListenerError }, answer)
    await clock.advanceAsync(300)
    expect(scheduler.snapshot().released).toBe(3)
    expect(onListenerError).toHaveBeenCalledTimes(3)
    expect(onListenerError).toHaveBeenCalledWith(new Error('consumer'), 'release')
  })

  it('survives a handler of errors that throws', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { clock, scheduler } = running({ onListenerError: fail }, fail)
    clock.advance(200)
    expect([scheduler.snapshot().released, print.mock.calls.length]).toEqual([2, 2])
    print.mockRestore()
  })

  it('goes on with another demand at the next takt, and with another takt from now on', () => {
    const { clock, scheduler, made } = running()
    const heard = vi.fn()
    scheduler.on('demand', heard)
    clock.advance(250)
    scheduler.setDemand({ c: 1 })
    clock.advance(50)
    scheduler.setTaktMs(20)
    clock.advance(40)
    expect(made).toEqual(['100 a', '200 b', '300 c', '320 c', '340 c'])
    expect([heard.mock.calls, scheduler.snapshot().taktMs]).toEqual([[[{ demand: { c: 1 } }]], 20])
  })

  it('starts once, stops at once, starts again', () => {
    const { clock, scheduler, made } = running()
    scheduler.start(() => made.push('second'))
    clock.advance(100)
    scheduler[Symbol.dispose]()
    clock.advance(500)
    scheduler.start(() => made.push('again'))
    clock.advance(100)
    expect(made).toEqual(['100 a', 'again'])
    expect(scheduler.snapshot()).toMatchObject({ behind: 0, missedTakts: 0 })
  })

  it('may be stopped, pulled from and paced anew by its own consumer', () => {
    const seen: string[] = []
    const { clock, scheduler } = running({}, ({ product }) => {
      seen.push(product)
      if (seen.length === 2) seen.push(scheduler.next()?.product ?? '-')
      if (seen.length === 4) scheduler.setTaktMs(10)
      if (seen.length > 5) scheduler.stop()
    })
    clock.advance(5000)
    // The second product was begun twice: within its own release it was still next.
    expect(seen.join('')).toBe('abbaac')
    expect(clock.pendingTimers).toBe(0)
    for (const { deviation, late } of Object.values(scheduler.snapshot().products))
      expect(Math.abs(deviation + late)).toBeLessThan(1)
  })
})

describe('the options of a leveling scheduler', () => {
  it.each([
    [{ taktMs: 0 }, RangeError, 'taktMs must be a finite number in (0, ∞), got 0'],
    [{ queued: 1 }, TypeError, 'queued must be true or false'],
    [{ capacity: 0 }, RangeError, 'capacity must be an integer in [1, ∞), got 0'],
    [{ catchUpTakts: 0 }, RangeError, 'catchUpTakts must be an integer in [1, ∞), got 0'],
    [{ maxLate: -1 }, RangeError, 'maxLate must be an integer in [0, ∞), got -1'],
    [{ demand: undefined }, TypeError, 'demand must be an object'],
  ])('refuse %o', (options, kind, message) => {
    const make = (): unknown => new LevelingScheduler({ demand: { a: 1 }, ...options } as never)
    expect(make).toThrow(kind)
    expect(make).toThrow(message)
  })

  it('are needed where they are needed', () => {
    const scheduler = new LevelingScheduler({ demand: { a: 1 } })
    expect(() => scheduler.start(() => {})).toThrow(new TypeError('taktMs must be set to start'))
    expect(() => scheduler.start('x' as never)).toThrow('release must be a function')
    expect(() => scheduler.offer('a', undefined)).toThrow(new TypeError('queued must be true to offer items'))
    expect(() => scheduler.setTaktMs(Number.NaN)).toThrow(RangeError)
  })
})
