import { expect, it } from 'vitest'
import type { SampleBatch } from '../sample.ts'
import { MemoryQueue } from './memory-queue.ts'

const batch = (length: number, first = 0): SampleBatch => ({
  length,
  series: new Uint32Array(length),
  timestamps: new Float64Array(length),
  values: Float64Array.from({ length }, (_, row) => first + row),
})

it('is bounded by samples: a batch comes in whole, or not at all', async () => {
  const queue = new MemoryQueue(10)
  expect([queue.offer(batch(6)), queue.offer(batch(5)), queue.offer(batch(4))]).toEqual([
    'accepted',
    'full',
    'accepted',
  ])
  expect(queue.snapshot()).toMatchObject({ depth: 10, capacity: 10, rejected: 1, unit: 'samples' })
  expect(queue.retryAfterMs()).toBe(1_000)
  const taken = await queue.take({ maxSamples: 6, waitMs: 0 })
  expect([taken?.samples, taken?.batches.length, queue.depth]).toEqual([6, 1, 4])
})

it('takes a batch that is larger than itself while it is empty', () => {
  const queue = new MemoryQueue(1)
  expect([queue.offer(batch(5)), queue.offer(batch(1))]).toEqual(['accepted', 'full'])
})

it('hands out what came, in its order, until there are as many samples as were asked for', async () => {
  const queue = new MemoryQueue(100)
  for (let index = 0; index < 5; index++) void queue.offer(batch(2, 2 * index))
  const taken = await queue.take({ maxSamples: 5, waitMs: 10_000 })
  expect(taken?.batches.flatMap(({ values }) => Array.from(values))).toEqual([0, 1, 2, 3, 4, 5])
})

it('waits for more until somebody is in a hurry', async () => {
  const queue = new MemoryQueue(100)
  const taking = queue.take({ maxSamples: 50, waitMs: 1e9 })
  void queue.offer(batch(1))
  await Promise.resolve()
  void queue.offer(batch(2))
  await Promise.resolve()
  queue.hurry()
  expect((await taking)?.samples).toBe(3)
})

it('waits for more until there is enough', async () => {
  const queue = new MemoryQueue(100)
  const taking = queue.take({ maxSamples: 3, waitMs: 1e9 })
  void queue.offer(batch(1))
  await Promise.resolve()
  void queue.offer(batch(2))
  expect((await taking)?.samples).toBe(3)
})

it('gives out what is in it once it is closed, and then says that there is nothing', async () => {
  const queue = new MemoryQueue(100)
  void queue.offer(batch(1))
  queue.close()
  expect(queue.offer(batch(1))).toBe('closed')
  expect((await queue.take({ maxSamples: 3, waitMs: 1e9 }))?.samples).toBe(1)
  expect(await queue.take({ maxSamples: 3, waitMs: 1e9 })).toBeUndefined()
})
