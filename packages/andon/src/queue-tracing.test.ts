import { type Attributes, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Lease } from '@tps/internal'
import { ManualClock } from '@tps/internal/manual-clock'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Headers, QueueTracing, activeSpan } from './tracing.ts'
import type { ReceiptLike } from './traced-receipt.ts'
import { type RecordedSpan, RecordingTracer, inSpan, registerTracing, unregisterTracing } from './tracing-test-kit.ts'

interface Options {
  readonly receipt?: ReceiptLike
  readonly headers?: Headers
}

interface Kept<T> extends Options {
  readonly item: T
  attempt: number
}

/** A queue in memory: as simple as it can be. */
class Fake<T> {
  readonly name = 'fake'
  readonly leaseMs = 5000
  capacity = 10
  readonly kept: Kept<T>[] = []
  readonly calls: string[] = []
  readonly carriesReceipts: boolean

  constructor(carriesReceipts = false) {
    this.carriesReceipts = carriesReceipts
  }

  get depth(): number {
    return this.kept.length
  }

  offer(item: T, options: Options = {}): boolean {
    if (this.kept.length >= this.capacity) return false
    this.kept.push({ ...options, item, attempt: 0 })
    options.receipt?.admitted?.({ withdraw: () => true })
    return true
  }

  async put(item: T, options?: Options): Promise<number> {
    this.offer(item, options)
    return this.kept.length
  }

  tryLease(): (Lease<T> & Options) | undefined {
    const first = this.kept.shift()
    if (!first) return undefined
    first.attempt++
    const back = (): void => void this.kept.push(first)
    const tell = (call: string) => {
      this.calls.push(call)
    }
    return {
      item: first.item,
      attempt: first.attempt,
      ...(first.headers && { headers: first.headers }),
      ...(first.receipt && { receipt: first.receipt }),
      ack: () => first.receipt?.settled('acked'),
      retry: (options) => {
        tell(`retry ${options?.delayMs ?? 0}`)
        back()
      },
      deadLetter: (reason) => first.receipt?.settled('dead-lettered', reason),
      extend: (ms) => tell(`extend ${ms}`),
    }
  }

  async lease(): Promise<Lease<T> & Options> {
    const lease = this.tryLease()
    if (!lease) throw new Error('empty')
    return lease
  }
}

let tracer: RecordingTracer
let clock: ManualClock
let tracing: QueueTracing

beforeEach(() => {
  tracer = new RecordingTracer()
  clock = new ManualClock(100)
  tracing = new QueueTracing({ queue: 'q', now: () => clock.now(), wallNow: () => clock.now() + 1e6 })
})
afterEach(() => unregisterTracing())

const parentOf = (span: RecordedSpan): string | undefined =>
  tracer.spans.find((each) => each.spanContext() === span.parent)?.name
const named = (name: string): RecordedSpan[] => tracer.spans.filter((each) => each.name === name)
const wait = (index = 0): unknown[] => {
  const span = named('wait q')[index]
  return [span?.startTime, span?.endTime]
}
const wrong = (options: object) => (): unknown => new QueueTracing({ queue: 'q', ...options })
const taken = <T>(lease: T | undefined): T => {
  if (!lease) throw new Error('nothing is there')
  return lease
}

