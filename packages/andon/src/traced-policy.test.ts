import { SpanKind, SpanStatusCode, context, trace } from '@opentelemetry/api'
import { type Policy, SafeEmitter, type WorkContext } from '@tps/internal'
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest'
import { type TracedPolicy, activeSpan, traceEvents, tracePolicy } from './tracing.ts'
import { RecordingTracer, inSpan, registerTracing, unregisterTracing } from './tracing-test-kit.ts'

type Events = { open: [event: object]; retry: [event: object]; success: [event: object] }

/** A policy that just calls, and tells what it is told to. */
class Plain implements Policy {
  readonly name: string
  readonly kind = 'plain'
  readonly emitter = new SafeEmitter<Events>()

  constructor(name = 'plain') {
    this.name = name
  }

  async execute<T>(work: (call: WorkContext) => T | PromiseLike<T>): Promise<T> {
    return await work({ signal: new AbortController().signal })
  }

  on<E extends keyof Events>(event: E, listener: (...args: Events[E]) => void): () => void {
    return this.emitter.on(event, listener)
  }
}

const failing = (error: unknown) => () => {
  throw error
}
const refusal = (code: string): Error => Object.assign(new Error('no'), { code, retryAfterMs: 250 })

const one = (): number => 1
const orNull: <T>(work: (call: WorkContext) => T | PromiseLike<T>) => Promise<T | null> = () => Promise.resolve(null)
let tracer: RecordingTracer

/** What a span says of a call that fails while its caller aborts. */
async function outcome(error: unknown, reason: unknown): Promise<unknown> {
  const controller = new AbortController()
  const call = tracePolicy(new Plain()).execute(
    async () => {
      controller.abort(reason)
      throw error
    },
    { signal: controller.signal },
  )
  await expect(call).rejects.toBe(error)
  const { attributes, status } = tracer.spans.at(-1) ?? {}
  return [attributes?.['tps.outcome'], status?.code]
}

beforeEach(() => {
  tracer = new RecordingTracer()
})

afterEach(() => {
  unregisterTracing()
})

