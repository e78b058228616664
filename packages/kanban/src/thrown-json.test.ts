import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultOfThrown, thrownFromJson, thrownToJson } from './thrown-json.ts'

const asWritten = (thrown: unknown, withStack = false): unknown =>
  JSON.parse(JSON.stringify(thrownToJson(thrown, withStack)))

const back = (thrown: unknown, withStack = false): unknown => thrownFromJson(asWritten(thrown, withStack) as never)

describe('a thrown error as JSON', () => {
  it('keeps name, message, code and the chain of causes, and leaves out what else it has', () => {
    const root = Object.assign(new RangeError('port taken'), { code: 'EADDRINUSE', port: 80 })
    const error = new TypeError('cannot listen', { cause: new Error('inner', { cause: root }) })
    expect(asWritten(error)).toEqual({
      name: 'TypeError',
      message: 'cannot listen',
      cause: {
        name: 'Error',
        message: 'inner',
        cause: { name: 'RangeError', message: 'port taken', code: 'EADDRINUSE' },
      },
    })
  })

  it('keeps the stack on demand', () => {
    const error = new Error('down')
    expect(asWritten(error, true)).toEqual({ name: 'Error', message: 'down', stack: error.stack })
  })

  it('comes back as an error that looks the same', () => {
    const error = Object.assign(new TypeError('down', { cause: 'a text' }), { code: 7 })
    const restored = back(error) as Error
    expect(restored).toBeInstanceOf(Error)
    expect(String(restored)).toBe('TypeError: down')
    expect(restored).toMatchObject({ name: 'TypeError', message: 'down', code: 7, cause: 'a text' })
    expect(restored.stack).toBe('TypeError: down')
    expect(Object.keys(restored)).toEqual(['code'])
    expect((back(error, true) as Error).stack).toBe(error.stack)
  })

  it('keeps the errors of an AggregateError', () => {
    const restored = back(new AggregateError([new Error('one'), 'two'], 'all down')) as AggregateError
    expect(restored).toBeInstanceOf(AggregateError)
    expect(restored.errors).toEqual([new Error('one'), 'two'])
  })

  it('keeps a DOMException by its name', () => {
    expect(asWritten(new DOMException('enough', 'AbortError'))).toMatchObject({ name: 'AbortError', message: 'enough' })
  })

  it.each([
    ['a text', 'down', { value: 'down' }],
    ['undefined', undefined, {}],
    ['null', null, { value: null }],
    ['an object', { status: 503, message: 'x' }, { value: { status: 503, message: 'x' } }],
    ['NaN', Number.NaN, { value: 'NaN' }],
    ['a bigint', 7n, { value: '7' }],
    ['a symbol', Symbol('s'), { value: 'Symbol(s)' }],
  ])('keeps %s that was thrown', (_title, thrown, json) => {
    expect(asWritten(thrown)).toEqual(json)
    expect(back(thrown)).toEqual((json as { value?: unknown }).value)
  })

  it('ends where causes go round in a circle', () => {
    const error = new Error('a')
    error.cause = new Error('b', { cause: error })
    const text = JSON.stringify(asWritten(error))
    expect(text.match(/"message"/g)).toHaveLength(16)
    expect(asWritten(back(error))).toEqual(asWritten(error))
  })

  it('survives errors that throw when they are looked at', () => {
    const hostile = new Error('x')
    for (const key of ['name', 'message', 'code', 'stack', 'cause'])
      Object.defineProperty(hostile, key, {
        get: () => {
          throw new Error(key)
        },
      })
    expect(asWritten(hostile, true)).toMatchObject({ name: 'undefined', message: 'undefined' })
    const circle: Record<string, unknown> = { toString: () => Reflect.get({}, 'x', 1) }
    circle['self'] = circle
    expect(asWritten(circle)).toHaveProperty('value')
    expect(asWritten(Object.create(null, { toJSON: { value: () => 1n } }))).toEqual({
      value: 'something that has no text',
    })
  })

  it('is the same after a second round trip, whatever was thrown', () => {
    const thrown = fc.letrec((tie) => ({
      thrown: fc.oneof({ depthSize: 'small' }, fc.jsonValue(), tie('error')),
      error: fc
        .tuple(fc.string(), fc.string(), fc.option(fc.oneof(fc.string(), fc.integer())), fc.option(tie('thrown')))
        .map(([name, message, code, cause]) =>
          Object.assign(
            new Error(message, cause === null ? undefined : { cause }),
            { name },
            code !== null && { code },
          ),
        ),
    })).error
    fc.assert(
      fc.property(thrown, fc.boolean(), (error, withStack) => {
        const once = asWritten(error, withStack)
        expect(faultOfThrown(once)).toBeUndefined()
        expect(asWritten(thrownFromJson(once as never), withStack)).toEqual(
          withStack ? once : asWritten(back(error), false),
        )
        expect(asWritten(back(error, withStack), withStack)).toEqual(once)
      }),
    )
  })
})

describe('what is wrong with it', () => {
  it.each([
    ['down', 'is no object'],
    [[], 'is no object'],
    [{ name: 'Error' }, 'has a message that is no text'],
    [{ message: 'x' }, 'has a name that is no text'],
    [{ name: 'Error', message: 'x', code: {} }, 'has a code that is no text'],
    [{ name: 'Error', message: 'x', stack: 1 }, 'has a stack that is no text'],
    [{ name: 'Error', message: 'x', errors: 'none' }, 'has errors that are no list'],
    [{ name: 'Error', message: 'x', cause: 5 }, 'has a cause that is no object'],
    [
      { name: 'Error', message: 'x', errors: [{ name: 1, message: '' }] },
      'has a cause that has a name that is no text',
    ],
  ])('%j %s', (json, fault) => {
    expect(faultOfThrown(json)).toBe(fault)
  })

  it('is a chain that never ends', () => {
    let json: object = { name: 'Error', message: 'x' }
    for (let n = 0; n < 20; n++) json = { name: 'Error', message: 'x', cause: json }
    expect(faultOfThrown(json)).toMatch(/has causes more than 16 deep$/)
  })
})
