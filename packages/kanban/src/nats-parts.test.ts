import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NaiveConnection } from './naive-connection.ts'
import { HEADER, checkNatsHeaders, deliveryOf, opened, sealed } from './nats-envelope.ts'
import { apiErrorOf, queueErrorOf } from './nats-errors.ts'
import { ItemHistories } from './nats-histories.ts'
import { Names } from './nats-names.ts'
import { checkJetStreamOptions } from './nats-options.ts'
import { type ClassLook, orphansIn } from './nats-orphans.ts'
import { needFeature, serverOf } from './nats-server.ts'
import { Turns } from './nats-turns.ts'

describe('options', () => {
  const connection = Object.assign(new NaiveConnection(), {
    request: () => {},
    status: () => {},
    flush: () => {},
  }).asConnection
  const check = (options: object): unknown => checkJetStreamOptions<unknown>({ connection, name: 'q', ...options })

  it('have the defaults that stand in their descriptions', () => {
    expect(check({})).toMatchObject({
      capacity: 10_000,
      classes: ['standard'],
      maxAgeMs: 60_000,
      leaseMs: 30_000,
      maxDeliveries: 20,
      maxInProgress: Number.POSITIVE_INFINITY,
      deadLetterCapacity: 10_000,
      maxErrors: 10,
      dedupWindowMs: 120_000,
      storage: 'file',
      replicas: 1,
      requestMs: 10_000,
      heartbeatMs: 5_000,
      refreshMs: 1_000,
      reconcileMs: 5_000,
      maxWaiting: 10_000,
    })
  })

  it.each([
    [{ name: 'a.b' }, 'name must be letters, digits, "-" and "_"'],
    [{ name: 'x'.repeat(201) }, 'at most 200 of them'],
    [{ classes: ['a', 'b c'] }, 'classes[1] must be letters'],
    [{ classes: ['a', 'a'] }, 'classes must be at least one name, each once'],
    [{ capacity: 0 }, 'capacity'],
    [{ leaseMs: 99 }, 'leaseMs'],
    [{ replicas: 6 }, 'replicas'],
    [{ dedupWindowMs: 999 }, 'dedupWindowMs'],
    [{ deadLetterCapacity: 0 }, 'deadLetterCapacity'],
    [{ heartbeatMs: Number.NaN }, 'heartbeatMs'],
    [{ domain: 'a b' }, 'domain'],
    [{ storage: 'tape' }, 'storage'],
  ])('refuse %j with a RangeError that says what is allowed', (options, words) => {
    expect(() => check(options)).toThrow(RangeError)
    expect(() => check(options)).toThrow(words)
  })

  it.each([
    'capacity',
    'maxBytes',
    'maxAgeMs',
    'leaseMs',
    'maxDeliveries',
    'maxInProgress',
    'deadLetterCapacity',
    'maxErrors',
    'dedupWindowMs',
    'replicas',
    'requestMs',
    'heartbeatMs',
    'refreshMs',
    'reconcileMs',
    'maxWaiting',
  ])('refuse NaN for %s', (option) => {
    expect(() => check({ [option]: Number.NaN })).toThrow(option)
    expect(() => check({ [option]: '1' })).toThrow(TypeError)
  })

  it.each([[{ connection: {} }], [{ codec: {} }], [{ dedupBy: 1 }], [{ random: 1 }], [{ compression: 1 }]])(
    'refuse %j with a TypeError',
    (options) => {
      expect(() => check(options)).toThrow(TypeError)
    },
  )
})

describe('the server', () => {
  it.each([
    ['2.9.0', ['compression', 'metadata', 'sync-always', 'term-reason']],
    ['2.10.3', ['term-reason']],
    ['2.10.4', []],
    ['2.12.0-RC.1', []],
    ['10.0.0', []],
  ])('of version %s lacks %j', (version, lacks) => {
    expect(serverOf({ version }, 'q').lacks.map(({ name }) => name)).toEqual(lacks)
  })

  it('is refused when it is too old or unknown, or lacks what is needed', () => {
    for (const info of [{ version: '2.8.99' }, { version: '1.10.0' }, undefined])
      expect(() => serverOf(info, 'q')).toThrow(expect.objectContaining({ code: 'ERR_SERVER_TOO_OLD', queue: 'q' }))
    expect(() => needFeature(serverOf({ version: '2.9.1' }, 'q'), 'compression', 'q')).toThrow(/2\.10\.0 or later/)
    expect(needFeature(serverOf({ version: '2.10.0' }, 'q'), 'compression', 'q')).toBeUndefined()
  })
})