describe('a traced policy', () => {
  beforeEach(() => registerTracing(tracer))

  it('has a span around each call, under the active one, active in the work', async () => {
    const traced = tracePolicy(new Plain(), { attributes: { peer: 'billing' }, kind: 'client' })
    const result = inSpan(tracer, 'request', () =>
      traced.execute(async () => {
        await Promise.resolve()
        return activeSpan()
      }),
    )
    const span = tracer.named('plain')
    await expect(result).resolves.toBe(span.spanContext())
    expect(span.parent).toBe(tracer.named('request').spanContext())
    expect(span).toMatchObject({ kind: SpanKind.CLIENT, attributes: { peer: 'billing' }, ends: 1, exceptions: [] })
    expect(span.status).toEqual({ code: SpanStatusCode.UNSET })
    expect(trace.getActiveSpan()).toBe(undefined)
  })

  it('passes an error through and gives the span its status, its type and the exception', async () => {
    const own = Object.assign(new Error('lost'), { code: 'ECONNRESET' })
    await expect(tracePolicy(new Plain()).execute(failing(own))).rejects.toBe(own)
    const span = tracer.named('plain')
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'lost' })
    expect(span.attributes).toEqual({ 'tps.outcome': 'failure', 'error.type': 'ECONNRESET' })
    expect(span.exceptions).toEqual([{ name: 'ECONNRESET', message: 'lost', stack: own.stack }])
    expect(span.ends).toBe(1)
  })

  it('marks a refusal by attributes, without an exception', async () => {
    await expect(tracePolicy(new Plain()).execute(failing(refusal('ERR_CIRCUIT_OPEN')))).rejects.toThrow('no')
    const span = tracer.named('plain')
    expect(span.attributes).toEqual({
      'tps.outcome': 'refused',
      'tps.retry_after_ms': 250,
      'error.type': 'ERR_CIRCUIT_OPEN',
    })
    expect(span.status.code).toBe(SpanStatusCode.ERROR)
    expect(span.exceptions).toEqual([])
  })

  it('lets the user say what a refusal is', async () => {
    const traced = tracePolicy(new Plain(), { isRefusal: (error) => (error as Error).message === 'mine' })
    await expect(traced.execute(failing(new Error('mine')))).rejects.toThrow('mine')
    expect(tracer.named('plain').attributes).toMatchObject({ 'tps.outcome': 'refused', 'error.type': 'Error' })
  })

  it('takes what the caller has cancelled for no error, and what timed out for one', async () => {
    const gone = new Error('gone')
    const late = Object.assign(new Error('late'), { code: 'ERR_TIMEOUT' })
    expect(await outcome(gone, gone)).toEqual(['cancelled', SpanStatusCode.UNSET])
    expect(await outcome(new DOMException('', 'AbortError'), gone)).toEqual(['cancelled', SpanStatusCode.UNSET])
    expect(await outcome(late, gone)).toEqual(['timeout', SpanStatusCode.ERROR])
    expect(await outcome(new DOMException('', 'AbortError'), late)).toEqual(['timeout', SpanStatusCode.ERROR])
    expect(await outcome(new Error('other'), gone)).toEqual(['failure', SpanStatusCode.ERROR])
  })

  it('records what is thrown and is no error', async () => {
    await expect(tracePolicy(new Plain()).execute(failing('just text'))).rejects.toBe('just text')
    await expect(tracePolicy(new Plain('none')).execute(failing(undefined))).rejects.toBe(undefined)
    expect(tracer.named('plain').exceptions).toEqual([{ name: 'string', message: 'just text' }])
    expect(tracer.named('none').status.message).toBe('undefined')
  })

  it('keeps the work in its own trace where another call begins it', async () => {
    const waiting: (() => void)[] = []
    const line: Policy & { name: string } = {
      name: 'line',
      execute: (work) =>
        new Promise((resolve) => {
          waiting.push(() => resolve(work({ signal: new AbortController().signal })))
        }),
    }
    const queued = inSpan(tracer, 'mine', () => tracePolicy(line).execute(() => activeSpan()?.traceId))
    inSpan(tracer, 'another', () => waiting[0]?.())
    await expect(queued).resolves.toBe(tracer.named('mine').spanContext().traceId)
    const inner = tracePolicy(new Plain('inner'))
    const nested = tracePolicy(
      { execute: (work, options) => line.execute((call) => inner.execute(work, { ...options, signal: call.signal })) },
      { name: 'outer' },
    )
    const second = inSpan(tracer, 'yours', () => nested.execute(() => activeSpan()))
    inSpan(tracer, 'third', () => waiting[1]?.())
    await expect(second).resolves.toBe(tracer.named('inner').spanContext())
    expect(tracer.named('inner').parent).toBe(tracer.named('outer').spanContext())
  })

  it('keeps the context of a trace that is not sampled, without a span', async () => {
    tracer.samples = false
    const outer = tracePolicy(new Plain('outer'))
    const inner = tracePolicy(new Plain('inner'))
    const seen = await outer.execute(async () => [activeSpan(), await inner.execute(() => activeSpan())])
    expect(tracer.spans).toEqual([])
    expect(seen.map((each) => each?.traceFlags)).toEqual([0, 0])
    expect(new Set(seen.map((each) => each?.traceId)).size).toBe(1)
  })

  it('is not changed by a tracer or a span that throws', async () => {
    const broken = { startSpan: failing(new Error('no exporter')), startActiveSpan: failing(new Error('unused')) }
    await expect(tracePolicy(new Plain(), { tracer: broken }).execute(() => 1)).resolves.toBe(1)
    const stuck = new RecordingTracer()
    const begin = stuck.startSpan.bind(stuck)
    stuck.startSpan = (...args) => Object.assign(begin(...args), { end: failing(new Error('no room')) })
    await expect(tracePolicy(new Plain(), { tracer: stuck }).execute(() => 2)).resolves.toBe(2)
    const own = new Error('own')
    await expect(tracePolicy(new Plain(), { tracer: stuck }).execute(failing(own))).rejects.toBe(own)
    expect(stuck.spans).toHaveLength(2)
  })
})

describe('the events of a traced policy', () => {
  beforeEach(() => registerTracing(tracer))

  it('go to the span of the call, with what they say', async () => {
    const plain = new Plain()
    await tracePolicy(plain).execute(async () => {
      plain.emitter.emit('open', { reason: 'failure-ratio', breakMs: 5, cause: new TypeError('bad') })
      plain.emitter.emit('retry', { attempt: 1, delayMs: 2, outcome: { ok: false, error: refusal('E_BUSY') } })
      plain.emitter.emit('success', {})
    })
    const cause = { 'error.type': 'TypeError', 'error.message': 'bad' }
    expect(tracer.named('plain').events).toEqual([
      { name: 'circuit_opened', attributes: { 'tps.reason': 'failure-ratio', 'tps.breakMs': 5, ...cause } },
      {
        name: 'retry_attempt',
        attributes: { 'tps.attempt': 1, 'tps.delayMs': 2, 'error.type': 'E_BUSY', 'error.message': 'no' },
      },
    ])
  })

  it('are those of what it is composed of, too', async () => {
    const [outer, inner] = [new Plain('outer'), new Plain('inner')]
    const composed = { execute: outer.execute.bind(outer), policies: [outer, { policies: [inner], execute: vi.fn() }] }
    await tracePolicy(composed, { name: 'call' }).execute(() => {
      outer.emitter.emit('retry', {})
      inner.emitter.emit('open', {})
    })
    expect(tracer.named('call').events.map(({ name }) => name)).toEqual(['retry_attempt', 'circuit_opened'])
  })

  it('are told once where a policy is wrapped twice', async () => {
    const plain = new Plain()
    const twice = tracePolicy(tracePolicy(plain, { name: 'inner' }), { name: 'outer' })
    await tracePolicy(plain, { name: 'before' }).execute(() => {})
    await twice.execute(() => plain.emitter.emit('open', {}))
    expect(tracer.named('inner').events).toHaveLength(1)
    expect(tracer.named('outer').events).toHaveLength(0)
  })

  it('are those that are asked for, or none', async () => {
    const plain = new Plain()
    const events = { success: { name: 'worked', attributes: () => ({ answer: 42 }) } }
    const tell = (): void => {
      plain.emitter.emit('success', {})
      plain.emitter.emit('open', {})
    }
    await tracePolicy(plain, { name: 'some', events }).execute(tell)
    expect(tracer.named('some').events).toEqual([{ name: 'worked', attributes: { answer: 42 } }])
    const quiet = new Plain()
    await tracePolicy(quiet, { name: 'none', events: false }).execute(() => quiet.emitter.emit('open', {}))
    expect(tracer.named('none').events).toEqual([])
  })
})

