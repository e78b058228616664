import { describe, expect, it, vi } from 'vitest'
import { DeadLetterQueue, type DeadLetterQueueOptions } from './index.ts'

function setUp(options: DeadLetterQueueOptions = {}): { queue: DeadLetterQueue<string>; at: (ms: number) => void } {
  let nowMs = 1_000
  return {
    queue: new DeadLetterQueue<string>({ capacity: 2, wallNow: () => nowMs, ...options }),
    at: (ms) => void (nowMs = ms),
  }
}

const dead = (item: string): { item: string; errors: unknown[]; attempts: number } => ({
  item,
  errors: ['e'],
  attempts: 1,
})

describe('DeadLetterQueue', () => {
  it('keeps item, errors, attempts and times', () => {
    const { queue } = setUp()
    const letter = queue.add({ item: 'a', errors: ['first', 'last'], attempts: 2, firstAgeMs: 300 })
    expect(letter).toEqual({ id: 1, item: 'a', errors: ['first', 'last'], attempts: 2, firstAt: 700, lastAt: 1_000 })
    expect(queue.get(1)).toBe(letter)
    expect(queue.entries()).toEqual([letter])
  })

  it('keeps the newest and tells what it dropped', () => {
    const { queue } = setUp()
    const dropped = vi.fn()
    queue.on('dropped', dropped)
    for (const item of ['a', 'b', 'c']) queue.add(dead(item))
    expect(queue.entries().map(({ item }) => item)).toEqual(['b', 'c'])
    expect(dropped).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ item: 'a' }))
    expect(queue.snapshot()).toMatchObject({ size: 2, added: 3, dropped: 1 })
  })

  it('keeps the oldest when told to', () => {
    const { queue } = setUp({ keep: 'oldest' })
    const added = vi.fn()
    queue.on('added', added)
    expect(['a', 'b', 'c'].map((item) => queue.add(dead(item))?.id)).toEqual([1, 2, undefined])
    expect(queue.entries().map(({ item }) => item)).toEqual(['a', 'b'])
    expect(added).toHaveBeenCalledTimes(2)
  })

  it('gives one out once', () => {
    const { queue } = setUp()
    queue.add(dead('a'))
    expect(queue.take(1)?.item).toBe('a')
    expect(queue.take(1)).toBeUndefined()
    expect(queue.snapshot()).toMatchObject({ size: 0, taken: 1, redriven: 0 })
  })

  it('sends back in order what the filter picks, until it is refused', async () => {
    const { queue } = setUp({ capacity: 10 })
    for (const item of ['a', 'b', 'c', 'd']) queue.add(dead(item))
    const sent: string[] = []
    const report = await queue.redrive((item) => sent.length < 2 && sent.push(item) > 0, {
      filter: ({ item }) => item !== 'b',
    })
    expect(sent).toEqual(['a', 'c'])
    expect(report).toEqual({ redriven: 2, left: 2 })
    expect(queue.entries().map(({ item }) => item)).toEqual(['b', 'd'])
  })

  it('never sends one twice, however many redrives run', async () => {
    const { queue } = setUp({ capacity: 10 })
    for (const item of ['a', 'b', 'c']) queue.add(dead(item))
    const sent: string[] = []
    const offer = async (item: string): Promise<boolean> => {
      await Promise.resolve()
      return sent.push(item) > 0
    }
    const runs = [queue.redrive(offer), queue.redrive(offer)]
    expect(queue.take(1)).toBeUndefined()
    await Promise.all(runs)
    expect(sent.toSorted()).toEqual(['a', 'b', 'c'])
    expect(queue.size).toBe(0)
  })

  it('keeps the one that the offer throws at', async () => {
    const { queue } = setUp()
    queue.add(dead('a'))
    await expect(queue.redrive(() => Promise.reject(new Error('down')))).rejects.toThrow('down')
    expect(queue.take(1)?.item).toBe('a')
  })

  it.each([
    [{ capacity: 0 }, RangeError],
    [{ keep: 'all' }, RangeError],
    [{ wallNow: 5 }, TypeError],
  ] as const)('refuses the options %j', (options, error) => {
    expect(() => new DeadLetterQueue(options as unknown as DeadLetterQueueOptions)).toThrow(error)
  })
})
