import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Condition, checkCondition, describeCondition, evaluate, readingsIn } from './diagnosis-condition.ts'

const never = (): void => {
  throw new Error('nothing should be reported')
}
const judge = (condition: Condition, readings: Record<string, number | string | boolean>) =>
  evaluate(checkCondition('when', condition), readings, never)

describe('a condition on a reading', () => {
  it.each<[Condition, number | string | boolean, boolean | undefined]>([
    [{ reading: 'x', above: 1 }, 1, false],
    [{ reading: 'x', above: 1 }, 1.1, true],
    [{ reading: 'x', atLeast: 1 }, 1, true],
    [{ reading: 'x', atLeast: 1 }, 0.9, false],
    [{ reading: 'x', below: 1 }, 1, false],
    [{ reading: 'x', below: 1 }, 0.9, true],
    [{ reading: 'x', atMost: 1 }, 1, true],
    [{ reading: 'x', atMost: 1 }, 1.1, false],
    [{ reading: 'x', is: 'open' }, 'open', true],
    [{ reading: 'x', is: 'open' }, 'closed', false],
    [{ reading: 'x', is: ['open', 'held'] }, 'held', true],
    [{ reading: 'x', is: ['open', 'held'] }, 'closed', false],
    [{ reading: 'x', is: false }, false, true],
    [{ reading: 'x', above: 1 }, 'open', undefined],
  ])('%j of %s is %s', (condition, value, expected) => {
    expect(judge(condition, { x: value }).holds).toBe(expected)
    expect(judge({ not: condition }, { x: value }).holds).toBe(expected === undefined ? undefined : !expected)
    expect(judge(condition, {})).toEqual({ holds: undefined, evidence: [], unknown: ['x'] })
  })

  it('is proved by what holds, in the words for it', () => {
    expect(judge({ not: { reading: 'x', above: 1 } }, { x: 1 }).evidence).toEqual([
      { reading: 'x', value: 1, threshold: 1, comparison: 'at most' },
    ])
    expect(judge({ not: { reading: 'x', is: 'a' } }, { x: 'b' }).evidence).toEqual([
      { reading: 'x', value: 'b', threshold: 'a', comparison: 'is not' },
    ])
  })

  it('does not find what an object inherits', () => {
    expect(judge({ reading: 'toString', is: 'x' }, {}).holds).toBe(undefined)
  })
})

describe('conditions of several', () => {
  const a: Condition = { reading: 'a', above: 0 }
  const b: Condition = { reading: 'b', above: 0 }

  it.each([
    [{ a: 1, b: 1 }, true, true],
    [{ a: 1, b: 0 }, false, true],
    [{ a: 0, b: 0 }, false, false],
    [{ a: 1 }, undefined, true],
    [{ a: 0 }, false, undefined],
    [{}, undefined, undefined],
  ])('of %j: all is %s, any is %s', (readings, all, any) => {
    expect(judge({ all: [a, b] }, readings).holds).toBe(all)
    expect(judge({ any: [a, b] }, readings).holds).toBe(any)
  })

  it('name the readings that settle them, and the missing ones that would', () => {
    expect(judge({ any: [a, b] }, { a: 1, b: 0 }).evidence.map(({ reading }) => reading)).toEqual(['a'])
    expect(judge({ all: [a, b] }, { a: 1, b: 0 }).evidence).toMatchObject([{ reading: 'b', comparison: 'at most' }])
    expect(judge({ all: [a, b] }, { a: 1 })).toEqual({ holds: undefined, evidence: [], unknown: ['b'] })
  })

  it('obey De Morgan, also for what is unknown', () => {
    const leaf = fc.constantFrom<Condition>(a, b, { reading: 'c', above: 0 })
    const condition = fc.letrec<{ node: Condition }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        leaf,
        fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
        fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
        tie('node').map((not) => ({ not })),
      ),
    })).node
    const readings = fc.record(
      { a: fc.nat({ max: 1 }), b: fc.nat({ max: 1 }), c: fc.nat({ max: 1 }) },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.array(condition, { minLength: 1, maxLength: 3 }), readings, (parts, given) => {
        const known = given as Record<string, number>
        expect(evaluate({ not: { all: parts } }, known, never).holds).toBe(
          evaluate({ any: parts.map((not) => ({ not })) }, known, never).holds,
        )
      }),
    )
  })

  it('are told in words', () => {
    const condition: Condition = {
      all: [
        { reading: 'queue.depthRatio', atLeast: 1 },
        { any: [{ reading: 'state', is: ['open', 'held'] }, { not: { reading: 'b', below: 2 } }] },
        { says: 'it is Friday', check: () => true },
      ],
    }
    expect(describeCondition(condition)).toBe(
      'queue.depthRatio at least 1 and (state is open or held or not (b below 2)) and it is Friday',
    )
    expect(readingsIn(condition)).toEqual(['queue.depthRatio', 'state', 'b'])
  })
})

describe('a malformed condition', () => {
  const cyclic: { not: Condition } = { not: { reading: 'x', above: 1 } }
  cyclic.not = cyclic

  it.each([
    [null, 'when must be an object'],
    [{ all: [] }, 'when.all must not be empty'],
    [{ any: {} }, 'when.any must be an array'],
    [{ reading: 'x' }, 'when must have exactly one of above, atLeast, below, atMost, is, got 0'],
    [{ reading: 'x', above: 1, below: 2 }, 'when must have exactly one of above, atLeast, below, atMost, is, got 2'],
    [{ reading: '', above: 1 }, 'when.reading must not be empty'],
    [{ all: [{ reading: 'x', above: '1' }] }, 'when.all[0].above must be a number, got string'],
    [{ reading: 'x', above: Number.NaN }, 'when.above must be a finite number, got NaN'],
    [{ reading: 'x', is: {} }, 'when.is must be a finite number, a string or a boolean'],
    [{ says: 'x', check: 'y' }, 'when.check must be a function, got "y"'],
    [{ check: () => true }, 'when.says must be a string, got undefined'],
    [cyclic, 'must be nested at most 16 deep'],
  ])('%# is refused', (condition, message) => {
    expect(() => checkCondition('when', condition as Condition)).toThrow(message)
  })
})