describe('names', () => {
  it('keep the streams of all queues apart', () => {
    const names = new Names('a', undefined)
    expect([names.stream, names.deadStream, names.advisoryStream]).toEqual(['a', 'a-dead', 'a-advisories'])
    expect([names.subject('x'), names.deadSubject]).toEqual(['kanban.a.x', 'kanban-dead.a'])
    expect(names.pull('a', 'x')).toBe('$JS.API.CONSUMER.MSG.NEXT.a.x')
    expect(new Names('a', 'hub').pull('a', 'x')).toBe('$JS.hub.API.CONSUMER.MSG.NEXT.a.x')
  })
})

const named = (name: string): Error => Object.assign(new Error('words'), { name })

describe('errors', () => {
  it.each([
    [10_077, 'ERR_STORAGE_FULL'],
    [10_076, 'ERR_JETSTREAM_OFF'],
    [10_065, 'ERR_STORAGE_FOREIGN'],
    [10_059, 'ERR_STORAGE_GONE'],
    [10_999, 'ERR_STORAGE_REFUSED'],
    [undefined, 'ERR_STORAGE_REFUSED'],
  ])('number %s of JetStream is %s', (number, code) => {
    const error = apiErrorOf({ err_code: number, description: 'why' }, 'q')
    expect(error).toMatchObject({ name: 'JetStreamQueueError', code, queue: 'q' })
    expect(error.message).toMatch(/^queue "q": .+\(nats-server: why\)$/)
  })

  it('of the client get a code, and stay the cause', () => {
    for (const [name, code] of [
      ['TimeoutError', 'ERR_STORAGE_TIMEOUT'],
      ['ClosedConnectionError', 'ERR_STORAGE_GONE'],
      ['InvalidArgumentError', 'ERR_ITEM_TOO_LARGE'],
      ['PermissionViolationError', 'ERR_STORAGE_REFUSED'],
      ['Anything', 'ERR_STORAGE_REFUSED'],
    ] as const) {
      const cause = named(name)
      expect(queueErrorOf(cause, 'q')).toMatchObject({ code, cause })
    }
    expect(queueErrorOf('text', 'q')).toMatchObject({ code: 'ERR_STORAGE_REFUSED' })
    const ours = apiErrorOf({}, 'q')
    expect(queueErrorOf(ours, 'q')).toBe(ours)
  })
})

describe('the envelope', () => {
  it('brings any key, tenant and header through', () => {
    const text = fc.string({ unit: 'grapheme' })
    const line = fc.stringMatching(/^[\u0021-\u007E]([\u0020-\u007E]*[\u0021-\u007E])?$/)
    const name = fc.stringMatching(/^x[!-9;-~]*$/)
    fc.assert(
      fc.property(text, text, fc.dictionary(name, line, { maxKeys: 5 }), fc.nat(), (key, tenant, headers, redrives) => {
        checkNatsHeaders(headers)
        const message = sealed(
          { key, tenant, headers, redrives, deadlineAt: 5, isBytes: true },
          { [HEADER.messageId]: '1' },
        )
        expect(opened(message)).toEqual({
          key,
          tenant,
          headers,
          redrives,
          deadlineAt: 5,
          errors: undefined,
          isBytes: true,
        })
      }),
    )
  })

  it('is empty where there is none, and takes what others wrote as it is', () => {
    expect(opened(undefined)).toMatchObject({ key: undefined, headers: {}, redrives: 0, isBytes: false })
    const foreign = sealed({}, { [HEADER.key]: '%zz', [HEADER.deadline]: 'soon', [HEADER.redrives]: 'many', a: 'b' })
    expect(opened(foreign)).toMatchObject({ key: '%zz', deadlineAt: undefined, redrives: 0, headers: { a: 'b' } })
  })

  it('reads which delivery it is from where the acknowledgement goes, of old servers and new', () => {
    const delivery = { deliveries: 3, sequence: 17, createdAt: 1_700_000_000_123, pending: 5 }
    expect(deliveryOf({ reply: '$JS.ACK.s.c.3.17.99.1700000000123456789.5' })).toEqual(delivery)
    expect(deliveryOf({ reply: '$JS.ACK.hub.acc.s.c.3.17.99.1700000000123456789.5.rand' })).toEqual(delivery)
    expect(deliveryOf({ reply: '_INBOX.x' })).toBeUndefined()
    expect(deliveryOf({})).toBeUndefined()
  })
})

