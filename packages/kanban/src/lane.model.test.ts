import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DelayHeap } from './delay-heap.ts'
import { Entry, type EntryHome } from './entry.ts'
import { Lane } from './lane.ts'

interface Waiting {
  readonly entry: Entry<number>
  readonly at: number
}

const home = {} as EntryHome<number>

function entryOf(item: number): Entry<number> {
  const entry = new Entry(home, item, 0)
  entry.phase = 'waiting'
  return entry
}

const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('push' as const), laterMs: fc.integer({ min: 0, max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('giveBack' as const), order: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('shift' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pop' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('withdraw' as const), which: fc.nat() }) },
)

it('keeps order, size and the age of the oldest as a plain array would', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 400, size: 'max' }), (operations) => {
      const lane = new Lane<number>()
      const model: Waiting[] = []
      let nowMs = 0
      let item = 0
      for (const op of operations) {
        if (op.do === 'push') {
          nowMs += op.laterMs
          const entry = entryOf(item++)
          lane.push(entry, nowMs)
          model.push({ entry, at: nowMs })
        } else if (op.do === 'giveBack') {
          const entry = entryOf(item++)
          const behind = model.findIndex(({ entry: { order } }) => order === 0 || order >= op.order)
          const place = behind < 0 ? model.length : behind
          entry.order = op.order
          lane.giveBack(entry, nowMs)
          model.splice(place, 0, { entry, at: model[place]?.at ?? nowMs })
        } else if (model.length > 0) {
          if (op.do === 'shift') expect(lane.shift()).toBe(model.shift()?.entry)
          else if (op.do === 'pop') expect(lane.pop()).toBe(model.pop()?.entry)
          else {
            const [gone] = model.splice(op.which % model.length, 1)
            if (gone) gone.entry.phase = 'gone'
            lane.forget()
          }
        }
        expect(lane.size).toBe(model.length)
        if (model.length > 0) {
          expect(lane.choose(nowMs, [])).toBe(model[0]?.entry)
          expect(lane.newestAt).toBe(model.at(-1)?.at)
          expect(lane.oldestAt).toBe(model[0]?.at)
        }
      }
      expect([...lane]).toEqual(model.map(({ entry }) => entry))
    }),
    { numRuns: 200 },
  )
})

it('gives delayed entries out by due time, those due together in order', () => {
  const step = fc.record({ delayMs: fc.nat(20), withdraw: fc.option(fc.nat(), { nil: undefined }) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100, size: 'max' }), (steps) => {
      const heap = new DelayHeap<number>()
      const model: { readonly entry: Entry<number>; readonly dueMs: number }[] = []
      for (const [item, { delayMs, withdraw }] of steps.entries()) {
        const entry = entryOf(item)
        heap.add(entry, delayMs)
        model.push({ entry, dueMs: delayMs })
        if (withdraw === undefined) continue
        const [gone] = model.splice(withdraw % model.length, 1)
        if (gone) gone.entry.phase = 'gone'
        heap.forget()
        expect(heap.size).toBe(model.length)
      }
      const expected = model.toSorted((a, b) => a.dueMs - b.dueMs)
      for (const { entry, dueMs } of expected) {
        expect(heap.nextDueMs).toBe(dueMs)
        expect(heap.shiftDue(dueMs)).toBe(entry)
      }
      expect(heap.shiftDue(1_000)).toBeUndefined()
    }),
  )
})
