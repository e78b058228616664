import { setFlagsFromString } from 'node:v8'
import { type OfferOptions, PullQueue, type PullQueueOptions } from '@tps/kanban'
// The class that p-queue keeps its tasks in. It is not exported, so it is taken from the file.
import PriorityQueue from '../node_modules/p-queue/dist/priority-queue.js'
import { type Contender, bytesEach, compare } from './harness.ts'

// A forced collection, as between two rounds, forgets functions that were not called since the last one, and those that
// were inlined into another were not. Their caller is then compiled without them, and everything is twice as slow.
setFlagsFromString('--no-flush-bytecode')

interface Item {
  readonly id: number
  readonly tenant: string
  readonly key: string
}

const item: Item = { id: 1, tenant: 'a', key: 'a' }
const nothing = (): Promise<void> => Promise.resolve()

/**
 * Runs `hundred`, which does a hundred operations, as often as it takes. A forced collection, as between two rounds,
 * throws away the code of a loop that was compiled while it ran, but not that of a function that was called.
 */
function inHundreds(hundred: () => void): (operations: number) => void {
  return (operations) => {
    for (let done = 0; done < operations; done += 100) hundred()
  }
}

function pullQueueOf(depth: number, options: PullQueueOptions<Item> = {}): PullQueue<Item> {
  const queue = new PullQueue<Item>({ capacity: depth + 1, ...options })
  for (let i = 0; i < depth; i++) queue.offer(item)
  return queue
}

function offerAndPoll(name: string, queue: PullQueue<Item>): Contender {
  return {
    name,
    run: inHundreds(() => {
      for (let i = 0; i < 100; i++) {
        queue.offer(item)
        queue.poll()
      }
    }),
  }
}

function arrayOf(depth: number): Contender {
  const array: object[] = Array.from({ length: depth }, () => item)
  return {
    name: 'array push + shift',
    run: inHundreds(() => {
      for (let i = 0; i < 100; i++) {
        array.push(item)
        array.shift()
      }
    }),
  }
}

function priorityQueueOf(depth: number): Contender {
  const queue = new PriorityQueue()
  for (let i = 0; i < depth; i++) queue.enqueue(nothing, {})
  return {
    name: 'p-queue PriorityQueue, one priority',
    run: inHundreds(() => {
      for (let i = 0; i < 100; i++) {
        queue.enqueue(nothing, {})
        queue.dequeue()
      }
    }),
  }
}

await compare({
  title: 'push + pull at depth 16',
  operations: 500_000,
  contenders: [offerAndPoll('kanban offer + poll', pullQueueOf(16)), arrayOf(16), priorityQueueOf(16)],
})

const depths = [10, 100, 1_000, 10_000, 100_000, 1_000_000]
await compare({
  title: 'offer + poll as the depth grows',
  operations: 500_000,
  contenders: depths.map((depth) => offerAndPoll(`depth ${depth.toLocaleString('en-US')}`, pullQueueOf(depth))),
})

await compare({
  title: 'push + pull at depth 100,000 (an array moves everything that is left)',
  operations: 500,
  contenders: [offerAndPoll('kanban offer + poll', pullQueueOf(100_000)), arrayOf(100_000), priorityQueueOf(100_000)],
})

const filled = new PullQueue<Item>({ capacity: Number.POSITIVE_INFINITY })
const priorities = new PriorityQueue()

await compare({
  title: 'fill with 100,000, then empty, an item',
  operations: 100_000,
  contenders: [
    {
      name: 'kanban offer, then poll',
      run: (operations) => {
        for (let i = 0; i < operations; i++) filled.offer(item)
        for (let i = 0; i < operations; i++) filled.poll()
      },
    },
    {
      name: 'p-queue PriorityQueue, one priority',
      run: (operations) => {
        for (let i = 0; i < operations; i++) priorities.enqueue(nothing, {})
        for (let i = 0; i < operations; i++) priorities.dequeue()
      },
    },
  ],
})

const CLASSES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const MIX = 100_000
// The same random classes for both, drawn before: a power of two of them, used in turn.
const drawn = Uint8Array.from({ length: 2 ** 16 }, () => Math.floor(Math.random() * CLASSES.length))
const ofClass: readonly OfferOptions[] = CLASSES.map((name) => ({ class: name }))
const ofPriority = CLASSES.map((_, lane) => ({ priority: -lane }))

