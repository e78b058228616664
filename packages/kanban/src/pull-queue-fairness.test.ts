import { ManualClock } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { PullQueue, type PullQueueOptions, type QueueLease } from './index.ts'

interface Job {
  readonly tenant: string
  readonly name: string
  readonly cost?: number
}

function setUp(options: PullQueueOptions<Job> = {}) {
  const clock = new ManualClock()
  const queue = new PullQueue<Job>({
    clock,
    timers: clock,
    capacity: 1_000_000,
    fairBy: ({ tenant }) => tenant,
    ...options,
  })
  const offer = (tenant: string, count: number, rest: Partial<Job> = {}): void => {
    for (let i = 0; i < count; i++) queue.offer({ tenant, name: `${tenant}${i}`, ...rest })
  }
  return { clock, queue, offer }
}

function names(queue: PullQueue<Job>, count: number): (string | undefined)[] {
  return Array.from({ length: count }, () => queue.poll()?.name)
}

describe('tenants', () => {
  it('take turns, each first in, first out', () => {
    const { queue, offer } = setUp()
    offer('a', 3)
    offer('b', 2)
    offer('c', 1)
    expect(names(queue, 7)).toEqual(['a0', 'b0', 'c0', 'a1', 'b1', 'a2', undefined])
  })

  it('get shares by weight', () => {
    const { queue, offer } = setUp({ weightOf: (tenant) => (tenant === 'a' ? 3 : 1) })
    offer('a', 6)
    offer('b', 2)
    expect(names(queue, 8)).toEqual(['a0', 'a1', 'a2', 'b0', 'a3', 'a4', 'a5', 'b1'])
  })

  it('get shares by cost: who sends big items gets fewer of them out', () => {
    const { queue, offer } = setUp({ costOf: ({ cost = 1 }) => cost })
    offer('big', 4, { cost: 4 })
    offer('small', 8)
    expect(names(queue, 10)).toEqual([
      'big0',
      'small0',
      'small1',
      'small2',
      'small3',
      'big1',
      'small4',
      'small5',
      'small6',
      'small7',
    ])
  })

  it('take turns within a class only', () => {
    const { queue, offer } = setUp({ classes: ['expedite', 'standard'] })
    offer('a', 2)
    queue.offer({ tenant: 'a', name: 'urgent' }, { class: 'expedite' })
    expect(names(queue, 3)).toEqual(['urgent', 'a0', 'a1'])
  })

  it('are forgotten as soon as nothing of them waits', () => {
    const { queue } = setUp()
    for (let i = 0; i < 10_000; i++) {
      queue.offer({ tenant: `tenant ${i}`, name: '' })
      if (i >= 5) queue.poll()
    }
    expect(queue.snapshot().tenants).toBe(5)
    names(queue, 5)
    expect(queue.snapshot()).toMatchObject({ tenants: 0, depth: 0 })
  })

  it('keep a released item at the front of their own, and the turn it did not use', () => {
    const { queue, offer } = setUp()
    offer('a', 3)
    offer('b', 3)
    const leases = Array.from({ length: 3 }, () => queue.tryLease() as QueueLease<Job>)
    expect(leases.map(({ item }) => item.name)).toEqual(['a0', 'b0', 'a1'])
    for (const lease of leases.toReversed()) lease.release()
    expect(names(queue, 6).filter((name) => name?.startsWith('a'))).toEqual(['a0', 'a1', 'a2'])
  })

  it('pay nothing for what expired before its turn', () => {
    const { clock, queue, offer } = setUp()
    for (let i = 0; i < 5; i++) queue.offer({ tenant: 'a', name: 'late' }, { deadlineMs: 1 })
    offer('a', 1)
    offer('b', 2)
    clock.advance(1)
    expect(names(queue, 3)).toEqual(['a0', 'b0', 'b1'])
  })

  it('make room by what the one drops that has most waiting', () => {
    const { queue, offer } = setUp({ capacity: 4, overflow: 'drop-oldest' })
    offer('a', 3)
    offer('b', 1)
    offer('c', 1)
    expect(names(queue, 4)).toEqual(['a1', 'b0', 'c0', 'a2'])
  })

  it('make room by their newest where the newest is dropped', () => {
    const { queue, offer } = setUp({ capacity: 4, overflow: 'drop-newest' })
    offer('a', 3)
    offer('b', 2)
    expect(names(queue, 4)).toEqual(['a0', 'b0', 'a1', 'b1'])
  })

  it('age as a class: the oldest of any tenant counts', () => {
    const { clock, queue, offer } = setUp({ classes: ['expedite', 'standard'], maxAgeMs: 100 })
    offer('a', 1)
    clock.advance(60)
    offer('b', 1)
    expect(queue.snapshot().oldestAgeMs).toBe(60)
    clock.advance(40)
    queue.offer({ tenant: 'c', name: 'urgent' }, { class: 'expedite' })
    expect(names(queue, 3)).toEqual(['a0', 'urgent', 'b0'])
  })
})