describe('what is submitted', () => {
  beforeEach(() => registerTracing(tracer))

  it('has a wait and a processing span under what was active at the submit', () => {
    const capture = tracing.captureContext()
    const handler = tracing.handler((item: number, _call: { attempt: number }) => [item, activeSpan()?.spanId])
    capture()
    const restore = inSpan(tracer, 'request', capture)
    clock.advance(40)
    const results: unknown[] = []
    restore(() => results.push(handler(7, { attempt: 1 })))
    expect(results).toEqual([[7, tracer.named('process q').spanContext().spanId]])
    expect(wait()).toEqual([100, 140])
    expect(tracer.spans.map((span) => [span.name, parentOf(span), span.ends])).toEqual([
      ['request', undefined, 0],
      ['wait q', 'request', 1],
      ['process q', 'request', 1],
    ])
    expect(tracer.named('process q')).toMatchObject({
      kind: SpanKind.INTERNAL,
      attributes: {
        'messaging.destination.name': 'q',
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'tps.attempt': 1,
      },
    })
  })

  it('waits anew from the end of an attempt that failed', async () => {
    const capture = tracing.captureContext()
    let fail = true
    const own = new Error('first')
    const handler = tracing.handler(async () => {
      clock.advance(5)
      if (fail) throw own
    })
    capture()
    const restore = inSpan(tracer, 'request', capture)
    clock.advance(10)
    const attempts: unknown[] = []
    restore(() => attempts.push(handler(1, { attempt: 1 })))
    await expect(attempts[0]).rejects.toBe(own)
    fail = false
    clock.advance(20)
    restore(() => attempts.push(handler(1, { attempt: 2 })))
    await expect(attempts[1]).resolves.toBe(undefined)
    expect([wait(0), wait(1)]).toEqual([
      [100, 110],
      [115, 135],
    ])
    const [first, second] = named('process q')
    expect([first?.status, second?.status]).toEqual([
      { code: SpanStatusCode.ERROR, message: 'first' },
      { code: SpanStatusCode.UNSET },
    ])
    expect(first?.exceptions).toMatchObject([{ message: 'first' }])
    expect(second?.attributes).toMatchObject({ 'tps.attempt': 2 })
  })

  it('makes one trace where nothing was active', () => {
    const capture = tracing.captureContext()
    capture()
    capture()(() => tracing.handler(() => {})(1, {}))
    expect(tracer.spans.map((span) => [span.name, parentOf(span)])).toEqual([
      ['wait q', undefined],
      ['process q', 'wait q'],
    ])
  })

  it('is told apart from what nobody submitted, which has no wait', () => {
    const capture = tracing.captureContext()
    const home = inSpan(tracer, 'start', capture)
    home(() => tracing.handler(() => {})(1, {}))
    expect(tracer.spans.map((span) => [span.name, parentOf(span)])).toEqual([
      ['start', undefined],
      ['process q', 'start'],
    ])
  })

  it('is not mistaken for what its handler hands on', () => {
    const capture = tracing.captureContext()
    const inner = tracing.handler((item: string) => item)
    const outer = tracing.handler(() => inner('b', {}))
    capture()
    capture()(() => outer('a', {}))
    expect(named('wait q')).toHaveLength(1)
    expect(named('process q').map(parentOf)).toEqual(['wait q', 'process q'])
  })

  it('gets what else is captured', () => {
    const order: string[] = []
    const captured = new QueueTracing({
      queue: 'q',
      captureContext: () => (run) => {
        order.push('before')
        run()
        order.push('after')
      },
    }).captureContext()
    captured()
    captured()(() => order.push('run'))
    expect(order).toEqual(['before', 'run', 'after'])
  })

  it('keeps the context of a trace that is not sampled', () => {
    tracer.samples = false
    const capture = tracing.captureContext()
    capture()
    const restore = inSpan(tracer, 'request', () => [capture(), activeSpan()] as const)
    const seen: unknown[] = []
    restore[0](() => tracing.handler(() => seen.push(activeSpan()?.traceId))(1, {}))
    expect(tracer.spans).toEqual([])
    expect(seen).toEqual([restore[1]?.traceId])
  })

  it('is cancelled by its submitter, or times out, by the signal of the call', () => {
    const reason = new Error('gone')
    const handler = tracing.handler((_item: number, _call: { signal: AbortSignal }) => {
      throw reason
    })
    expect(() => handler(1, { signal: AbortSignal.abort(reason) })).toThrow(reason)
    expect(() => handler(1, { signal: new AbortController().signal })).toThrow(reason)
    expect(named('process q').map(({ attributes }) => attributes['tps.outcome'])).toEqual(['cancelled', 'failure'])
  })
})

