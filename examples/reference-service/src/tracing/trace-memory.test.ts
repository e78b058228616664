import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOf } from './kept-span.ts'
import { keptSpan } from './trace-fixtures.ts'
import { TraceMemory } from './trace-memory.ts'

const root = (traceId: string, more: Parameters<typeof keptSpan>[0] | object = {}) =>
  keptSpan({ traceId, spanId: `${traceId}-root`, ...more })
const ids = (memory: TraceMemory, query: Parameters<TraceMemory['find']>[0] = {}) =>
  memory.find({ limit: 1_000, ...query }).map(({ id }) => id)

describe('the memory of traces', () => {
  it('finds traces by duration, error, signal and id, the latest or the slowest first', () => {
    const memory = new TraceMemory()
    memory.add(root('a', { startMs: 1, durationMs: 10, attributes: { signal_id: 's1' } }))
    memory.add(root('b', { startMs: 2, durationMs: 300, isError: true }))
    memory.add(root('c', { startMs: 3, durationMs: 50 }))
    expect(ids(memory)).toEqual(['c', 'b', 'a'])
    expect(ids(memory, { sort: 'slowest' })).toEqual(['b', 'c', 'a'])
    expect(ids(memory, { limit: 2 })).toEqual(['c', 'b'])
    expect(ids(memory, { minDurationMs: 50 })).toEqual(['c', 'b'])
    expect(ids(memory, { error: true })).toEqual(['b'])
    expect(ids(memory, { error: false })).toEqual(['c', 'a'])
    expect(ids(memory, { signalId: 's1' })).toEqual(['a'])
    expect(ids(memory, { traceId: 'c' })).toEqual(['c'])
    expect(memory.get('b')?.spans).toHaveLength(1)
    expect(memory.get('nobody')).toBeUndefined()
  })

  it('shows a trace before its root has ended, and adds what comes after', () => {
    const memory = new TraceMemory()
    memory.add(
      keptSpan({ traceId: 'a', spanId: '1', parentSpanId: 'r', name: 'Kanban.Enqueue', startMs: 5, durationMs: 2 }),
    )
    memory.add(
      keptSpan({ traceId: 'a', spanId: '2', parentSpanId: 'r', name: 'ProcessWork', startMs: 9, durationMs: 4 }),
    )
    expect(memory.get('a')).toMatchObject({ root: undefined, startMs: 5, durationMs: 8 })
    expect(memory.snapshot()).toMatchObject({ kept: 1, open: 1 })
    memory.add(root('a', { spanId: 'r', startMs: 4, durationMs: 20, attributes: { status: 'completed' } }))
    memory.add(keptSpan({ traceId: 'a', spanId: '3', parentSpanId: 'r', name: 'late', startMs: 30 }))
    expect(memory.get('a')).toMatchObject({ startMs: 4, durationMs: 20, status: 'completed' })
    expect(memory.get('a')?.spans.map(({ spanId }) => spanId)).toEqual(['1', '2', 'r', '3'])
    expect(memory.snapshot()).toMatchObject({ kept: 1, open: 0, remarkable: 0 })
  })

  it('takes the caller’s own span for the root of nothing', () => {
    const memory = new TraceMemory()
    memory.add(root('a', { parentSpanId: 'of the caller', durationMs: 7 }))
    expect(memory.get('a')?.root?.durationMs).toBe(7)
  })

  it('forgets ordinary traces first, then the oldest of the slow and the failed', () => {
    const memory = new TraceMemory({ maxTraces: 5, slowMs: 100 })
    memory.add(root('slow', { durationMs: 100 }))
    memory.add(root('failed', { isError: true }))
    for (const id of ['1', '2', '3', '4', '5']) memory.add(root(id, { startMs: Number(id) }))
    expect(ids(memory).toSorted()).toEqual(['3', '4', '5', 'failed', 'slow'])
    memory.add(root('failed too', { isError: true }))
    expect(ids(memory).toSorted()).toEqual(['3', '4', '5', 'failed', 'failed too'])
    expect(memory.snapshot()).toMatchObject({ kept: 5, remarkable: 2, evicted: 3 })
  })

  it('keeps what has not ended while ordinary traces come and go', () => {
    const memory = new TraceMemory({ maxTraces: 5 })
    memory.add(keptSpan({ traceId: 'waits', spanId: '1', parentSpanId: 'r', name: 'Kanban.Enqueue' }))
    for (let index = 0; index < 50; index++) memory.add(root(String(index)))
    expect(memory.get('waits')).toBeDefined()
  })

  it('does not count a refused signal among the failed', () => {
    const memory = new TraceMemory()
    memory.add(root('refused', { isError: true, attributes: { status: 'rejected' } }))
    expect(memory.snapshot().remarkable).toBe(0)
    expect(ids(memory, { error: true })).toEqual(['refused'])
  })

  it('leaves out spans of a trace that has too many, but never its root', () => {
    const memory = new TraceMemory({ maxSpans: 3 })
    for (let index = 0; index < 6; index++)
      memory.add(keptSpan({ traceId: 'a', spanId: String(index), parentSpanId: 'r', name: 'child' }))
    memory.add(root('a'))
    expect(memory.get('a')?.spans.map(({ name }) => name)).toEqual(['child', 'child', 'child', 'ProcessSignal'])
    expect(memory.get('a')?.dropped).toBe(3)
    expect(memory.snapshot().droppedSpans).toBe(3)
  })

  it('holds no more bytes than it may, except for one trace that is larger by itself', () => {
    const memory = new TraceMemory({ maxBytes: 5_000 })
    const attributes = { text: 'x'.repeat(500) }
    for (let index = 0; index < 20; index++) memory.add(root(String(index), { attributes }))
    const one = bytesOf(root('0', { attributes }))
    expect(memory.snapshot()).toMatchObject({ kept: Math.floor(5_000 / one) })
    memory.add(root('large', { attributes: { text: 'x'.repeat(10_000) } }))
    expect(ids(memory)).toEqual(['large'])
  })

  it('never has more than it may, and counts truly, whatever comes', () => {
    const span = fc.record({
      trace: fc.integer({ min: 0, max: 30 }),
      isRoot: fc.boolean(),
      isError: fc.boolean(),
      durationMs: fc.constantFrom(1, 200),
    })
    fc.assert(
      fc.property(fc.array(span, { maxLength: 120 }), (spans) => {
        const memory = new TraceMemory({ maxTraces: 8, maxSpans: 4, maxBytes: 20_000 })
        for (const [index, { trace, isRoot, isError, durationMs }] of spans.entries()) {
          memory.add(
            keptSpan({
              traceId: String(trace),
              spanId: String(index),
              parentSpanId: isRoot ? undefined : 'r',
              name: isRoot ? 'ProcessSignal' : 'child',
              isError,
              durationMs,
            }),
          )
          const kept = memory.find({ limit: 100 })
          const { kept: count, open, bytes } = memory.snapshot()
          expect(count).toBe(kept.length)
          expect(count).toBeLessThanOrEqual(8)
          expect(open).toBe(kept.filter(({ root: its }) => its === undefined).length)
          expect(bytes).toBe(kept.reduce((sum, each) => sum + each.bytes, 0))
          if (count > 1) expect(bytes).toBeLessThanOrEqual(20_000)
        }
      }),
    )
  })
})
