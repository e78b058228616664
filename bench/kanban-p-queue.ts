import PQueue, { PriorityQueue } from 'p-queue'
import { PriorityLaneQueue } from '@tps/kanban/p-queue'
import { compare } from './harness.ts'

// p-queue with its own queue, a sorted array, and with ours, lanes. First the queues alone, then within p-queue.

const CLASSES = [
  {
    name: 'lanes (kanban)',
    queueClass: PriorityLaneQueue,
    make: () => new PQueue({ concurrency: 8, queueClass: PriorityLaneQueue }),
  },
  { name: "p-queue's PriorityQueue", queueClass: PriorityQueue, make: () => new PQueue({ concurrency: 8 }) },
]
const task = async (): Promise<void> => {}

/** The same mix for every contender and round. */
function mixOf(priorities: number): () => number {
  let seed = 1
  return () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff
    return (seed >> 8) % priorities
  }
}

for (const priorities of [1, 8, 32, 10_000]) {
  for (const depth of [10, 1_000, 100_000]) {
    await compare({
      title: `enqueue + dequeue, ${priorities.toLocaleString('en-US')} priorities at random, depth ${depth.toLocaleString('en-US')}`,
      // The sorted array moves what stands behind an insertion.
      operations: depth === 100_000 && priorities > 1 ? 2_000 : 50_000,
      contenders: CLASSES.map(({ name, queueClass }) => {
        const queue = new queueClass()
        const next = mixOf(priorities)
        const enqueue = (id: number): void => queue.enqueue(task, { priority: next(), id: String(id) })
        for (let n = 0; n < depth; n++) enqueue(n)
        return {
          name,
          run: (operations) => {
            for (let n = 0; n < operations; n++) {
              enqueue(n)
              queue.dequeue()
            }
          },
        }
      }),
    })
  }
}

for (const depth of [10, 1_000, 10_000, 100_000]) {
  await compare({
    title: `p-queue, 8 priorities at random: add ${depth.toLocaleString('en-US')} tasks while paused, then run them`,
    operations: Math.max(depth, 5_000),
    rounds: depth === 100_000 ? 3 : 11,
    contenders: CLASSES.map(({ name, make }) => ({
      name: `p-queue, ${name}`,
      run: async (operations) => {
        const queue = make()
        const next = mixOf(8)
        for (let added = 0; added < operations; added += depth) {
          queue.pause()
          for (let n = 0; n < depth; n++) void queue.add(task, { priority: next() })
          await queue.start().onIdle()
        }
      },
    })),
  })
}