describe('a traced source in memory', () => {
  beforeEach(() => registerTracing(tracer))

  it('brings the context of primitives that are equal to each its own handler', () => {
    const source = tracing.source(new Fake<number>(true))
    for (const name of ['a', 'b']) {
      expect(inSpan(tracer, name, () => source.offer(1))).toBe(true)
      clock.advance(10)
    }
    const leases = [taken(source.tryLease()), taken(source.tryLease())]
    const handler = tracing.handler((_item: number, _call: object) => {})
    for (const { item, attempt } of leases) handler(item, { attempt })
    expect(named('process q').map(parentOf)).toEqual(['a', 'b'])
    expect([wait(0), wait(1)]).toEqual([
      [100, 120],
      [110, 120],
    ])
    expect(tracing.arrivals).toBe(0)
  })

  it('keeps nothing of leases that end without having been begun', async () => {
    const queue = new Fake<number>(true)
    const source = tracing.source(queue)
    const ends: ((lease: Lease<number>) => unknown)[] = [
      (lease) => lease.ack(),
      (lease) => lease.retry({ delayMs: 3 }),
      (lease) => lease.deadLetter('bad'),
      (lease) => lease.release?.(),
    ]
    for (const end of ends) {
      source.offer(5)
      const lease = await source.lease()
      expect(tracing.arrivals).toBe(1)
      void lease.extend(9)
      end(lease)
      end(lease)
      expect(tracing.arrivals).toBe(0)
      queue.kept.length = 0
    }
    expect(queue.calls.filter((call) => !call.startsWith('extend'))).toEqual([
      'retry 3',
      'retry 3',
      'retry 0',
      'retry 0',
    ])
    expect(queue.calls).toContain('extend 9')
  })

  it('begins the next wait when the item is put back', () => {
    const source = tracing.source(new Fake<string>(true))
    inSpan(tracer, 'request', () => source.offer('x'))
    const first = taken(source.tryLease())
    expect(tracing.process(first, (item) => item)).toBe('x')
    clock.advance(7)
    void first.retry()
    clock.advance(5)
    tracing.process(taken(source.tryLease()), () => {})
    expect([wait(0), wait(1)]).toEqual([
      [100, 100],
      [107, 112],
    ])
    expect(named('process q').map(parentOf)).toEqual(['request', 'request'])
    expect(named('process q').map(({ attributes }) => attributes['tps.attempt'])).toEqual([1, 2])
  })

  it('shows what was lost while it waited, and what someone took', () => {
    const queue = new Fake<string>(true)
    const source = tracing.source(queue)
    const outcomes = ['dropped', 'expired', 'cleared', 'withdrawn', 'acked'].map((how) => {
      inSpan(tracer, 'request', () => source.offer('x'))
      clock.advance(1)
      queue.kept.pop()?.receipt?.settled(how)
      const span = named('wait q').at(-1)
      return [span?.attributes['tps.outcome'], span?.status.code, span?.ends]
    })
    expect(outcomes).toEqual([
      ['dropped', SpanStatusCode.ERROR, 1],
      ['expired', SpanStatusCode.ERROR, 1],
      ['cleared', SpanStatusCode.UNSET, 1],
      ['withdrawn', SpanStatusCode.UNSET, 1],
      [undefined, SpanStatusCode.UNSET, 1],
    ])
  })

  it('hands the receipt that an item came with its news, and to the pool with the lease', () => {
    const source = tracing.source(new Fake<string>(true))
    const own = { admitted: vi.fn(), settled: vi.fn() }
    source.offer('x', { receipt: own })
    expect(own.admitted).toHaveBeenCalledTimes(1)
    const lease = taken(source.tryLease())
    expect(Reflect.get(lease, 'receipt')).toBe(own)
    void lease.deadLetter('bad')
    expect(own.settled).toHaveBeenCalledExactlyOnceWith('dead-lettered', 'bad')
    expect(named('wait q')).toHaveLength(0)
  })

  it('has no span for what it refuses', () => {
    const queue = new Fake<string>(true)
    queue.capacity = 0
    expect(tracing.source(queue).offer('x')).toBe(false)
    expect(tracer.spans).toEqual([])
  })

  it('is as its source in all else', () => {
    const queue = new Fake<string>(true)
    const source = tracing.source(queue)
    source.offer('x')
    expect(source).toMatchObject({ name: 'fake', leaseMs: 5000, depth: 1, carriesReceipts: true })
    expect([source.tryOffer, source.on, source.leased, source.isClosed, source.snapshot]).toEqual(
      Array.from({ length: 5 }, () => undefined),
    )
    expect(tracing.source({ lease: vi.fn(), tryLease: () => undefined }).tryLease()).toBe(undefined)
  })

  it('leaves alone what came in elsewhere', () => {
    const queue = new Fake<string>(true)
    queue.offer('x')
    const lease = taken(tracing.source(queue).tryLease())
    tracing.handler(() => {})(lease.item, {})
    expect(tracer.spans.map(({ name, parent }) => [name, parent])).toEqual([['process q', undefined]])
  })
})

