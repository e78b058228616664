import { describe, expect, it, vi } from 'vitest'
import { diagnose } from './diagnose.ts'
import type { Condition } from './diagnosis-condition.ts'
import type { LineSnapshots } from './diagnosis-snapshots.ts'
import { type DiagnosisTree, type FindingSeverity, extendTrees } from './diagnosis-tree.ts'
import { HANDBOOK_TREES } from './trees.ts'

const tree = (changes: Partial<DiagnosisTree> = {}): DiagnosisTree => ({
  id: 'hot',
  scenario: 'The oven is hot',
  source: 'Our runbook, page 3',
  severities: [
    { severity: 'critical', when: { reading: 'oven.celsius', above: 300 }, source: 'Fire regulations' },
    { severity: 'medium', when: { reading: 'oven.celsius', above: 200 } },
  ],
  likelyCause: 'Somebody forgot it at {oven.celsius} °C.',
  questions: [],
  resolvedWhen: ['It is cold.'],
  ...changes,
})

const hot = (when: Condition): DiagnosisTree => tree({ severities: [{ severity: 'high', when }] })

const graded = (id: string, severity: FindingSeverity): DiagnosisTree =>
  tree({ id, severities: [{ severity, when: { reading: 'x', is: 1 } }] })

const own = (check: () => unknown): DiagnosisTree => hot({ says: 'it is Friday', check: check as () => boolean })

describe('a finding', () => {
  it('has the severity of the first level that holds, and says where everything is written', () => {
    const trees = [tree()]
    expect(diagnose({}, { trees, readings: { 'oven.celsius': 250 } }).findings).toEqual([
      {
        tree: 'hot',
        severity: 'medium',
        scenario: 'The oven is hot',
        likelyCause: 'Somebody forgot it at 250 °C.',
        alsoLikely: [],
        evidence: [{ reading: 'oven.celsius', value: 250, threshold: 200, comparison: 'above' }],
        nextSteps: [],
        resolvedWhen: ['It is cold.'],
        source: 'Our runbook, page 3',
        unknown: [],
      },
    ])
    expect(diagnose({}, { trees, readings: { 'oven.celsius': 301 } }).findings[0]).toMatchObject({
      severity: 'critical',
      source: 'Our runbook, page 3; Fire regulations',
    })
    expect(diagnose({}, { trees, readings: { 'oven.celsius': 200 } }).findings).toEqual([])
  })

  it('lists next steps in order: at once, by the answers from the outside in, at last; each once', () => {
    const isHot: Condition = { reading: 'oven.celsius', above: 200 }
    const isOn: Condition = { reading: 'oven.isOn', is: true }
    const trees = [
      tree({
        immediately: ['Open a window.'],
        questions: [
          {
            ask: 'Is it on?',
            answers: [
              { answer: 'No', when: { not: isOn }, likelyCause: 'never' },
              {
                answer: 'Yes',
                when: isOn,
                likelyCause: 'It is on.',
                nextSteps: ['Turn it off.'],
                questions: [
                  {
                    ask: 'Hot?',
                    answers: [{ answer: 'Yes', when: isHot, likelyCause: 'It is on and hot.', nextSteps: ['Wait.'] }],
                  },
                  {
                    ask: 'And?',
                    answers: [
                      {
                        answer: 'Yes',
                        when: isHot,
                        likelyCause: 'It is closed.',
                        nextSteps: ['Turn it off.', 'Open it.'],
                      },
                    ],
                  },
                ],
              },
            ],
          },
          {
            ask: 'Who?',
            answers: [{ answer: 'Ann', when: { reading: 'who', is: 'ann' }, likelyCause: 'Ann forgot it.' }],
          },
        ],
        afterwards: ['Clean it.'],
      }),
    ]
    const readings = { 'oven.celsius': 250, 'oven.isOn': true }
    expect(diagnose({}, { trees, readings }).findings[0]).toMatchObject({
      likelyCause: 'It is on and hot.',
      alsoLikely: ['It is closed.'],
      nextSteps: ['Open a window.', 'Turn it off.', 'Wait.', 'Open it.', 'Clean it.'],
      evidence: [
        { reading: 'oven.celsius', comparison: 'above', threshold: 200 },
        { reading: 'oven.isOn', value: true, comparison: 'is', threshold: true },
      ],
      unknown: ['who'],
    })
    expect(diagnose({}, { trees, readings: { ...readings, who: 'ann' } }).findings[0]).toMatchObject({
      alsoLikely: ['It is closed.', 'Ann forgot it.'],
      unknown: [],
    })
  })

  it('comes before less severe ones, and otherwise in the order of the trees', () => {
    const trees = [
      graded('a', 'medium'),
      graded('b', 'critical'),
      graded('c', 'medium'),
      graded('d', 'high'),
      graded('e', 'critical'),
    ]
    const diagnosis = diagnose({}, { trees, readings: { x: 1 } })
    expect(diagnosis.findings.map(({ tree }) => tree)).toEqual(['b', 'e', 'd', 'a', 'c'])
    expect(diagnosis.severity).toBe('critical')
  })
})

