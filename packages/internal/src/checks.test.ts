import { describe, expect, it } from 'vitest'
import {
  checkBoolean,
  checkCount,
  checkFunction,
  checkInteger,
  checkName,
  checkNumber,
  checkObject,
  checkOneOf,
} from './checks.ts'

describe('checkNumber', () => {
  it('accepts the inclusive bounds and refuses the exclusive ones', () => {
    expect(checkNumber('ratio', 0, { min: 0, max: 1 })).toBe(0)
    expect(checkNumber('ratio', 1, { min: 0, max: 1 })).toBe(1)
    expect(() => checkNumber('ratio', 0, { above: 0, max: 1 })).toThrow(
      new RangeError('ratio must be a finite number in (0, 1], got 0'),
    )
    expect(() => checkNumber('ratio', 1, { min: 0, below: 1 })).toThrow(
      new RangeError('ratio must be a finite number in [0, 1), got 1'),
    )
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses %s with a RangeError', (value) => {
    expect(() => checkNumber('ms', value)).toThrow(new RangeError(`ms must be a finite number, got ${value}`))
  })

  it.each([
    ['5', '"5"'],
    [null, 'null'],
    [undefined, 'undefined'],
    [[1], 'an array'],
    [{}, 'an object'],
    [true, 'true'],
  ])('refuses %j with a TypeError that shows it', (value, shown) => {
    expect(() => checkNumber('ms', value, { min: 1 })).toThrow(new TypeError(`ms must be a number, got ${shown}`))
  })
})

describe('checkInteger and checkCount', () => {
  it('refuses fractions, what is out of range and what is no longer exact', () => {
    expect(checkInteger('calls', 3, { min: 1 })).toBe(3)
    for (const value of [1.5, 0, 2 ** 53, Number.NaN]) {
      expect(() => checkInteger('calls', value, { min: 1 })).toThrow(
        new RangeError(`calls must be an integer in [1, ∞), got ${value}`),
      )
    }
  })

  it('accepts Infinity as a count only', () => {
    expect(checkCount('capacity', Number.POSITIVE_INFINITY, { min: 1 })).toBe(Number.POSITIVE_INFINITY)
    expect(() => checkInteger('capacity', Number.POSITIVE_INFINITY)).toThrow(RangeError)
    expect(() => checkCount('capacity', -1, { min: 1 })).toThrow(RangeError)
  })
})

describe('the other checks', () => {
  it('names the alternatives of a choice', () => {
    expect(checkOneOf('overflow', 'reject', ['reject', 'drop-oldest'])).toBe('reject')
    expect(() => checkOneOf('overflow', 'drop', ['reject', 'drop-oldest'])).toThrow(
      new RangeError('overflow must be "reject" or "drop-oldest", got "drop"'),
    )
    expect(() => checkOneOf('overflow', 1, ['reject'])).toThrow(new TypeError('overflow must be "reject", got 1'))
  })

  it('refuses an empty name', () => {
    expect(checkName('name', 'billing')).toBe('billing')
    expect(() => checkName('name', '')).toThrow(new RangeError('name must not be empty'))
    expect(() => checkName('name', 7)).toThrow(new TypeError('name must be a string, got 7'))
  })

  it('tells booleans, functions and objects apart from the rest', () => {
    expect(checkBoolean('steal', false)).toBe(false)
    expect(() => checkBoolean('steal', 0)).toThrow(new TypeError('steal must be true or false, got 0'))
    expect(() => checkFunction('classify', 'x' as never)).toThrow(new TypeError('classify must be a function, got "x"'))
    expect(() => checkObject('clock', null as never)).toThrow(new TypeError('clock must be an object, got null'))
    expect(() => checkObject('clock', {}, ['now'])).toThrow(new TypeError('clock must have a method now()'))
  })
})