/** The wait of each of `light` tenants' items, served one a millisecond, beside one that sends `flood` items for each. */
function waitsOf(light: number, perTenant: number, flood: number): number[] {
  const { queue } = setUp()
  for (let i = 0; i < perTenant; i++) {
    for (let f = 0; f < flood; f++) queue.offer({ tenant: 'flood', name: '' })
    for (let t = 0; t < light; t++) queue.offer({ tenant: `light ${t}`, name: 'light' })
  }
  const waits: number[] = []
  for (let ms = 1; waits.length < light * perTenant; ms++) if (queue.poll()?.name === 'light') waits.push(ms)
  return waits
}

it('lets a tenant that sends 1,000 times as much make no other wait more than twice as long as alone', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 30 }), (light, perTenant) => {
      const alone = waitsOf(light, perTenant, 0)
      for (const [index, waited] of waitsOf(light, perTenant, 1_000).entries())
        expect(waited).toBeLessThanOrEqual(2 * (alone[index] as number))
    }),
    { numRuns: 20 },
  )
})

it('keeps what backlogged tenants got within two quanta, times the weight, of their shares', () => {
  const tenant = fc.record({
    weight: fc.integer({ min: 1, max: 5 }),
    costs: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 3 }),
  })
  fc.assert(
    fc.property(fc.array(tenant, { minLength: 2, maxLength: 6 }), (tenants) => {
      const { queue } = setUp({ weightOf: (key) => tenants[Number(key)]?.weight ?? 1, costOf: ({ cost = 1 }) => cost })
      const got = tenants.map(() => 0)
      for (const [key, { costs }] of tenants.entries()) {
        for (let i = 0; i < 200; i++)
          queue.offer({ tenant: String(key), name: '', cost: costs[i % costs.length] as number })
      }
      for (let i = 0; i < 150; i++) {
        const { tenant: key, cost = 1 } = queue.poll() as Job
        got[Number(key)] = (got[Number(key)] as number) + cost
      }
      const shares = got.map((sum, key) => sum / (tenants[key]?.weight ?? 1))
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(2 * 9)
    }),
  )
})

const fail: () => never = () => {
  throw new Error('broken')
}

describe('functions that misbehave', () => {
  const misbehaving: readonly [name: string, options: PullQueueOptions<Job>][] = [
    ['fairBy', { fairBy: fail }],
    ['fairBy', { fairBy: () => 7 as never }],
    ['costOf', { costOf: fail }],
    ['costOf', { costOf: () => Number.NaN }],
    ['costOf', { costOf: () => 0 }],
    ['weightOf', { weightOf: fail }],
    ['weightOf', { weightOf: () => 0.5 }],
  ]

  it.each(misbehaving)('%s: %j is reported, and the item gets in all the same', (name, options) => {
    const onListenerError = vi.fn()
    const { queue } = setUp({ onListenerError, ...options })
    expect(queue.offer({ tenant: 'a', name: 'in' })).toBe(true)
    expect(onListenerError).toHaveBeenCalledExactlyOnceWith(expect.any(Error), name)
    expect(queue.poll()?.name).toBe('in')
  })
})

const refused: readonly [options: object, error: ErrorConstructor][] = [
  [{ fairBy: 'tenant' }, TypeError],
  [{ weightOf: () => 1 }, TypeError],
  [{ fairBy: () => '', costOf: 1 }, TypeError],
]

it.each(refused)('refuses the options %j', (options, error) => {
  expect(() => new PullQueue(options as unknown as PullQueueOptions)).toThrow(error)
})
