import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { spansOfOtlp } from './otlp.ts'

const SPAN = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  parentSpanId: '00f067aa0ba902b7',
  name: 'ProcessWork',
  kind: 3,
  startTimeUnixNano: '1769349930123456789',
  endTimeUnixNano: '1769349930133956789',
  status: { code: 2, message: 'disk full' },
  attributes: [
    { key: 'signal_id', value: { stringValue: 's' } },
    { key: 'tps.attempt', value: { intValue: '2' } },
    { key: 'ratio', value: { doubleValue: 0.5 } },
    { key: 'hit', value: { boolValue: false } },
    { key: 'names', value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: 3 }] } } },
    { key: '__proto__', value: { stringValue: 'x' } },
  ],
  events: [{ name: 'retry_attempt', timeUnixNano: '1769349930124000000', attributes: [] }, { name: 7 }],
  links: [{ traceId: '1'.repeat(32), spanId: '2'.repeat(16) }, {}],
}
const request = (...spans: unknown[]) => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'tps-worker' } }] },
      scopeSpans: [{ spans }],
    },
  ],
})

describe('OTLP', () => {
  it('is read as spans', () => {
    const { spans, rejected } = spansOfOtlp(request(SPAN))
    expect(rejected).toBe(0)
    expect(spans).toMatchObject([
      {
        traceId: SPAN.traceId,
        spanId: SPAN.spanId,
        parentSpanId: SPAN.parentSpanId,
        name: 'ProcessWork',
        service: 'tps-worker',
        kind: 'client',
        isError: true,
        message: 'disk full',
        events: [{ name: 'retry_attempt', atMs: 1_769_349_930_124 }],
        links: [{ traceId: '1'.repeat(32), spanId: '2'.repeat(16) }],
      },
    ])
    expect({ ...spans[0]?.attributes }).toMatchObject({
      signal_id: 's',
      'tps.attempt': 2,
      ratio: 0.5,
      hit: false,
      names: ['a', '3'],
    })
    expect(Object.getPrototypeOf({})).toBe(Object.prototype)
    expect(spans[0]?.startMs).toBeCloseTo(1_769_349_930_123.4568, 3)
    expect(spans[0]?.durationMs).toBeCloseTo(10.5, 3)
  })

  it.each([
    { ...SPAN, traceId: 'short' },
    { ...SPAN, spanId: undefined },
    { ...SPAN, name: '' },
    { ...SPAN, startTimeUnixNano: '-1' },
    { ...SPAN, endTimeUnixNano: 'soon' },
    null,
    'text',
  ])('leaves out what makes no sense: %o', (span) => {
    expect(spansOfOtlp(request(span, SPAN))).toMatchObject({ spans: [{ name: 'ProcessWork' }], rejected: 1 })
  })

  it('takes anything without a complaint', () => {
    fc.assert(
      fc.property(fc.anything(), fc.jsonValue(), (anything, json) => {
        for (const body of [
          anything,
          json,
          request(anything),
          request({ ...SPAN, attributes: json, events: anything }),
        ])
          expect(Array.isArray(spansOfOtlp(body).spans)).toBe(true)
      }),
    )
  })
})
