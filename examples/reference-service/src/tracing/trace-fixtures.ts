import type { KeptSpan } from './kept-span.ts'

/** A span of a trace, with what is not said left at nothing. */
export function keptSpan(span: Partial<KeptSpan> & Pick<KeptSpan, 'traceId' | 'spanId'>): KeptSpan {
  return {
    parentSpanId: undefined,
    name: 'ProcessSignal',
    service: 'tps-system',
    kind: 'internal',
    startMs: 0,
    durationMs: 1,
    isError: false,
    message: undefined,
    attributes: {},
    events: [],
    links: [],
    ...span,
  }
}
