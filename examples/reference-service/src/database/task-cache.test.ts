import { ManualClock } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TaskCache } from './task-cache.ts'

describe('the cache of tasks', () => {
  it('gives what was put in until its time is over', () => {
    const clock = new ManualClock()
    const cache = new TaskCache<string | null>({ ttlMs: 100, now: () => clock.now() })
    expect(cache.get('a')).toBeUndefined()
    cache.set('a', 'x')
    cache.set('nothing', null)
    clock.advance(99)
    expect(cache.get('a')?.value).toBe('x')
    expect(cache.get('nothing')).toMatchObject({ value: null })
    clock.advance(1)
    expect(cache.get('a')).toBeUndefined()
    expect(cache.snapshot()).toMatchObject({ size: 1, hits: 2, misses: 2, evicted: 0 })
  })

  it('keeps nothing with a ttl of 0, and forgets on demand', () => {
    const none = new TaskCache<string>({ ttlMs: 0 })
    none.set('a', 'x')
    expect(none.get('a')).toBeUndefined()
    const some = new TaskCache<string>()
    some.set('a', 'x')
    some.clear()
    expect(some.snapshot().size).toBe(0)
  })

  it('has never more entries than it may, and keeps those used last', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ key: fc.integer({ min: 0, max: 9 }), isPut: fc.boolean() })), (uses) => {
        const cache = new TaskCache<number>({ capacity: 4, now: () => 0 })
        let model: number[] = []
        for (const { key, isPut } of uses) {
          if (isPut) cache.set(String(key), key)
          const isThere = isPut || model.includes(key)
          if (!isPut) expect(cache.get(String(key))?.value).toBe(isThere ? key : undefined)
          if (isThere) model = [...model.filter((each) => each !== key), key].slice(-4)
          expect(cache.snapshot().size).toBe(model.length)
        }
      }),
    )
  })
})
