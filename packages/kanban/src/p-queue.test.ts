import PQueue, { PriorityQueue } from 'p-queue'
import { describe, expect, it } from 'vitest'
import { PriorityLaneQueue, type Task } from './p-queue.ts'

// What p-queue promises of its priorities and its own queue class, held by both classes. The cases are those of its tests
// (sindresorhus/p-queue, test/priority-queue.ts, test/basic.ts, test/advanced.ts; MIT licence, Sindre Sorhus), written anew.

const CLASSES = [
  { title: 'PriorityLaneQueue', queueClass: PriorityLaneQueue },
  { title: "p-queue's PriorityQueue", queueClass: PriorityQueue },
] as const

const task = (name: string): Task => {
  const run = async (): Promise<string> => name
  return Object.defineProperty(run, 'name', { value: name })
}

const [a, b, c, urgent] = [task('a'), task('b'), task('c'), task('urgent')]

interface AnyQueue {
  dequeue(): Task | undefined
}

function drain(queue: AnyQueue): string[] {
  const names: string[] = []
  for (let run = queue.dequeue(); run; run = queue.dequeue()) names.push(run.name)
  return names
}

describe.each(CLASSES)('$title as a queue', ({ queueClass }) => {
  it('gives the higher priority first and is first in, first out within one', () => {
    const queue = new queueClass()
    for (const [name, priority] of [
      ['a0', 0],
      ['b1', 1],
      ['c1', 1],
      ['d2', 2],
      ['e-1', -1],
      ['f0', 0],
    ] as const) {
      queue.enqueue(task(name), { priority })
    }
    expect(queue.size).toBe(6)
    expect(drain(queue)).toEqual(['d2', 'b1', 'c1', 'a0', 'f0', 'e-1'])
    expect(queue.size).toBe(0)
  })

  it('takes a missing priority for 0', () => {
    const queue = new queueClass()
    queue.enqueue(a)
    queue.enqueue(b, { priority: undefined })
    queue.enqueue(urgent, { priority: 1 })
    queue.enqueue(c, { priority: 0 })
    expect(queue.filter({ priority: 0 })).toEqual([a, b, c])
    expect(drain(queue)).toEqual(['urgent', 'a', 'b', 'c'])
  })

  it('orders infinite priorities too', () => {
    const queue = new queueClass()
    for (const priority of [0, Infinity, -Infinity, Infinity])
      queue.enqueue(task(`${priority}#${queue.size}`), { priority })
    expect(drain(queue)).toEqual(['Infinity#1', 'Infinity#3', '0#0', '-Infinity#2'])
  })

  it('forgets what was taken out: filter, setPriority and remove see only what waits', () => {
    const queue = new queueClass()
    queue.enqueue(a, { id: 'same', priority: 0 })
    queue.enqueue(b, { id: 'same', priority: 0 })
    queue.enqueue(c, { id: 'c', priority: 0 })
    expect(queue.dequeue()).toBe(a)
    expect(queue.filter({ priority: 0 })).toEqual([b, c])
    queue.setPriority('same', 2)
    queue.remove(c)
    queue.remove(a)
    expect(queue.size).toBe(1)
    expect(drain(queue)).toEqual(['b'])
  })

  it('inserts a higher priority rightly after some were taken out', () => {
    const queue = new queueClass()
    queue.enqueue(a, { priority: 0 })
    queue.enqueue(b, { priority: 0 })
    queue.enqueue(c, { priority: -1 })
    expect(queue.dequeue()).toBe(a)
    queue.enqueue(urgent, { priority: 1 })
    expect(queue.size).toBe(3)
    expect(drain(queue)).toEqual(['urgent', 'b', 'c'])
  })

  it('removes by id the one that still waits', () => {
    const queue = new queueClass()
    queue.enqueue(a, { id: 'same' })
    queue.enqueue(b, { id: 'same' })
    queue.enqueue(c, { id: 'c' })
    expect(queue.dequeue()).toBe(a)
    queue.remove('same')
    expect(queue.size).toBe(1)
    expect(drain(queue)).toEqual(['c'])
  })

  it('removes by function', () => {
    const queue = new queueClass()
    for (const run of [a, b, c]) queue.enqueue(run)
    expect(queue.dequeue()).toBe(a)
    queue.remove(b)
    expect(queue.size).toBe(1)
    expect(drain(queue)).toEqual(['c'])
  })

  it('stays in order after many were taken out', () => {
    const queue = new queueClass()
    for (let n = 0; n < 150; n++) queue.enqueue(task(`${n}`))
    for (let n = 0; n < 120; n++) expect(queue.dequeue()?.name).toBe(`${n}`)
    queue.enqueue(urgent, { priority: 1 })
    expect(queue.size).toBe(31)
    expect(drain(queue)).toEqual(['urgent', ...Array.from({ length: 30 }, (_, n) => `${n + 120}`)])
  })

  it('sets the priority of the only one left', () => {
    const queue = new queueClass()
    queue.enqueue(a, { id: 'a' })
    queue.enqueue(b, { id: 'b' })
    expect(queue.dequeue()).toBe(a)
    queue.setPriority('b', 1)
    expect(queue.size).toBe(1)
    expect(drain(queue)).toEqual(['b'])
  })

  it('moves a task behind those of its new priority, and not at all where it has it', () => {
    const queue = new queueClass()
    for (const run of [a, b, c]) queue.enqueue(run, { id: run.name })
    queue.setPriority('a', 0)
    expect(queue.filter({ priority: 0 })).toEqual([a, b, c])
    queue.setPriority('a', 1)
    queue.setPriority('a', 0)
    expect(drain(queue)).toEqual(['b', 'c', 'a'])
  })

  it('takes of several with one id the one that comes out first', () => {
    const queue = new queueClass()
    queue.enqueue(a, { id: 'same', priority: 0 })
    queue.enqueue(b, { id: 'same', priority: 2 })
    queue.enqueue(c, { id: 'same', priority: 2 })
    queue.remove('same')
    expect(queue.filter({ priority: 2 })).toEqual([c])
    queue.setPriority('same', -1)
    expect(drain(queue)).toEqual(['a', 'c'])
  })

  it('has nothing under a priority that nothing has, nor under none', () => {
    const queue = new queueClass()
    queue.enqueue(a, { priority: 1 })
    expect(queue.filter({ priority: 2 })).toEqual([])
    expect(queue.filter({})).toEqual([])
    queue.dequeue()
    expect(queue.filter({ priority: 1 })).toEqual([])
  })

  it('does nothing when what is removed does not wait, and refuses to move it', () => {
    const queue = new queueClass()
    queue.enqueue(a, { id: 'a' })
    queue.remove('b')
    queue.remove(b)
    expect(queue.size).toBe(1)
    expect(() => queue.setPriority('b', 1)).toThrow(
      new ReferenceError('No promise function with the id "b" exists in the queue.'),
    )
    expect(queue.dequeue()).toBe(a)
    expect(queue.dequeue()).toBeUndefined()
  })
})

