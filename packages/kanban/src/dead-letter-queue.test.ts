import { describe, expect, it, vi } from 'vitest'
import { type DeadItem, DeadLetterQueue, type DeadLetterQueueOptions } from './index.ts'

function setUp(options: DeadLetterQueueOptions<string> = {}): {
  queue: DeadLetterQueue<string>
  at: (ms: number) => void
} {
  let nowMs = 1_000
  return {
    queue: new DeadLetterQueue<string>({ capacity: 2, wallNow: () => nowMs, ...options }),
    at: (ms) => void (nowMs = ms),
  }
}

const dead = (item: string): DeadItem<string> => ({ item, errors: [`${item} failed`], attempts: 1 })
const items = (letters: Iterable<{ item: string }>): string[] => Array.from(letters, ({ item }) => item)

describe('DeadLetterQueue', () => {
  it('keeps item, errors, attempts and times', () => {
    const { queue } = setUp()
    const letter = queue.add({ item: 'a', errors: ['first', 'last'], attempts: 2, firstAgeMs: 300 })
    expect(letter).toEqual({
      id: 1,
      item: 'a',
      errors: ['first', 'last'],
      attempts: 2,
      firstAt: 700,
      lastAt: 1_000,
      redrives: 0,
      poison: false,
    })
  })

  it('is looked through by id, by a question, as a list and one by one', () => {
    const { queue } = setUp({ capacity: 10 })
    const [a, b, c] = ['a', 'b', 'c'].map((item) => queue.add(dead(item)))
    expect(queue.get(2)).toBe(b)
    expect(queue.get(4)).toBeUndefined()
    expect(queue.find(({ item }) => item > 'a')).toBe(b)
    expect(queue.find(({ item }) => item > 'c')).toBeUndefined()
    expect(queue.list()).toEqual([a, b, c])
    expect(queue.list(({ item }) => item !== 'b')).toEqual([a, c])
    expect([...queue]).toEqual([a, b, c])
    expect(queue.size).toBe(3)
  })

  it('keeps a copy of the errors, and no more than maxErrors of them', () => {
    const { queue } = setUp({ maxErrors: 2 })
    const errors = ['1', '2', '3']
    const letter = queue.add({ item: 'a', errors, attempts: 3 })
    errors.push('4')
    expect(letter?.errors).toEqual(['2', '3'])
  })

  it('keeps the newest and tells what it dropped', () => {
    const { queue } = setUp()
    const dropped = vi.fn()
    queue.on('dropped', dropped)
    for (const item of ['a', 'b', 'c']) queue.add(dead(item))
    expect(items(queue)).toEqual(['b', 'c'])
    expect(dropped).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ item: 'a' }))
    expect(queue.snapshot()).toMatchObject({ size: 2, added: 3, dropped: 1 })
  })

  it('keeps the oldest when told to', () => {
    const { queue } = setUp({ keep: 'oldest' })
    const added = vi.fn()
    queue.on('added', added)
    expect(['a', 'b', 'c'].map((item) => queue.add(dead(item))?.id)).toEqual([1, 2, undefined])
    expect(items(queue)).toEqual(['a', 'b'])
    expect(added).toHaveBeenCalledTimes(2)
    expect(queue.snapshot()).toMatchObject({ size: 2, added: 3, dropped: 1 })
  })

  it('gives one out once', () => {
    const { queue } = setUp()
    queue.add(dead('a'))
    expect(queue.take(1)?.item).toBe('a')
    expect(queue.take(1)).toBeUndefined()
    expect(queue.snapshot()).toMatchObject({ size: 0, taken: 1, redriven: 0 })
  })

  it('drops in the order of arrival, whatever was taken out in between', () => {
    const { queue } = setUp({ capacity: 4 })
    for (const item of ['a', 'b', 'c', 'd']) queue.add(dead(item))
    queue.take(1)
    queue.take(3)
    for (const item of ['e', 'f', 'g']) queue.add(dead(item))
    expect(items(queue)).toEqual(['d', 'e', 'f', 'g'])
  })

  it.each([
    [{ attempts: -1 }, RangeError],
    [{ attempts: '1' }, TypeError],
    [{ firstAgeMs: Number.NaN }, RangeError],
  ])('refuses an item with %j', (wrong, error) => {
    const { queue } = setUp()
    expect(() => queue.add({ ...dead('a'), ...(wrong as object) })).toThrow(error)
    expect(queue.size).toBe(0)
  })

  it.each([
    [{ capacity: 0 }, RangeError],
    [{ keep: 'all' }, RangeError],
    [{ wallNow: 5 }, TypeError],
    [{ into: 'queue' }, TypeError],
    [{ into: {} }, TypeError],
    [{ keyBy: 'id' }, TypeError],
    [{ poisonAfter: 0 }, RangeError],
    [{ maxErrors: 0 }, RangeError],
    [{ maxRemembered: 0.5 }, RangeError],
    [{ clock: {} }, TypeError],
    [{ timers: {} }, TypeError],
  ] as const)('refuses the options %j', (options, error) => {
    expect(() => new DeadLetterQueue(options as unknown as DeadLetterQueueOptions<string>)).toThrow(error)
  })
})
