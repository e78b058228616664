import { ManualClock } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { TrackerMap, type TrackerMapOptions } from './index.ts'

function fill(map: TrackerMap, ...keys: readonly string[]): void {
  for (const key of keys) map.record(key, 1)
}

describe('TrackerMap', () => {
  it('keeps a tracker for each key', () => {
    const map = new TrackerMap({ name: 'routes' })
    map.record('/a', 1)
    map.record('/a', 3)
    map.record('/b', 10)
    expect([map.size, map.get('/a')?.mean, map.get('/b')?.count, map.get('/c')]).toEqual([2, 2, 1, undefined])
    expect([...map.entries()].map(([key, { name, max }]) => [key, name, max])).toEqual([
      ['/a', '/a', 3],
      ['/b', '/b', 10],
    ])
    expect(map.total().snapshot()).toMatchObject({ name: 'routes', count: 3, sum: 14 })
  })

  it('takes keys of any kind', () => {
    const key = { tenant: 1 }
    const map = new TrackerMap<object | symbol>({ name: 'tenants' })
    map.record(key, 5)
    map.record(Symbol.iterator, 5)
    expect([map.get(key)?.name, map.has({ tenant: 1 }), map.size]).toEqual(['tenants', false, 2])
  })

  it('evicts a key that was not used since the hand last passed, and tells it', () => {
    const map = new TrackerMap({ maxKeys: 3 })
    const told = vi.fn<(event: { key: string }) => void>()
    map.on('evict', told)
    fill(map, 'a', 'b', 'c', 'a', 'd')
    expect([...map.keys()]).toEqual(['a', 'c', 'd'])
    fill(map, 'e', 'f')
    expect([...map.keys()]).toEqual(['d', 'e', 'f'])
    expect(told.mock.calls.map(([{ key }]) => key)).toEqual(['b', 'c', 'a'])
    expect(map.snapshot()).toMatchObject({ keys: 3, maxKeys: 3, evicted: 3, overflowed: 0, other: null })
  })

  it('hands over what the evicted key held', () => {
    const map = new TrackerMap({ maxKeys: 1 })
    const sums: number[] = []
    map.on('evict', ({ tracker }) => sums.push(tracker.sum))
    map.record('a', 7)
    map.record('b', 8)
    expect(sums).toEqual([7])
  })

  it('sends the values of further keys to other when it must not evict', () => {
    const map = new TrackerMap({ maxKeys: 2, overflow: 'other' })
    const told: string[] = []
    map.on('overflow', ({ key }) => told.push(key))
    fill(map, 'a', 'b', 'c', 'd', 'a')
    expect([...map.keys()]).toEqual(['a', 'b'])
    expect(told).toEqual(['c', 'd'])
    expect(map.snapshot()).toMatchObject({ keys: 2, evicted: 0, overflowed: 2, other: { count: 2 } })
    expect(map.total().count).toBe(5)
    map.delete('a')
    fill(map, 'c')
    expect([...map.keys()]).toEqual(['b', 'c'])
  })

  it('looks as far back as its window for each key', async () => {
    const clock = new ManualClock()
    const map = new TrackerMap({ windowMs: 100, clock })
    await map.time('a', async () => clock.advance(40))
    map.time('b', () => clock.advance(30))
    clock.advance(60)
    expect([map.get('a')?.count, map.get('b')?.max, map.total().count]).toEqual([1, 30, 2])
    clock.advance(15)
    expect([map.get('a')?.count, map.get('b')?.count]).toEqual([0, 1])
    expect(map.snapshot()).toMatchObject({ name: 'trackers', windowMs: 100, keys: 2 })
  })

  it('forgets all keys when it is reset', () => {
    const map = new TrackerMap({ maxKeys: 1, overflow: 'other' })
    fill(map, 'a', 'b')
    map.reset()
    expect([map.size, map.other.count, map.delete('a')]).toEqual([0, 0, false])
    fill(map, 'b')
    expect([...map.keys()]).toEqual(['b'])
  })

  it('never holds more than maxKeys, and loses no value of those it holds', () => {
    const command = fc.tuple(fc.constantFrom('record', 'record', 'record', 'delete'), fc.integer({ min: 0, max: 12 }))
    const overflow = fc.constantFrom('evict' as const, 'other' as const)
    fc.assert(
      fc.property(fc.array(command, { maxLength: 200 }), overflow, fc.integer({ min: 1, max: 8 }), (run, over, max) => {
        const map = new TrackerMap<number>({ maxKeys: max, overflow: over })
        const model = new Map<number, number>()
        let lost = 0
        map.on('evict', ({ key, tracker }) => {
          expect(tracker.count).toBe(model.get(key))
          lost += tracker.count
          model.delete(key)
        })
        for (const [kind, key] of run) {
          if (kind === 'delete') {
            expect(map.delete(key)).toBe(model.delete(key))
          } else {
            const had = model.get(key)
            map.record(key, key)
            if (had !== undefined || map.has(key)) model.set(key, (had ?? 0) + 1)
          }
          expect([...map.entries()].map(([k, { count }]) => [k, count])).toEqual([...model])
          expect(map.size).toBeLessThanOrEqual(max)
        }
        if (over === 'other') expect([lost, map.snapshot().overflowed]).toEqual([0, map.other.count])
      }),
    )
  })

  it.each<[TrackerMapOptions, ErrorConstructor, string]>([
    [{ maxKeys: 0 }, RangeError, 'maxKeys must be an integer in [1, 10000000], got 0'],
    [{ overflow: 'drop' as never }, RangeError, 'overflow must be "evict" or "other", got "drop"'],
    [{ windowMs: 0 }, RangeError, 'windowMs must be a finite number in (0, ∞), got 0'],
    [{ maxBuckets: 1 }, RangeError, 'maxBuckets must be an integer in [64, 137664], got 1'],
  ])('refuses %o', (options, error, message) => {
    expect(() => new TrackerMap(options)).toThrow(error)
    expect(() => new TrackerMap(options)).toThrow(message)
  })
})
