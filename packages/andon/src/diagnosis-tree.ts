import { checkName, checkObject, checkOneOf } from '@tps/internal'
import { type Condition, checkCondition } from './diagnosis-condition.ts'

/** How bad: `critical` calls somebody now, `high` in five minutes unless it mends itself, `medium` is watched. */
export type FindingSeverity = 'critical' | 'high' | 'medium'

/** How bad a scenario is, and when. */
export interface SeverityLevel {
  readonly severity: FindingSeverity
  readonly when: Condition
  /** Where that is written, if not where the tree is. */
  readonly source?: string | undefined
}

/** One answer to a question. */
export interface Answer {
  /** In a few words: the label of the branch. */
  readonly answer: string
  readonly when: Condition
  /** What is probably behind it. `{name}` stands for the value of that reading. */
  readonly likelyCause: string
  /** What to do, in order. `{name}` stands for the value of that reading. Default nothing more. */
  readonly nextSteps?: readonly string[] | undefined
  /** What to ask next. Their answers know more, so their causes stand for this one. Default nothing. */
  readonly questions?: readonly Question[] | undefined
  /** Where that is written, if not where the tree is. */
  readonly source?: string | undefined
}

/** Something to find out. The first answer that holds is taken; the questions of a list are all asked. */
export interface Question {
  readonly ask: string
  readonly answers: readonly Answer[]
}

/** A decision tree as data: a scenario, how bad it is, why it may be so and what to do. */
export interface DiagnosisTree {
  /** Unique among the trees: `queue-full`. */
  readonly id: string
  /** What is the matter, as a title. */
  readonly scenario: string
  /** Where it is written. */
  readonly source: string
  /** Worst first. The first that holds makes the finding, and none makes none. */
  readonly severities: readonly SeverityLevel[]
  /** What is behind it where no answer says more. `{name}` stands for the value of that reading. */
  readonly likelyCause: string
  /** What to do before anything else, in order. Default nothing. */
  readonly immediately?: readonly string[] | undefined
  readonly questions: readonly Question[]
  /** What to do in the end, in order. Default nothing. */
  readonly afterwards?: readonly string[] | undefined
  /** When it counts as over. */
  readonly resolvedWhen: readonly string[]
}

export const SEVERITIES: readonly FindingSeverity[] = ['critical', 'high', 'medium']

const checked = new WeakMap<readonly DiagnosisTree[], readonly DiagnosisTree[]>()
const DEEPEST = 8

/**
 * `trees` with `additions` after them. An addition with the `id` of a tree takes its place.
 * @throws {TypeError | RangeError} when a tree is malformed, with the place.
 */
export function extendTrees(
  trees: readonly DiagnosisTree[],
  additions: readonly DiagnosisTree[],
): readonly DiagnosisTree[] {
  const byId = new Map(checkTrees('trees', trees).map((tree) => [tree.id, tree]))
  for (const tree of checkTrees('additions', additions)) byId.set(tree.id, tree)
  const extended = Object.freeze([...byId.values()])
  checked.set(extended, extended)
  return extended
}

/** Checks trees and copies them: once for each array, so that it costs nothing to give the same one again. */
export function checkTrees(at: string, trees: readonly DiagnosisTree[]): readonly DiagnosisTree[] {
  if (!Array.isArray(trees)) throw new TypeError(`${at} must be an array`)
  const known = checked.get(trees)
  if (known) return known
  const copies = Object.freeze(
    (trees as readonly DiagnosisTree[]).map((tree, index) => checkTree(`${at}[${index}]`, tree)),
  )
  const ids = new Set<string>()
  for (const { id } of copies) {
    if (ids.has(id)) throw new RangeError(`${at} must have unique ids, got "${id}" twice`)
    ids.add(id)
  }
  checked.set(trees, copies)
  checked.set(copies, copies)
  return copies
}

function checkTree(at: string, tree: DiagnosisTree): DiagnosisTree {
  const { id, scenario, source, likelyCause, immediately = [], afterwards = [], resolvedWhen } = checkObject(at, tree)
  const severities = checkArray(`${at}.severities`, tree.severities, checkLevel)
  if (severities.length === 0) throw new RangeError(`${at}.severities must not be empty`)
  const ranks = severities.map(({ severity }) => SEVERITIES.indexOf(severity))
  if (ranks.some((rank, index) => rank < (ranks[index - 1] ?? 0)))
    throw new RangeError(`${at}.severities must be in order, the worst first`)
  return Object.freeze({
    id: checkName(`${at}.id`, id),
    scenario: checkName(`${at}.scenario`, scenario),
    source: checkName(`${at}.source`, source),
    severities,
    likelyCause: checkName(`${at}.likelyCause`, likelyCause),
    immediately: checkArray(`${at}.immediately`, immediately, checkName),
    questions: checkQuestions(`${at}.questions`, tree.questions, 0),
    afterwards: checkArray(`${at}.afterwards`, afterwards, checkName),
    resolvedWhen: checkArray(`${at}.resolvedWhen`, resolvedWhen, checkName),
  })
}

function checkLevel(at: string, level: SeverityLevel): SeverityLevel {
  const { severity, when, source } = checkObject(at, level)
  return Object.freeze({
    severity: checkOneOf(`${at}.severity`, severity, SEVERITIES),
    when: checkCondition(`${at}.when`, when),
    ...(source !== undefined && { source: checkName(`${at}.source`, source) }),
  })
}

function checkQuestions(at: string, questions: readonly Question[], depth: number): readonly Question[] {
  if (depth > DEEPEST) throw new RangeError(`${at} must be nested at most ${DEEPEST} deep`)
  return checkArray(at, questions, (at, question) => {
    const { ask, answers } = checkObject(at, question)
    return Object.freeze({
      ask: checkName(`${at}.ask`, ask),
      answers: checkArray(`${at}.answers`, answers, (at, answer) => checkAnswer(at, answer, depth)),
    })
  })
}

function checkAnswer(at: string, given: Answer, depth: number): Answer {
  const { answer, when, likelyCause, nextSteps = [], questions = [], source } = checkObject(at, given)
  return Object.freeze({
    answer: checkName(`${at}.answer`, answer),
    when: checkCondition(`${at}.when`, when),
    likelyCause: checkName(`${at}.likelyCause`, likelyCause),
    nextSteps: checkArray(`${at}.nextSteps`, nextSteps, checkName),
    questions: checkQuestions(`${at}.questions`, questions, depth + 1),
    ...(source !== undefined && { source: checkName(`${at}.source`, source) }),
  })
}

function checkArray<T>(at: string, list: readonly T[], check: (at: string, item: T) => T): readonly T[] {
  if (!Array.isArray(list)) throw new TypeError(`${at} must be an array`)
  return Object.freeze((list as readonly T[]).map((item, index) => check(`${at}[${index}]`, item)))
}