type Make = (concurrency: number) => PQueue | PQueue<PriorityLaneQueue>

const MAKERS: readonly { readonly title: string; readonly make: Make }[] = [
  { title: 'PriorityLaneQueue', make: (concurrency) => new PQueue({ concurrency, queueClass: PriorityLaneQueue }) },
  { title: 'its own queue', make: (concurrency) => new PQueue({ concurrency }) },
]

describe.each(MAKERS)('p-queue with $title', ({ make }) => {
  /** Adds a task for each name, lets `change` act while they wait, and returns the order they ran in. */
  async function orderOf(
    concurrency: number,
    tasks: readonly (readonly [name: string, options?: { priority?: number; id?: string }])[],
    change: (queue: ReturnType<Make>) => void = () => {},
  ): Promise<string[]> {
    const queue = make(concurrency)
    const ran: string[] = []
    const done = tasks.map(([name, options]) => queue.add(() => ran.push(name), options))
    change(queue)
    await Promise.all(done)
    return ran
  }

  it('runs by priority', async () => {
    const ran = await orderOf(1, [
      ['first', { priority: 1 }],
      ['zero', { priority: 0 }],
      ['one', { priority: 1 }],
      ['one again', { priority: 1 }],
      ['two', { priority: 2 }],
      ['below', { priority: -1 }],
    ])
    expect(ran).toEqual(['first', 'two', 'one', 'one again', 'zero', 'below'])
  })

  it('counts by priority, and nothing after clear()', async () => {
    const queue = make(1)
    queue.pause()
    const added = [1, 0, 1].map((priority) => queue.add(async () => priority, { priority }))
    expect([1, 0, 2].map((priority) => queue.sizeBy({ priority }))).toEqual([2, 1, 0])
    queue.clear()
    await queue.onEmpty()
    expect([1, 0].map((priority) => queue.sizeBy({ priority }))).toEqual([0, 0])
    const settled = await Promise.allSettled(added)
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  })

  it.each([
    { concurrency: 1, moves: [['c', 1]], order: ['a', 'c', 'b', 'd', 'e'] },
    { concurrency: 1, moves: [['b', -1]], order: ['a', 'c', 'd', 'e', 'b'] },
    { concurrency: 2, moves: [['d', 1]], order: ['a', 'b', 'd', 'c', 'e'] },
    {
      concurrency: 2,
      moves: [
        ['d', 1],
        ['e', 2],
      ],
      order: ['a', 'b', 'e', 'd', 'c'],
    },
    { concurrency: 3, moves: [['e', 1]], order: ['a', 'b', 'c', 'e', 'd'] },
  ] as const)(
    'runs $order after setPriority of $moves, $concurrency at a time',
    async ({ concurrency, moves, order }) => {
      const names = ['a', 'b', 'c', 'd', 'e'].map((name) => [name, { id: name }] as const)
      const ran = await orderOf(concurrency, names, (queue) => {
        for (const [id, priority] of moves) queue.setPriority(id, priority)
      })
      expect(ran).toEqual(order)
    },
  )

  it('finds a task by the number it was given as an id', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'].map((name) => [name] as const)
    expect(await orderOf(3, names, (queue) => queue.setPriority('5', 1))).toEqual(['a', 'b', 'c', 'e', 'd'])
  })

  it('moves the first of several with one id', async () => {
    const tasks = ['a', 'b', 'b', 'c', 'b'].map((id) => [id, { id }] as const)
    expect(await orderOf(1, tasks, (queue) => queue.setPriority('c', -1))).toEqual(['a', 'b', 'b', 'b', 'c'])
  })

  it('takes an aborted task out, and only that one', async () => {
    const queue = make(1)
    const ran: string[] = []
    const abort = new AbortController()
    const running = queue.add(() => ran.push('running'))
    const first = queue.add(() => ran.push('first'), { id: 'same' })
    const aborted = queue.add(() => ran.push('aborted'), { id: 'same', signal: abort.signal })
    abort.abort(new Error('enough'))
    expect(queue.size).toBe(1)
    await expect(aborted).rejects.toThrow('enough')
    await Promise.all([running, first])
    expect(ran).toEqual(['running', 'first'])
  })

  it('takes thousands out that one signal aborts', async () => {
    const queue = make(1)
    const abort = new AbortController()
    const added = Array.from({ length: 10_000 }, (_, n) =>
      queue.add(() => n, { signal: abort.signal, priority: n % 3 }),
    )
    abort.abort()
    const settled = await Promise.allSettled(added)
    await queue.onIdle()
    expect([queue.size, queue.pending]).toEqual([0, 0])
    expect(settled.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1)
  })
})

describe('PriorityLaneQueue', () => {
  it('refuses a priority that has no place in an order', () => {
    const queue = new PriorityLaneQueue()
    expect(() => queue.enqueue(a, { priority: Number.NaN })).toThrow(
      new TypeError('priority must be a number, got NaN'),
    )
    expect(() => queue.enqueue(a, { priority: '1' as unknown as number })).toThrow(TypeError)
    expect(queue.size).toBe(0)
  })

  it('removes of several with one id the one whose signal has aborted', () => {
    const queue = new PriorityLaneQueue()
    const abort = new AbortController()
    queue.enqueue(a, { id: 'same', priority: 2 })
    queue.enqueue(b, { id: 'same', signal: abort.signal })
    abort.abort()
    queue.remove('same')
    expect(drain(queue)).toEqual(['a'])
  })

  it('takes -0 for 0', () => {
    const queue = new PriorityLaneQueue()
    queue.enqueue(a, { priority: -0 })
    queue.enqueue(b, { priority: 0 })
    expect(queue.filter({ priority: 0 })).toEqual([a, b])
  })
})
