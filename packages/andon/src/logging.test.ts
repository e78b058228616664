import { ROOT_CONTEXT, type Span, context, trace } from '@opentelemetry/api'
import { describe, expect, expectTypeOf, it, vi } from 'vitest'
import { bindLogger, loadTrace, traceMixin } from './logging.ts'
import type { BoundLogger, TraceApi } from './logging.ts'

const ACTIVE = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' }
const activeSpan = (ids: { traceId: string; spanId: string } | undefined): TraceApi => ({
  getActiveSpan: () => ids && { spanContext: () => ids },
})

/** As pino: a child is made of its parent's prototype, and adds to its bindings. */
class PinoLike {
  readonly bindings: Record<string, unknown> = {}
  readonly lines: unknown[] = []

  child(fields: Record<string, unknown>): PinoLike {
    return Object.assign(Object.create(this) as PinoLike, { bindings: { ...this.bindings, ...fields } })
  }

  info(message: string): void {
    this.lines.push({ ...this.bindings, message })
  }
}

describe('bindLogger', () => {
  it('gives a child of the logger’s own kind, with the fields under their names', () => {
    const parent = new PinoLike()
    const child = bindLogger(parent, { traceId: 't', spanId: 's', signalId: 'sig', component: 'queue' })
    expectTypeOf(child).toEqualTypeOf<PinoLike>()
    child.info('enqueued')
    expect(parent.lines).toEqual([
      { trace_id: 't', span_id: 's', signal_id: 'sig', component: 'queue', message: 'enqueued' },
    ])
  })

  it('leaves out what is left out', () => {
    expect(bindLogger(new PinoLike(), { component: 'queue', traceId: undefined }).bindings).toEqual({
      component: 'queue',
    })
  })

  it('takes the trace of the active span where the context has none', () => {
    const trace = activeSpan(ACTIVE)
    expect(bindLogger(new PinoLike(), { signalId: 'sig' }, { trace }).bindings).toEqual({
      trace_id: ACTIVE.traceId,
      span_id: ACTIVE.spanId,
      signal_id: 'sig',
    })
    expect(bindLogger(new PinoLike(), { traceId: 't' }, { trace }).bindings).toEqual({ trace_id: 't' })
    expect(bindLogger(new PinoLike(), {}, { trace: activeSpan(undefined) }).bindings).toEqual({})
  })

  it('is quiet about an invalid span, and about a broken API', () => {
    const invalid = activeSpan({ traceId: '0'.repeat(32), spanId: '0'.repeat(16) })
    expect(bindLogger(new PinoLike(), {}, { trace: invalid }).bindings).toEqual({})
    const broken: TraceApi = {
      getActiveSpan() {
        throw new Error('no context manager')
      },
    }
    expect(bindLogger(new PinoLike(), { component: 'a' }, { trace: broken }).bindings).toEqual({ component: 'a' })
  })

  it('refuses what is no logger and what is no text', () => {
    expect(() => bindLogger({ child: 1 } as never, {})).toThrow(new TypeError('logger must have a method child()'))
    expect(() => bindLogger({ info() {} } as never, {})).toThrow(new TypeError('logger must have a method debug()'))
    expect(() => bindLogger(console, { traceId: '' })).toThrow(new RangeError('traceId must not be empty'))
    expect(() => bindLogger(console, { component: 7 as never })).toThrow('component must be a string, got 7')
    expect(() => bindLogger(console, {}, { trace: {} as never })).toThrow('trace must have a method getActiveSpan()')
  })
})

describe('a console that is bound', () => {
  it('is called as pino is, and prints the message first', () => {
    const print = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }
    const log = bindLogger(print, { signalId: 'sig' })
    expectTypeOf(log).toEqualTypeOf<BoundLogger>()
    log.debug('one')
    log.info({ ms: 2 }, 'two')
    log.warn({ ms: 3 })
    log.child({ worker: 1, signal_id: 'other' }).error({ ms: 4 }, 'four')
    expect(print.debug).toHaveBeenCalledExactlyOnceWith('one', { signal_id: 'sig' })
    expect(print.info).toHaveBeenCalledExactlyOnceWith('two', { signal_id: 'sig', ms: 2 })
    expect(print.warn).toHaveBeenCalledExactlyOnceWith({ signal_id: 'sig', ms: 3 })
    expect(print.error).toHaveBeenCalledExactlyOnceWith('four', { signal_id: 'other', worker: 1, ms: 4 })
  })

  it('is the console of the platform', () => {
    const print = vi.spyOn(console, 'info').mockImplementation(() => {})
    bindLogger(console, { component: 'queue' }).info('here')
    expect(print).toHaveBeenCalledExactlyOnceWith('here', { component: 'queue' })
    print.mockRestore()
  })
})

describe('traceMixin', () => {
  it('gives the trace of the active span, line by line', () => {
    let ids: typeof ACTIVE | undefined = ACTIVE
    const mixin = traceMixin({ getActiveSpan: () => ids && { spanContext: () => ids as typeof ACTIVE } })
    expect(mixin({}, 30, {})).toEqual({ trace_id: ACTIVE.traceId, span_id: ACTIVE.spanId })
    ids = undefined
    expect(mixin({}, 30, {})).toEqual({})
    expect(mixin()).toEqual({})
  })

  it('is silent for a logger that has a trace already, and for its children', () => {
    const mixin = traceMixin(activeSpan(ACTIVE))
    const bound = bindLogger(new PinoLike(), { traceId: 't' })
    expect(mixin({}, 30, bound)).toEqual({})
    expect(mixin({}, 30, bound.child({ worker: 1 }))).toEqual({})
    expect(mixin({}, 30, bindLogger(new PinoLike(), { signalId: 's' }))).toMatchObject({ trace_id: ACTIVE.traceId })
  })

  it('writes the trace again where a frozen logger can not be marked', () => {
    const frozen = { child: () => Object.freeze({}) }
    expect(traceMixin(activeSpan(ACTIVE))({}, 30, bindLogger(frozen, { traceId: 't' }))).toHaveProperty('trace_id')
  })

  it('reads the real API of OpenTelemetry', async () => {
    const real = await loadTrace()
    expect(real).toBe(trace)
    const mixin = traceMixin(trace)
    expect(mixin()).toEqual({})
    const span: Span = trace.wrapSpanContext({ ...ACTIVE, traceFlags: 1 })
    const spy = vi.spyOn(context, 'active').mockReturnValue(trace.setSpan(ROOT_CONTEXT, span))
    expect(mixin()).toEqual({ trace_id: ACTIVE.traceId, span_id: ACTIVE.spanId })
    spy.mockRestore()
  })

  it('refuses what is no API', () => {
    expect(() => traceMixin({} as never)).toThrow(new TypeError('trace must have a method getActiveSpan()'))
  })
})

it('goes without OpenTelemetry where that is not installed', async () => {
  vi.doMock('@opentelemetry/api', () => {
    throw new Error('Cannot find package')
  })
  await expect(loadTrace()).resolves.toBe(undefined)
  vi.doUnmock('@opentelemetry/api')
})
