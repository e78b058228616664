import { describe, expect, it } from 'vitest'
import { KeptTrace } from './kept-trace.ts'
import { keptSpan } from './trace-fixtures.ts'
import { rowOf, viewOf } from './trace-view.ts'

const BEGIN_MS = Date.parse('2026-01-25T14:05:30.000Z')

function trace(...spans: Omit<Parameters<typeof keptSpan>[0], 'traceId'>[]): KeptTrace {
  const made = new KeptTrace('t')
  for (const span of spans) made.add(keptSpan({ traceId: 't', ...span }), 100)
  return made
}

describe('the view of a trace', () => {
  const slow = trace(
    { spanId: 'late', parentSpanId: 'work', name: 'ExecuteTask', startMs: BEGIN_MS + 20, durationMs: 60 },
    {
      spanId: 'work',
      parentSpanId: 'r',
      name: 'ProcessWork',
      startMs: BEGIN_MS + 10,
      durationMs: 80,
      isError: true,
      message: 'no',
    },
    {
      spanId: 'in',
      parentSpanId: 'r',
      name: 'ReceiveSignal',
      startMs: BEGIN_MS,
      durationMs: 2,
      events: [{ name: 'parsed', atMs: BEGIN_MS + 1, attributes: { bytes: 7 } }],
    },
    {
      spanId: 'r',
      startMs: BEGIN_MS,
      durationMs: 100,
      attributes: { signal_id: 's', signal_type: 'execute', task: 'hello', status: 'completed' },
    },
  )

  it('lists each span after its parent, siblings by their begin, with times from the begin of the trace', () => {
    const { spans } = viewOf(slow)
    expect(
      spans.map(({ depth, name, start_ms, duration_ms, own_ms }) => [depth, name, start_ms, duration_ms, own_ms]),
    ).toEqual([
      [0, 'ProcessSignal', 0, 100, 18],
      [1, 'ReceiveSignal', 0, 2, 2],
      [1, 'ProcessWork', 10, 80, 20],
      [2, 'ExecuteTask', 20, 60, 60],
    ])
    expect(spans[1]?.events).toEqual([{ name: 'parsed', at_ms: 1, attributes: { bytes: 7 } }])
    expect(spans[2]).toMatchObject({ error: true, message: 'no', parent_span_id: 'r' })
  })

  it('marks the critical path', () => {
    const critical = Object.fromEntries(viewOf(slow).spans.map(({ name, critical: parts }) => [name, parts]))
    expect(critical).toEqual({
      ProcessSignal: [
        { from_ms: 2, to_ms: 10 },
        { from_ms: 90, to_ms: 100 },
      ],
      ReceiveSignal: [{ from_ms: 0, to_ms: 2 }],
      ProcessWork: [
        { from_ms: 10, to_ms: 20 },
        { from_ms: 80, to_ms: 90 },
      ],
      ExecuteTask: [{ from_ms: 20, to_ms: 80 }],
    })
  })

  it('has a row for a list', () => {
    expect(rowOf(slow)).toEqual({
      trace_id: 't',
      signal_id: 's',
      status: 'completed',
      signal_type: 'execute',
      task: 'hello',
      timestamp: '2026-01-25T14:05:30.000Z',
      duration_ms: 100,
      error: true,
      in_progress: false,
      spans: 4,
    })
  })

  it('shows what there is of a trace whose outermost span has not ended', () => {
    const open = trace({ spanId: 'a', parentSpanId: 'r', name: 'Kanban.Enqueue', startMs: BEGIN_MS, durationMs: 1 })
    expect(rowOf(open)).toMatchObject({ in_progress: true, status: null, duration_ms: 1, spans: 1 })
    expect(viewOf(open).spans.map(({ depth, name }) => [depth, name])).toEqual([[0, 'Kanban.Enqueue']])
  })
})