describe('traceEvents', () => {
  it('tells the active span until it is ended, and nobody else', () => {
    registerTracing(tracer)
    const plain = new Plain()
    const stop = traceEvents(plain, { open: 'opened' })
    plain.emitter.emit('open', {})
    inSpan(tracer, 'one', () => plain.emitter.emit('open', {}))
    stop()
    inSpan(tracer, 'two', () => plain.emitter.emit('open', {}))
    expect(tracer.named('one').events).toEqual([{ name: 'opened', attributes: {} }])
    expect(tracer.named('two').events).toEqual([])
  })

  it('hurts nobody when attributes can not be made', () => {
    registerTracing(tracer)
    const onListenerError = vi.fn()
    const emitter = new SafeEmitter<Events>(onListenerError)
    const source = { on: emitter.on.bind(emitter) }
    traceEvents(source, { open: { name: 'opened', attributes: failing(new Error('mine')) } })
    inSpan(tracer, 'one', () => emitter.emit('open', {}))
    expect(onListenerError).not.toHaveBeenCalled()
    expect(tracer.named('one').events).toEqual([])
  })

  it('listens to nothing when it can not listen to all of it', () => {
    const removed = vi.fn()
    const on = (event: string): (() => void) => {
      if (event === 'close') throw new Error('no such event')
      return removed
    }
    expect(() => traceEvents({ on }, { open: 'a', close: 'b' })).toThrow('no such event')
    expect(removed).toHaveBeenCalledTimes(1)
  })

  it('refuses what is no event', () => {
    const plain = new Plain()
    expect(() => traceEvents({} as never)).toThrow(new TypeError('observable must have a method on()'))
    expect(() => traceEvents(plain, { open: '' })).toThrow(new RangeError('events.open must not be empty'))
    expect(() => traceEvents(plain, { open: { name: 'a', attributes: 1 as never } })).toThrow(
      'events.open.attributes must be a function, got 1',
    )
  })
})

describe('without an SDK', () => {
  it('hands the call to the policy as it is, and listens to nobody', () => {
    const plain = new Plain()
    const execute = vi.spyOn(plain, 'execute')
    const on = vi.spyOn(plain, 'on')
    const options = { signal: new AbortController().signal }
    const result = tracePolicy(plain).execute(one, options)
    expect(execute).toHaveBeenCalledExactlyOnceWith(one, options)
    expect(execute.mock.calls[0]?.[0]).toBe(one)
    expect(execute.mock.results[0]?.value).toBe(result)
    expect(on).not.toHaveBeenCalled()
    expect(context.active()).toBeDefined()
  })

  it('begins to trace once there is one', async () => {
    const traced = tracePolicy(new Plain())
    await traced.execute(() => {})
    registerTracing(tracer)
    await traced.execute(() => {})
    expect(tracer.spans).toHaveLength(1)
  })
})

describe('tracePolicy', () => {
  it('needs a name, and takes that of the policy', () => {
    expect(tracePolicy(new Plain('billing'))).toMatchObject({ name: 'billing', kind: 'plain' })
    expect(() => tracePolicy({ execute: vi.fn() })).toThrow(new TypeError('name must be a string, got undefined'))
  })

  it('refuses wrong options', () => {
    expect(() => tracePolicy({} as never)).toThrow(new TypeError('policy must have a method execute()'))
    expect(() => tracePolicy(new Plain(), { kind: 'server' as never })).toThrow(RangeError)
    expect(() => tracePolicy(new Plain(), { attributes: 1 as never })).toThrow('attributes must be an object, got 1')
    expect(() => tracePolicy(new Plain(), { tracer: {} as never })).toThrow('tracer must have a method startSpan()')
    expect(() => tracePolicy(new Plain(), { isRefusal: 1 as never })).toThrow('isRefusal must be a function, got 1')
    expect(() => tracePolicy(new Plain(), { events: { open: 1 as never } })).toThrow(TypeError)
  })

  it('is a Policy where the policy substitutes nothing, and says what it substitutes where it does', () => {
    expectTypeOf(tracePolicy(new Plain())).toExtend<Policy>()
    const substituting: { execute: typeof orNull; substitutes?: readonly [null] } = { execute: orNull }
    expectTypeOf(tracePolicy(substituting, { name: 'a' })).toEqualTypeOf<TracedPolicy<null>>()
  })
})
