import { describe, expect, it } from 'vitest'
import { type DiagnosisTree, checkTrees, extendTrees } from './diagnosis-tree.ts'
import { HANDBOOK_TREES } from './trees.ts'

const TREE: DiagnosisTree = {
  id: 'hot',
  scenario: 'The oven is hot',
  source: 'Our runbook',
  severities: [
    { severity: 'high', when: { reading: 'celsius', above: 300 } },
    { severity: 'medium', when: { reading: 'celsius', above: 200 } },
  ],
  likelyCause: 'Somebody forgot it.',
  questions: [
    { ask: 'Is it on?', answers: [{ answer: 'Yes', when: { reading: 'on', is: true }, likelyCause: 'It is on.' }] },
  ],
  resolvedWhen: ['It is cold.'],
}

describe('extendTrees', () => {
  it('adds trees at the end, and replaces those of the same id where they stand', () => {
    const mine = { ...TREE, id: 'queue-full', scenario: 'Ours' }
    const trees = extendTrees(HANDBOOK_TREES, [TREE, mine])
    expect(trees.map(({ id }) => id)).toEqual([...HANDBOOK_TREES.map(({ id }) => id), 'hot'])
    expect(trees[0]?.scenario).toBe('Ours')
    expect(HANDBOOK_TREES[0]?.scenario).toBe('The queue is full')
  })

  it('copies: what is changed afterwards changes nothing', () => {
    const mine = structuredClone(TREE) as { scenario: string; severities: unknown[] } & DiagnosisTree
    const trees = extendTrees([], [mine])
    mine.scenario = 'changed'
    mine.severities.length = 0
    expect(trees[0]).toMatchObject({ scenario: 'The oven is hot', severities: [{ severity: 'high' }, {}] })
    expect(Object.isFrozen(trees) && Object.isFrozen(trees[0]) && Object.isFrozen(trees[0]?.questions[0])).toBe(true)
  })

  it('checks an array once', () => {
    const trees = extendTrees(HANDBOOK_TREES, [TREE])
    expect(checkTrees('trees', trees)).toBe(trees)
    expect(checkTrees('trees', HANDBOOK_TREES)).toBe(checkTrees('trees', HANDBOOK_TREES))
  })
})

describe('a malformed tree', () => {
  const cyclic = { ask: 'again?', answers: [] as unknown[] }
  cyclic.answers.push({ answer: 'a', when: { reading: 'x', above: 1 }, likelyCause: 'c', questions: [cyclic] })

  it.each([
    [{ id: '' }, 'additions[0].id must not be empty'],
    [{ scenario: 7 }, 'additions[0].scenario must be a string, got 7'],
    [{ severities: [] }, 'additions[0].severities must not be empty'],
    [
      { severities: [{ severity: 'low', when: { reading: 'x', above: 1 } }] },
      'additions[0].severities[0].severity must be "critical" or "high" or "medium", got "low"',
    ],
    [{ severities: TREE.severities.toReversed() }, 'additions[0].severities must be in order, the worst first'],
    [
      { severities: [{ severity: 'high', when: {} }] },
      'additions[0].severities[0].when.reading must be a string, got undefined',
    ],
    [{ questions: 'none' }, 'additions[0].questions must be an array'],
    [{ questions: [{ ask: 'x', answers: [{}] }] }, 'additions[0].questions[0].answers[0].answer must be a string'],
    [{ questions: [cyclic] }, 'must be nested at most 8 deep'],
    [{ resolvedWhen: [1] }, 'additions[0].resolvedWhen[0] must be a string, got 1'],
  ])('%# is refused, with the place', (changes, message) => {
    expect(() => extendTrees(HANDBOOK_TREES, [{ ...TREE, ...changes } as DiagnosisTree])).toThrow(message)
  })

  it('is one of two with an id', () => {
    expect(() => extendTrees([], [TREE, TREE])).toThrow(
      new RangeError('additions must have unique ids, got "hot" twice'),
    )
    expect(() => extendTrees('x' as never, [])).toThrow(new TypeError('trees must be an array'))
  })
})
