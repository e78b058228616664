import { ROOT_CONTEXT, type SpanContext, createContextKey, propagation, trace } from '@opentelemetry/api'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { activeSpan, extractContext, injectHeaders, traceFields } from './tracing.ts'
import { RecordingTracer, inSpan, registerTracing, unregisterTracing } from './tracing-test-kit.ts'

// The example of the specification.
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'
const span: SpanContext = { traceId: TRACE, spanId: PARENT, traceFlags: 1 }
const inContext = (own: SpanContext) => ({ context: trace.setSpanContext(ROOT_CONTEXT, own) })
const broken = (): never => {
  throw new Error('broken')
}
const extracted = (traceparent: string, tracestate?: string): SpanContext | undefined =>
  trace.getSpanContext(extractContext({ traceparent, ...(tracestate !== undefined && { tracestate }) }))

const hex = (length: number) =>
  fc
    .array(fc.integer({ min: 0, max: 15 }), { minLength: length, maxLength: length })
    .map((digits) => digits.map((digit) => digit.toString(16)).join(''))
    .filter((id) => !/^0*$/.test(id))

describe('headers of W3C trace context', () => {
  it('are written as the specification has them, beside what is there', () => {
    expect(injectHeaders({ tenant: 'a' }, inContext(span))).toEqual({
      tenant: 'a',
      traceparent: `00-${TRACE}-${PARENT}-01`,
    })
    expect(injectHeaders(undefined, inContext({ ...span, traceFlags: 0 }))).toEqual({
      traceparent: `00-${TRACE}-${PARENT}-00`,
    })
  })

  it('are read as they are written', () => {
    expect(extracted(`00-${TRACE}-${PARENT}-01`)).toEqual({ ...span, isRemote: true })
    expect(extracted(`00-${TRACE}-${PARENT}-00`)).toMatchObject({ traceFlags: 0 })
  })

  it('carry the state of the trace', () => {
    const found = extracted(`00-${TRACE}-${PARENT}-01`, 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE')
    expect(found?.traceState?.get('congo')).toBe('t61rcWkgMzE')
    expect(injectHeaders({}, inContext(found as SpanContext))['tracestate']).toBe(
      'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE',
    )
  })

  it.each([
    ['no header', ''],
    ['the forbidden version', `ff-${TRACE}-${PARENT}-01`],
    ['more than version 00 has', `00-${TRACE}-${PARENT}-01-more`],
    ['upper case', `00-${TRACE.toUpperCase()}-${PARENT}-01`],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${PARENT}-01`],
    ['a parent of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['too short a trace', `00-${TRACE.slice(1)}-${PARENT}-01`],
    ['no flags', `00-${TRACE}-${PARENT}`],
  ])('are ignored when they have %s', (_what, header) => {
    expect(extracted(header)).toBe(undefined)
  })

  it('of a later version may have more', () => {
    expect(extracted(`cc-${TRACE}-${PARENT}-01-what-will-be`)).toMatchObject({ traceId: TRACE })
  })

  it('are ignored when they are no text', () => {
    expect(extractContext({ traceparent: 7 as never })).toBe(ROOT_CONTEXT)
    expect(extractContext({})).toBe(ROOT_CONTEXT)
  })

  it('bring back every context there is', () => {
    fc.assert(
      fc.property(hex(32), hex(16), fc.integer({ min: 0, max: 255 }), (traceId, spanId, traceFlags) => {
        const headers = injectHeaders({}, inContext({ traceId, spanId, traceFlags }))
        expect(trace.getSpanContext(extractContext(headers))).toEqual({ traceId, spanId, traceFlags, isRemote: true })
      }),
    )
  })
})

describe('injectHeaders', () => {
  afterEach(() => {
    unregisterTracing()
    propagation.disable()
  })

  it('gives the same object where there is nothing to add', () => {
    const headers = { a: 'b' }
    expect(injectHeaders(headers)).toBe(headers)
    expect(injectHeaders(headers, inContext({ ...span, traceId: '0'.repeat(32) }))).toBe(headers)
    expect(() => injectHeaders(1 as never)).toThrow(new TypeError('headers must be an object, got 1'))
  })

  it('takes the active context', () => {
    const tracer = new RecordingTracer()
    registerTracing(tracer)
    const headers = inSpan(tracer, 'request', () => injectHeaders())
    expect(headers['traceparent']).toContain(tracer.named('request').spanContext().spanId)
  })

  it('uses the propagator that is registered, and the one that is given', () => {
    const key = createContextKey('tenant')
    const propagator = (header: string) => ({
      inject: (_context: unknown, carrier: unknown) => void Object.assign(carrier as object, { [header]: 'x' }),
      extract: (context: typeof ROOT_CONTEXT, carrier: unknown) =>
        context.setValue(key, Reflect.get(carrier as object, header)),
      fields: () => [header],
    })
    propagation.setGlobalPropagator(propagator('b3'))
    expect(injectHeaders()).toEqual({ b3: 'x' })
    expect(extractContext({ b3: 'y' }).getValue(key)).toBe('y')
    expect(injectHeaders({}, { propagator: propagator('own') })).toEqual({ own: 'x' })
    expect(extractContext({ own: 'z' }, { propagator: propagator('own') }).getValue(key)).toBe('z')
  })

  it('goes on without headers where the propagator throws', () => {
    const propagator = { inject: broken, extract: broken, fields: () => ['x'] }
    const headers = {}
    expect(injectHeaders(headers, { propagator })).toBe(headers)
    expect(extractContext({ x: 'y' }, { propagator })).toBe(ROOT_CONTEXT)
  })
})

describe('the active span', () => {
  const tracer = new RecordingTracer()
  beforeEach(() => registerTracing(tracer))
  afterEach(() => unregisterTracing())

  it('is there for exemplars and for log lines', () => {
    expect([activeSpan(), traceFields()]).toEqual([undefined, {}])
    inSpan(tracer, 'request', () => {
      const { traceId, spanId } = tracer.named('request').spanContext()
      expect(activeSpan()).toEqual({ traceId, spanId, traceFlags: 1 })
      expect(traceFields()).toEqual({ trace_id: traceId, span_id: spanId })
    })
  })
})
