import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it, vi } from 'vitest'
import { PRIMITIVES } from './primitives.ts'

/** `{ break: { ms: NaN } }` for `break.ms`. */
function nested(path: string, value: unknown): Record<string, unknown> {
  const [head = '', ...rest] = path.split('.')
  // A window says what kind it is; everything else stands alone.
  const inner =
    rest.length > 0 ? { ...(head === 'window' && { kind: 'time' }), ...nested(rest.join('.'), value) } : value
  return { [head]: inner }
}

describe.each(PRIMITIVES)('$title', ({ make, makeWith, event, provoke, numbers }) => {
  it('has a name, its own or the one it was given', () => {
    expect(make(new ManualClock()).name).toMatch(/^\w/)
    expect(make(new ManualClock(), { name: 'mine' }).name).toBe('mine')
  })

  it('refuses a wrong name', () => {
    expect(() => makeWith({ name: '' })).toThrow(new RangeError('name must not be empty'))
    expect(() => makeWith({ name: 7 })).toThrow(new TypeError('name must be a string, got 7'))
  })

  it.each(numbers)('refuses NaN and text for %s, and names the option', (path) => {
    const option = path.split('.').at(-1) ?? ''
    expect(() => makeWith(nested(path, Number.NaN))).toThrow(RangeError)
    expect(() => makeWith(nested(path, Number.NaN))).toThrow(new RegExp(`${option} must be .*, got NaN`))
    expect(() => makeWith(nested(path, '5'))).toThrow(TypeError)
    expect(() => makeWith(nested(path, '5'))).toThrow(new RegExp(`${option} must be .*, got "5"`))
  })

  it('refuses what is no function for onListenerError', () => {
    expect(() => makeWith({ onListenerError: 'log' })).toThrow(
      new TypeError('onListenerError must be a function, got "log"'),
    )
  })

  it('takes a frozen object and does not change it', () => {
    const options = Object.freeze({ name: 'frozen' })
    expect(make(new ManualClock(), options).name).toBe('frozen')
    expect(options).toEqual({ name: 'frozen' })
  })

  it('gives a snapshot that is plain JSON, without side effect', () => {
    const primitive = make(new ManualClock())
    const snapshot = primitive.snapshot()
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot)
    expect(primitive.snapshot()).toEqual(snapshot)
    expect(snapshot).toMatchObject({ name: primitive.name })
  })

  it('tells its listeners until they are taken away', async () => {
    const clock = new ManualClock()
    const primitive = make(clock)
    const listener = vi.fn()
    const remove = primitive.on(event, listener)
    await provoke(primitive as never, clock)
    await settle()
    expect(listener).toHaveBeenCalled()
    listener.mockClear()
    remove()
    remove()
    const second = make(clock)
    await provoke(second as never, clock)
    expect(listener).not.toHaveBeenCalled()
  })

  it('reports a throwing listener apart: the caller and the other listeners do not notice', async () => {
    const clock = new ManualClock()
    const reported: unknown[] = []
    const primitive = make(clock, { onListenerError: (error, name) => reported.push([name, error]) })
    const silent = make(new ManualClock())
    const failure = new Error('listener')
    const other = vi.fn()
    primitive.on(event, () => {
      throw failure
    })
    primitive.on(event, other)
    const outcome = await provoke(primitive as never, clock)
    await settle()
    expect(outcome).toEqual(await provoke(silent as never, new ManualClock()))
    expect(other).toHaveBeenCalled()
    expect(reported).toContainEqual([event, failure])
  })

  it('leaves no timer behind once it is stopped or has nothing to do', async () => {
    const clock = new ManualClock()
    const primitive = make(clock)
    await provoke(primitive as never, clock)
    await settle()
    const dispose: unknown = Reflect.get(primitive, Symbol.dispose) ?? Reflect.get(primitive, 'stop')
    if (typeof dispose === 'function') await Reflect.apply(dispose, primitive, [])
    expect(clock.pendingTimers).toBe(0)
  })
})