describe('histories', () => {
  it('know what does not count as an attempt, and the last errors, until they are forgotten', () => {
    const histories = new ItemHistories(10, 2)
    histories.givenBack(1)
    histories.givenBack(1)
    for (const message of ['a', 'b', 'c']) histories.failed(1, { name: 'Error', message })
    expect(histories.attempt(1, 5)).toBe(3)
    expect(histories.errors(1)).toMatchObject([{ message: 'b' }, { message: 'c' }])
    // The consumer was made anew, and counts from 1.
    expect(histories.attempt(1, 1)).toBe(1)
    histories.forget(1)
    expect([histories.attempt(1, 5), histories.errors(1), histories.size]).toEqual([5, [], 0])
  })

  it('are bounded: the oldest is forgotten', () => {
    const histories = new ItemHistories(2, 2)
    for (const sequence of [1, 2, 3]) histories.givenBack(sequence)
    expect([1, 2, 3].map((sequence) => histories.attempt(sequence, 2))).toEqual([2, 1, 1])
    expect(histories.size).toBe(2)
  })
})

const look = (changes: Partial<ClassLook> = {}): ClassLook => ({
  inStream: 5,
  known: 3,
  inHand: 0,
  first: 10,
  ackFloor: 20,
  mark: 'same',
  ...changes,
})

describe('orphans', () => {
  it('are what the stream has more than the consumer knows, when nothing happened between two looks', () => {
    expect(orphansIn(look(), look())).toBe(2)
    expect(orphansIn(undefined, look())).toBe(0)
    expect(orphansIn(look({ known: 5 }), look({ known: 5 }))).toBe(0)
    expect(orphansIn(look({ known: 6 }), look())).toBe(0)
  })

  it('are certain under load when the oldest stays although everything up to it is acknowledged', () => {
    const busy = { mark: 'other' }
    expect(orphansIn(look(), look(busy))).toBe(2)
    expect(orphansIn(look(), look({ ...busy, first: 11 }))).toBe(0)
    expect(orphansIn(look(), look({ ...busy, first: undefined }))).toBe(0)
    expect(orphansIn(look({ ackFloor: 9 }), look(busy))).toBe(0)
    expect(orphansIn(look(), look({ ...busy, ackFloor: 9 }))).toBe(0)
  })
})

describe('turns', () => {
  const lanes = [0, 1, 2]

  it('ask the most urgent first', () => {
    const turns = new Turns(3, 1_000, 0)
    expect(turns.plan(4, lanes, 1_000)).toEqual(lanes.map((lane) => ({ lane, count: 4 })))
  })

  it('ask one that may have waited too long for half, before the others, and not twice in a row for all', () => {
    const turns = new Turns(3, 1_000, 0)
    turns.foundEmpty(1, 500)
    expect(turns.plan(4, lanes, 1_001)[0]).toEqual({ lane: 2, count: 2 })
    expect(turns.plan(1, lanes, 1_002)[0]).toEqual({ lane: 0, count: 1 })
    expect(turns.plan(1, lanes, 1_003)[0]).toEqual({ lane: 2, count: 1 })
    turns.came(2, 900)
    expect(turns.plan(1, lanes, 1_004)[0]).toEqual({ lane: 0, count: 1 })
    expect(turns.plan(1, lanes, 1_600)[0]).toEqual({ lane: 1, count: 1 })
  })

  it('take what was put in long ago for old also when it comes late', () => {
    const turns = new Turns(2, 1_000, 5_000)
    turns.came(1, 100)
    expect(turns.plan(2, [0, 1], 5_500)[0]).toEqual({ lane: 0, count: 2 })
  })

  it('never change with one class, or without a bound', () => {
    expect(new Turns(1, 1, 0).plan(2, [0], 1e9)).toEqual([{ lane: 0, count: 2 }])
    expect(new Turns(2, Number.POSITIVE_INFINITY, 0).plan(2, [0, 1], 1e9)[0]).toEqual({ lane: 0, count: 2 })
  })
})
