import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type TimedSpan, criticalPath, ownMs } from './critical-path.ts'

const span = (id: string, startMs: number, endMs: number, ...children: TimedSpan[]): TimedSpan => ({
  id,
  startMs,
  endMs,
  children,
})
const path = (root: TimedSpan) => criticalPath(root).map(({ id, fromMs, toMs }) => `${id} ${fromMs}-${toMs}`)

describe('the critical path', () => {
  it('is the span itself where nothing is in it', () => {
    expect(path(span('a', 0, 10))).toEqual(['a 0-10'])
  })

  it('leads through what was done one after the other, and through the gaps', () => {
    const root = span('a', 0, 100, span('b', 10, 30), span('c', 40, 90, span('d', 50, 80)))
    expect(path(root)).toEqual(['a 0-10', 'b 10-30', 'a 30-40', 'c 40-50', 'd 50-80', 'c 80-90', 'a 90-100'])
  })

  it('leads past what ended while something else was waited for', () => {
    const root = span('a', 0, 100, span('answer', 5, 8), span('work', 4, 95), span('beside', 10, 60))
    expect(path(root)).toEqual(['a 0-4', 'work 4-95', 'a 95-100'])
  })

  it('counts a child that outlives its parent up to the parent’s end, and one beyond it not at all', () => {
    const root = span('a', 0, 100, span('b', 60, 150), span('late', 120, 130))
    expect(path(root)).toEqual(['a 0-60', 'b 60-100'])
  })

  it('covers the whole time once, whatever the spans', () => {
    interface Raw {
      readonly from: number
      readonly length: number
      readonly children: readonly Raw[]
    }
    const raws = (depth: number): fc.Arbitrary<Raw> =>
      fc.record({
        from: fc.integer({ min: 0, max: 50 }),
        length: fc.integer({ min: 0, max: 60 }),
        children: depth === 0 ? fc.constant([]) : fc.array(raws(depth - 1), { maxLength: 3 }),
      })
    const build = (raw: Raw, startMs: number, id: string): TimedSpan =>
      span(
        id,
        startMs + raw.from,
        startMs + raw.from + raw.length,
        ...raw.children.map((child, index) => build(child, startMs + raw.from, `${id}.${index}`)),
      )
    fc.assert(
      fc.property(raws(3), (raw) => {
        const root = build(raw, 0, 'r')
        const parts = criticalPath(root)
        let atMs = root.startMs
        for (const { fromMs, toMs } of parts) {
          expect(fromMs).toBe(atMs)
          expect(toMs).toBeGreaterThan(fromMs)
          atMs = toMs
        }
        expect(atMs).toBe(root.endMs)
        expect(ownMs(root)).toBeGreaterThanOrEqual(0)
        expect(ownMs(root)).toBeLessThanOrEqual(root.endMs - root.startMs)
      }),
    )
  })
})

describe('a span’s own time', () => {
  it('is what none of its children took, overlapping ones counted once', () => {
    expect(ownMs(span('a', 0, 100, span('b', 10, 40), span('c', 30, 50), span('d', 90, 120)))).toBe(50)
    expect(ownMs(span('a', 0, 10))).toBe(10)
  })
})
