import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { Breakdown, type StageSpan } from './index.ts'

const span = (stage: string, startMs: number, endMs: number, ...children: readonly StageSpan[]): StageSpan => ({
  stage,
  startMs,
  endMs,
  children,
})

/** Mean and saving of each stage of one request. */
function partsOf(...spans: readonly StageSpan[]): object {
  const breakdown = new Breakdown()
  breakdown.recordSpans(spans)
  return Object.fromEntries(breakdown.snapshot().stages.map(({ stage, mean, saves }) => [stage, [mean, saves]]))
}

describe('Breakdown.recordSpans', () => {
  it('takes spans that follow each other as durations', () => {
    expect(partsOf(span('wait', 100, 110), span('work', 110, 140))).toEqual({ wait: [10, 10], work: [30, 30] })
  })

  it('gives the time of a nested stage to it, and what is left to the one around it', () => {
    const work = span('work', 0, 100, span('cache', 10, 15), span('database', 20, 80, span('parse', 70, 80)))
    expect(partsOf(work)).toEqual({
      work: [35, 100],
      'work/cache': [5, 5],
      'work/database': [50, 60],
      'work/database/parse': [10, 10],
    })
  })

  it('divides the time of stages at the same moment, which save only what they have alone', () => {
    expect(partsOf(span('a', 0, 60), span('b', 20, 100))).toEqual({ a: [40, 20], b: [60, 40] })
    expect(partsOf(span('a', 0, 90), span('b', 0, 90), span('c', 0, 90))).toEqual({
      a: [30, 0],
      b: [30, 0],
      c: [30, 0],
    })
  })

  it('adds up spans of the same stage, side by side or not', () => {
    expect(partsOf(span('query', 0, 50), span('query', 0, 30), span('query', 50, 60))).toEqual({ query: [60, 60] })
  })

  it('lets a stage save what only stages within it were at work in', () => {
    expect(partsOf(span('work', 0, 100, span('a', 0, 100), span('b', 0, 100)))).toEqual({
      work: [0, 100],
      'work/a': [50, 0],
      'work/b': [50, 0],
    })
  })

  it('shows time without a stage as untracked', () => {
    expect(partsOf(span('a', 0, 10), span('b', 30, 40))).toEqual({ a: [10, 10], b: [10, 10], untracked: [20, 0] })
  })

  it('adds further stages up as other, which saves what they had alone, once', () => {
    const breakdown = new Breakdown<string>({ maxStages: 1 })
    breakdown.recordSpans([span('a', 0, 10, span('b', 2, 6)), span('c', 10, 20, span('d', 10, 20))])
    expect(breakdown.snapshot().stages).toMatchObject([
      { stage: 'a', mean: 6, saves: 10 },
      { stage: 'other', mean: 14, saves: 14 },
    ])
  })

  it('counts a request with a span that is none as invalid, whole', () => {
    const breakdown = new Breakdown()
    const told = vi.fn<(event: object) => void>()
    breakdown.on('invalid', told)
    breakdown.recordSpans([span('a', 0, 10, span('b', 5, 4))])
    for (const wrong of [Number.NaN, Infinity, undefined as never]) breakdown.recordSpans([span('a', 0, wrong)])
    expect(breakdown.snapshot()).toMatchObject({ count: 0, invalid: 4, stages: [] })
    expect(told.mock.calls[0]).toEqual([{ stage: 'b', value: -1 }])
  })

  it('adds up to the time from the first start to the last end, whatever the spans', () => {
    const { tree } = fc.letrec<{ tree: StageSpan }>((tie) => ({
      tree: fc
        .record({
          stage: fc.constantFrom('a', 'b', 'c', 'd'),
          startMs: fc.integer({ min: 0, max: 100 }),
          length: fc.integer({ min: 0, max: 50 }),
          children: fc.oneof({ depthSize: 'small' }, fc.constant([]), fc.array(tie('tree'), { maxLength: 3 })),
        })
        .map(({ stage, startMs, length, children }) => span(stage, startMs, startMs + length, ...children)),
    }))
    const flat = (spans: readonly StageSpan[]): StageSpan[] => spans.flatMap((s) => [s, ...flat(s.children ?? [])])
    fc.assert(
      fc.property(
        fc.array(tree, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 64 }),
        (spans, maxStages) => {
          const breakdown = new Breakdown<string>({ maxStages })
          breakdown.recordSpans(spans)
          const all = flat(spans)
          const total = Math.max(...all.map((s) => s.endMs)) - Math.min(...all.map((s) => s.startMs))
          const { mean, stages } = breakdown.snapshot()
          expect(mean).toBeCloseTo(total, 9)
          expect(stages.reduce((sum, stage) => sum + (stage.mean ?? 0), 0)).toBeCloseTo(total, 9)
          for (const { saves } of stages) expect(saves).toBeLessThanOrEqual(total + 1e-9)
        },
      ),
    )
  })
})
