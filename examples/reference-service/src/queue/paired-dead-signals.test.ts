import { DeadLetterQueue } from '@tps/kanban'
import { expect, it } from 'vitest'
import { signalOf } from '../line/line-fixtures.ts'
import type { Signal } from '../signal.ts'
import { MemoryDeadSignals } from './memory-dead-signals.ts'
import { PairedDeadSignals } from './paired-dead-signals.ts'

/** Two halves with so many dead signals each, and what was sent back. */
function pairOf(first: number, second: number) {
  const back: string[] = []
  const half = (name: string, count: number): MemoryDeadSignals => {
    const letters = new DeadLetterQueue<Signal>({ keyBy: ({ id }) => id })
    for (let index = 0; index < count; index++)
      letters.add({ item: signalOf({ payload: { task: `${name}${index}` } }), errors: [], attempts: 1 })
    return new MemoryDeadSignals(letters, ({ request }) => Boolean(back.push(request.payload.task ?? '')))
  }
  return { back, pair: new PairedDeadSignals(half('a', first), half('b', second)) }
}

it('lists both halves as one, a page at a time, each by an id of its own', async () => {
  const { pair } = pairOf(3, 2)
  const all = await pair.list({ after: 0, limit: 10 })
  expect(all.map(({ id, request }) => [id, request.payload.task])).toEqual([
    [2, 'a0'],
    [3, 'b0'],
    [4, 'a1'],
    [5, 'b1'],
    [6, 'a2'],
  ])
  const pages: number[] = []
  for (let after = 0; ;) {
    const page = await pair.list({ after, limit: 2 })
    if (page.length === 0) break
    pages.push(...page.map(({ id }) => id))
    after = pages.at(-1) ?? 0
  }
  expect(pages).toEqual([2, 3, 4, 5, 6])
  for (const { id, signalId } of all) expect(await pair.get(id)).toMatchObject({ id, signalId })
  expect(await pair.get(7)).toBeUndefined()
  expect(pair.snapshot()).toMatchObject({ size: 5, added: 5 })
})

it('sends back from both halves, or those that are named', async () => {
  const named = pairOf(2, 2)
  expect(await named.pair.redrive({ ids: [3, 4] }, () => {})).toMatchObject({
    redriven: 2,
    remaining: 2,
    ended: 'done',
  })
  expect(named.back).toEqual(['a1', 'b0'])
  const all = pairOf(2, 2)
  expect(await all.pair.redrive({}, () => {})).toMatchObject({ redriven: 4, remaining: 0 })
})