describe('what is missing', () => {
  it('gives no verdict and is listed with the trees that ask for it', () => {
    const diagnosis = diagnose({})
    expect(diagnosis).toMatchObject({ severity: null, findings: [], incident: null, readings: {} })
    expect(diagnosis.unknown).toContainEqual({
      reading: 'queue.depthRatio',
      trees: ['queue-full', 'queue-filling', 'workers-busy'],
    })
  })

  it('is not listed where the rest settles the matter', () => {
    const when: Condition = {
      all: [
        { reading: 'a', above: 1 },
        { reading: 'b', above: 1 },
      ],
    }
    expect(diagnose({}, { trees: [hot(when)], readings: { a: 0 } }).unknown).toEqual([])
    expect(diagnose({}, { trees: [hot(when)], readings: { a: 2 } }).unknown).toEqual([{ reading: 'b', trees: ['hot'] }])
  })

  it.each([
    ['nothing at all', {}],
    ['nulls', { queue: { depth: null, capacity: null }, pool: { workers: null }, latency: { p50: null } }],
    ['NaN', { queue: { depth: Number.NaN, capacity: 100 }, signals: { errorRatio: Number.NaN } }],
    ['numbers as text', { queue: { depth: '100', capacity: '100' }, signals: { errorRatio: '1' } }],
    ['an unbounded queue', { queue: { depth: 1e9, capacity: Infinity } }],
    ['a capacity of 0', { queue: { depth: 0, capacity: 0 } }],
    ['the wrong shapes', { breaker: null, queue: 7, pools: {}, breakdown: { stages: 'x' }, downstream: [] }],
  ])('leads to nothing: %s', (_title, line) => {
    expect(diagnose(line as unknown as LineSnapshots)).toMatchObject({ findings: [], incident: null })
  })

  it('is what a getter throws', () => {
    const queue = {
      get depth(): number {
        throw new Error('no')
      },
      capacity: 100,
    }
    expect(diagnose({ queue, signals: { errorRatio: 1 } }).findings.map(({ tree }) => tree)).toEqual(['errors-high'])
  })
})

describe('conditions of one’s own', () => {
  it('count as evidence', () => {
    expect(diagnose({}, { trees: [own(() => true)] }).findings[0]?.evidence).toEqual([
      { reading: 'it is Friday', value: true, threshold: true, comparison: 'is' },
    ])
    expect(diagnose({}, { trees: [own(() => false)] }).findings).toEqual([])
    expect(diagnose({}, { trees: [own(() => undefined)] }).unknown).toEqual([
      { reading: 'it is Friday', trees: ['hot'] },
    ])
  })

  it('get the readings, and can’t change them', () => {
    const check = vi.fn((readings: Record<string, unknown>) => {
      readings['a'] = 5
      return undefined
    })
    const trees = [own(check as never), { ...hot({ reading: 'a', above: 4 }), id: 'second' }]
    expect(diagnose({}, { trees, readings: { a: 1 } })).toMatchObject({
      findings: [],
      errors: [{ says: 'it is Friday' }],
    })
    expect(check).toHaveBeenCalledExactlyOnceWith({ a: 1 })
  })

  it.each([
    [
      'throw',
      () => {
        throw new Error('broken')
      },
      'broken',
    ],
    [
      'throw what can not be shown',
      () => {
        throw { toString: null }
      },
      'an error that can’t be shown',
    ],
    ['return something else', () => 'yes', 'check of "it is Friday" must return a boolean or undefined, got string'],
    [
      'return a promise',
      () => Promise.reject(new Error('late')),
      'check of "it is Friday" must return a boolean or undefined, got object',
    ],
  ])('are unknown and reported when they %s; the other trees go on', (_title, check, message) => {
    const reported: string[] = []
    const onError = (_error: unknown, says: string): void => {
      reported.push(says)
      throw new Error('handler')
    }
    const trees = [own(check), { ...hot({ reading: 'a', above: 0 }), id: 'other' }]
    const diagnosis = diagnose({}, { trees, readings: { a: 1 }, onError })
    expect(diagnosis.findings.map(({ tree }) => tree)).toEqual(['other'])
    expect(diagnosis.errors).toEqual([{ says: 'it is Friday', message }])
    expect(reported).toEqual(['it is Friday'])
  })
})

it('takes the readings of the user’s over those of the snapshots', () => {
  const line = { signals: { errorRatio: 0.5 } }
  expect(diagnose(line).severity).toBe('high')
  expect(diagnose(line, { readings: { 'errors.ratio': 0 } }).severity).toBe(null)
})

it('judges by extended trees', () => {
  const trees = extendTrees(HANDBOOK_TREES, [tree()])
  const line = { queue: { depth: 85, capacity: 100 } }
  expect(diagnose(line, { trees, readings: { 'oven.celsius': 400 } }).findings.map(({ tree }) => tree)).toEqual([
    'hot',
    'queue-filling',
  ])
})

it('refuses malformed options', () => {
  expect(() => diagnose(7 as never)).toThrow(new TypeError('line must be an object, got 7'))
  expect(() => diagnose({}, { earlier: {} as never })).toThrow(new TypeError('earlier must be an array'))
  expect(() => diagnose({}, { readings: null as never })).toThrow(new TypeError('readings must be an object, got null'))
  expect(() => diagnose({}, { baseline: 1 as never })).toThrow(new TypeError('baseline must be an object, got 1'))
  expect(() => diagnose({}, { onError: 'log' as never })).toThrow(
    new TypeError('onError must be a function, got "log"'),
  )
  expect(() => diagnose({}, { trees: {} as never })).toThrow(new TypeError('trees must be an array'))
})