describe('carried objects', () => {
  beforeEach(() => registerTracing(tracer))

  it('bring their context through a queue that carries nothing else', () => {
    const source = tracing.source(new Fake<object>(), { carriage: 'item' })
    const item = { id: 1 }
    inSpan(tracer, 'request', () => source.offer(item))
    clock.advance(30)
    const lease = taken(source.tryLease())
    tracing.handler(() => {})(lease.item, { attempt: 1 })
    tracing.process({ item, attempt: 2 }, () => {})
    expect(named('process q').map(parentOf)).toEqual(['request', 'request'])
    expect(wait()).toEqual([100, 130])
  })

  it('are objects', () => {
    const item = {}
    expect(tracing.carry(item)).toBe(item)
    expect(() => tracing.carry(1 as never)).toThrow(new TypeError('item must be an object, got number'))
    expect(tracing.source(new Fake<number>(), { carriage: 'item' }).offer(1)).toBe(true)
  })
})

describe('what leaves the process', () => {
  beforeEach(() => registerTracing(tracer))

  it('has a producer’s span, whose context travels in the headers', async () => {
    const queue = new Fake<string>()
    const source = tracing.source(queue)
    await expect(inSpan(tracer, 'request', () => source.put('x', { headers: { tenant: 't' } }))).resolves.toBe(1)
    const send = tracer.named('send q')
    expect(send).toMatchObject({ kind: SpanKind.PRODUCER, ends: 1 })
    expect(parentOf(send)).toBe('request')
    const { traceId, spanId } = send.spanContext()
    expect(queue.kept[0]?.headers).toEqual({ tenant: 't', traceparent: `00-${traceId}-${spanId}-01` })
  })

  it('is processed as a consumer’s, under the producer', async () => {
    const source = tracing.source(new Fake<number>())
    await inSpan(tracer, 'request', () => source.put(1))
    const lease = await source.lease()
    tracing.handler((_item: number, _call: { attempt: number }) => {})(lease.item, lease)
    expect(tracer.named('process q').kind).toBe(SpanKind.CONSUMER)
    expect(parentOf(tracer.named('process q'))).toBe(undefined)
    expect(tracer.named('process q').parent).toEqual({ ...tracer.named('send q').spanContext(), isRemote: true })
    expect(named('wait q')).toEqual([])
    expect(tracing.arrivals).toBe(0)
  })

  it('has waited since it was put in, by the wall clock, before its first attempt', () => {
    const headers = inSpan(tracer, 'request', () => tracing.send((sent) => sent))
    const createdAt = 1e6 + 60
    tracing.process({ item: 1, attempt: 1, headers, createdAt }, () => {})
    tracing.process({ item: 1, attempt: 2, headers, createdAt }, () => {})
    expect(named('wait q')).toHaveLength(1)
    expect(wait()).toEqual([createdAt, 1e6 + 100])
  })

  it('has waited 0 ms where the clock of the producer is ahead', () => {
    const headers = tracing.send((sent) => sent)
    tracing.process({ item: 1, headers, createdAt: 2e6 }, () => {})
    expect(wait()).toEqual([1e6 + 100, 1e6 + 100])
  })

  it('is linked where several are processed in one span', async () => {
    const sent = ['a', 'b'].map((name) => inSpan(tracer, name, () => tracing.send((headers) => headers)))
    const leases = [...sent.map((headers) => ({ item: 1, headers })), { item: 2 }]
    const seen = inSpan(tracer, 'consumer', () => tracing.processBatch(leases, () => activeSpan()))
    const batch = tracer.named('process q')
    expect(batch.spanContext()).toBe(seen)
    expect(batch).toMatchObject({ kind: SpanKind.CONSUMER, attributes: { 'messaging.batch.message_count': 3 } })
    expect(parentOf(batch)).toBe('consumer')
    expect(batch.links.map(({ context }) => context.spanId)).toEqual(
      named('send q').map((span) => span.spanContext().spanId),
    )
  })

  it('is marked when the queue refuses it', async () => {
    const queue = new Fake<string>()
    queue.capacity = 0
    expect(tracing.source(queue).offer('x')).toBe(false)
    expect(tracer.named('send q')).toMatchObject({
      attributes: { 'tps.outcome': 'refused' },
      status: { code: SpanStatusCode.ERROR },
    })
  })

  it('carries a trace that is not sampled on', () => {
    tracer.samples = false
    const headers = inSpan(tracer, 'request', () => tracing.send((sent) => sent))
    expect(headers['traceparent']).toMatch(/-00$/)
    const seen = tracing.process({ item: 1, headers }, () => activeSpan())
    expect(headers['traceparent']).toContain(seen?.traceId)
    expect(tracer.spans).toEqual([])
  })
})

