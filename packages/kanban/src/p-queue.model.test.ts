import fc from 'fast-check'
import { PriorityQueue } from 'p-queue'
import { describe, expect, it } from 'vitest'
import { PriorityLaneQueue, type Task } from './p-queue.ts'

// Ours and p-queue's own answer the same, whatever is done to them: few priorities, many, and ids that repeat.

type Both = { readonly ours: PriorityLaneQueue; readonly theirs: PriorityQueue }
type Command = (both: Both) => void

function same(both: Both, act: (queue: PriorityLaneQueue | PriorityQueue) => unknown): void {
  expect(answerOf(() => act(both.ours))).toEqual(answerOf(() => act(both.theirs)))
}

function answerOf(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    return (error as Error).name
  }
}

const priorities = (many: boolean): fc.Arbitrary<number> =>
  many
    ? fc.integer({ min: -60, max: 60 })
    : fc.constantFrom(0, 1, 2, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)

const ids = fc.integer({ min: 0, max: 30 }).map(String)

function commands(many: boolean): fc.Arbitrary<Command> {
  const enqueue = fc.tuple(priorities(many), ids).map(([priority, id]): Command => {
    const run: Task = async () => id
    return (both) => same(both, (queue) => queue.enqueue(run, { priority, id }))
  })
  return fc.oneof(
    { arbitrary: enqueue, weight: 6 },
    { arbitrary: fc.constant<Command>((both) => same(both, (queue) => queue.dequeue())), weight: 3 },
    ids.map(
      (id): Command =>
        (both) =>
          same(both, (queue) => queue.remove(id)),
    ),
    ids.map(
      (id): Command =>
        (both) =>
          same(both, (queue) => queue.remove(queue.filter({ priority: Number(id) })[1] ?? (async () => id))),
    ),
    fc.tuple(ids, priorities(many)).map(
      ([id, priority]): Command =>
        (both) =>
          same(both, (queue) => queue.setPriority(id, priority)),
    ),
    priorities(many).map(
      (priority): Command =>
        (both) =>
          same(both, (queue) => queue.filter({ priority })),
    ),
  )
}

describe('PriorityLaneQueue against p-queue', () => {
  it.each([
    ['a few priorities', false],
    ['more than 32', true],
  ])('does what p-queue does, with %s', (_title, many) => {
    fc.assert(
      fc.property(fc.array(commands(many), { maxLength: 300, size: 'max' }), (steps) => {
        const both = { ours: new PriorityLaneQueue(), theirs: new PriorityQueue() }
        for (const step of steps) {
          step(both)
          expect(both.ours.size).toBe(both.theirs.size)
        }
        while (both.theirs.size > 0) same(both, (queue) => queue.dequeue())
        expect(both.ours.size).toBe(0)
      }),
      { numRuns: 200 },
    )
  })
})