function mixedClasses(): Contender {
  const queue = new PullQueue<Item>({ capacity: MIX + 1, classes: CLASSES })
  let turn = 0
  for (; turn < MIX; turn++) queue.offer(item, ofClass[drawn[turn & 0xffff] as number])
  return {
    name: 'kanban, 8 classes',
    run: inHundreds(() => {
      for (let i = 0; i < 100; i++) {
        queue.offer(item, ofClass[drawn[turn++ & 0xffff] as number])
        queue.poll()
      }
    }),
  }
}

function mixedPriorities(): Contender {
  const queue = new PriorityQueue()
  let turn = 0
  for (; turn < MIX; turn++) queue.enqueue(nothing, ofPriority[drawn[turn & 0xffff] as number])
  return {
    name: 'p-queue PriorityQueue, 8 priorities',
    run: inHundreds(() => {
      for (let i = 0; i < 100; i++) {
        queue.enqueue(nothing, ofPriority[drawn[turn++ & 0xffff] as number])
        queue.dequeue()
      }
    }),
  }
}

await compare({
  title: 'random mix of 8 classes at depth 100,000, many at a time',
  operations: 500_000,
  contenders: [mixedClasses()],
})
await compare({
  title: 'random mix of 8 classes at depth 100,000',
  operations: 2_000,
  contenders: [mixedClasses(), mixedPriorities()],
})

const TENANTS = Array.from({ length: 128 }, (_, index): Item => ({
  id: index,
  tenant: `tenant ${index}`,
  key: `${index}`,
}))

function fair(): Contender {
  const queue = new PullQueue<Item>({ capacity: 10_001, fairBy: ({ tenant }) => tenant })
  let turn = 0
  for (; turn < 10_000; turn++) queue.offer(TENANTS[turn & 127] as Item)
  return {
    name: 'fairBy, 128 tenants',
    run: inHundreds(() => {
      for (let i = 0; i < 100; i++) {
        queue.offer(TENANTS[turn++ & 127] as Item)
        queue.poll()
      }
    }),
  }
}

function deduplicated(): Contender {
  const queue = new PullQueue<Item>({ capacity: 100, dedupBy: ({ key }) => key })
  let turn = 0
  for (; turn < 64; turn++) queue.offer(TENANTS[turn & 127] as Item)
  return {
    name: 'dedupBy',
    run: inHundreds(() => {
      for (let i = 0; i < 100; i++) {
        queue.offer(TENANTS[turn++ & 127] as Item)
        queue.poll()
      }
    }),
  }
}

const leasing = pullQueueOf(10_000)
const receipt = { settled: (): void => {} }
const receipts = pullQueueOf(10_000)

await compare({
  title: 'what the features cost, at depth 10,000 (dedupBy: 64)',
  operations: 200_000,
  contenders: [
    offerAndPoll('offer + poll', pullQueueOf(10_000)),
    {
      name: 'offer + lease + ack',
      run: inHundreds(() => {
        for (let i = 0; i < 100; i++) {
          leasing.offer(item)
          leasing.tryLease()?.ack()
        }
      }),
    },
    {
      name: 'with a receipt: offer + lease + ack',
      run: inHundreds(() => {
        for (let i = 0; i < 100; i++) {
          receipts.offer(item, { receipt })
          receipts.tryLease()?.ack()
        }
      }),
    },
    offerAndPoll('overload: codel', pullQueueOf(10_000, { overload: { targetMs: 60_000, intervalMs: 60_000 } })),
    fair(),
    deduplicated(),
  ],
})

const bytes = bytesEach(1_000_000, (count) => pullQueueOf(count))
console.log(`\nmemory: ${bytes.toFixed(1)} B an item queued, beyond the item, at depth 1,000,000`)
const fairBytes = bytesEach(1_000_000, (count) => pullQueueOf(count, { fairBy: ({ tenant }) => tenant }))
console.log(`memory: ${fairBytes.toFixed(1)} B with fairBy`)