describe('without an SDK', () => {
  it('keeps nothing, wraps nothing and calls straight through', async () => {
    const queue = new Fake<number>(true)
    const offer = vi.spyOn(queue, 'offer')
    const source = tracing.source(queue)
    const options = { receipt: { settled: vi.fn() } }
    source.offer(1, options)
    expect(offer).toHaveBeenCalledExactlyOnceWith(1, options)
    expect(offer.mock.calls[0]?.[1]).toBe(options)
    expect(Reflect.get(taken(source.tryLease()), 'receipt')).toBe(options.receipt)
    const capture = tracing.captureContext()
    capture()
    expect(capture()).toBe(capture())
    const headers = { a: 'b' }
    expect(tracing.send((sent) => sent, headers)).toBe(headers)
    expect(tracing.handler((item: number) => item)(3, {})).toBe(3)
    expect(tracing.process({ item: 4 }, (item) => item)).toBe(4)
    expect(tracing.processBatch([{ item: 4 }], () => 5)).toBe(5)
    expect(tracing.carry(queue)).toBe(queue)
    const remote = new Fake<number>()
    const putHeaders = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }
    await tracing.source(remote).put(1, { headers: putHeaders })
    expect(remote.kept[0]?.headers).toBe(putHeaders)
    expect(taken(tracing.source(remote).tryLease())).not.toHaveProperty('origin')
    expect(tracing.arrivals).toBe(0)
  })
})

describe('QueueTracing', () => {
  it('names its spans, and says what else is on them', () => {
    registerTracing(tracer)
    const spanNames = { send: 'Kanban.Enqueue', wait: 'Worker.Dequeue', process: 'ProcessWork' }
    const attributes: Attributes = { 'messaging.system': 'sqlite' }
    const own = new QueueTracing({ queue: 'signals', spanNames, attributes })
    const headers = own.send((sent) => sent)
    own.process({ item: 1, headers, createdAt: 5 }, () => {})
    expect(tracer.spans.map(({ name }) => name)).toEqual(['Kanban.Enqueue', 'Worker.Dequeue', 'ProcessWork'])
    for (const span of tracer.spans)
      expect(span.attributes).toMatchObject({ 'messaging.system': 'sqlite', 'messaging.destination.name': 'signals' })
  })

  it('takes a tracer, and then asks no other', () => {
    const other = new RecordingTracer()
    new QueueTracing({ queue: 'q', tracer: other }).process({ item: 1 }, () => {})
    expect(other.spans).toHaveLength(1)
    expect(trace.getActiveSpan()).toBe(undefined)
  })

  it('refuses wrong options', () => {
    expect(wrong({ queue: '' })).toThrow(new RangeError('queue must not be empty'))
    expect(wrong({ spanNames: { wait: 1 } })).toThrow(new TypeError('spanNames.wait must be a string, got 1'))
    expect(wrong({ attributes: 1 })).toThrow('attributes must be an object, got 1')
    expect(wrong({ tracer: {} })).toThrow('tracer must have a method startSpan()')
    expect(wrong({ propagator: {} })).toThrow('propagator must have a method inject()')
    expect(wrong({ captureContext: 1 })).toThrow('captureContext must be a function, got 1')
    expect(wrong({ now: 1 })).toThrow('now must be a function, got 1')
    expect(wrong({ wallNow: 1 })).toThrow('wallNow must be a function, got 1')
    expect(() => tracing.handler(1 as never)).toThrow('handle must be a function, got 1')
    expect(() => tracing.source({} as never)).toThrow('source must have a method lease()')
    expect(() => tracing.source(new Fake(), { carriage: 'pigeon' as never })).toThrow(RangeError)
  })
})
