import { checkFunction, checkName } from '@tps/internal'
import {
  type BoardValue,
  type Bound,
  type Comparison,
  boundText,
  checkBound,
  holds,
  opposite,
  partsOf,
} from './board-bound.ts'

/** Readings by name: `{ 'queue.depthRatio': 0.95 }`. What is missing is unknown, never 0. */
export type Readings = Readonly<Record<string, BoardValue>>

/** A condition on one reading: `{ reading: 'queue.depthRatio', above: 0.8 }`. */
export type ReadingCondition = { readonly reading: string } & Bound

/** A condition of a user's own that can't be written as data. Not part of the JSON of a tree. */
export interface OwnCondition {
  /** What it says, in words: it stands for the reading in the evidence. */
  readonly says: string
  /** `undefined` when it can't be told. What it throws counts as that, and is reported. Quick and synchronous. */
  readonly check: (readings: Readings) => boolean | undefined
}

/** When something is so. Plain data but for `check`. */
export type Condition =
  | ReadingCondition
  | OwnCondition
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }

/** A reading that led to a finding: plain JSON. */
export interface Evidence {
  readonly reading: string
  readonly value: BoardValue
  /** What it was compared with. */
  readonly threshold: BoardValue | readonly BoardValue[]
  /** How: the value is `comparison` the threshold. */
  readonly comparison: Comparison
}

/** What became of a condition. */
export interface Outcome {
  /** `undefined`: not told by the readings. */
  readonly holds: boolean | undefined
  /** The readings that it holds by, or that it doesn't hold by. Empty when it isn't told. */
  readonly evidence: readonly Evidence[]
  /** The readings whose absence leaves it open. Empty when it is told. */
  readonly unknown: readonly string[]
}

/** Receives what a condition's `check` threw. */
export type ConditionErrorHandler = (error: unknown, says: string) => void

const DEEPEST = 16

/** Checks a condition and copies it. `at` is where it stands, for the messages. */
export function checkCondition(at: string, condition: Condition, depth = 0): Condition {
  if (typeof condition !== 'object' || condition === null || Array.isArray(condition))
    throw new TypeError(`${at} must be an object`)
  if (depth > DEEPEST) throw new RangeError(`${at} must be nested at most ${DEEPEST} deep`)
  if ('all' in condition) return Object.freeze({ all: checkList(`${at}.all`, condition.all, depth) })
  if ('any' in condition) return Object.freeze({ any: checkList(`${at}.any`, condition.any, depth) })
  if ('not' in condition) return Object.freeze({ not: checkCondition(`${at}.not`, condition.not, depth + 1) })
  if ('check' in condition) {
    const { says, check } = condition
    return Object.freeze({ says: checkName(`${at}.says`, says), check: checkFunction(`${at}.check`, check) })
  }
  return Object.freeze({ reading: checkName(`${at}.reading`, condition.reading), ...checkBound(at, condition) })
}

/** Says whether a condition holds. A missing reading is never taken for one that is well, nor for one that is not. */
export function evaluate(condition: Condition, readings: Readings, onError: ConditionErrorHandler): Outcome {
  if ('all' in condition) return gather(condition.all, false, readings, onError)
  if ('any' in condition) return gather(condition.any, true, readings, onError)
  if ('not' in condition) {
    const outcome = evaluate(condition.not, readings, onError)
    return outcome.holds === undefined ? outcome : { ...outcome, holds: !outcome.holds }
  }
  if ('check' in condition) return evaluateOwn(condition, readings, onError)
  const { reading } = condition
  const value = Object.hasOwn(readings, reading) ? readings[reading] : undefined
  const isHeld = value === undefined ? undefined : holds(condition, value)
  if (value === undefined || isHeld === undefined) return { holds: undefined, evidence: [], unknown: [reading] }
  const { comparison, threshold } = partsOf(condition)
  const evidence = { reading, value, threshold, comparison: isHeld ? comparison : opposite(comparison) }
  return { holds: isHeld, evidence: [evidence], unknown: [] }
}

/** A condition in words: "queue.depthRatio at least 1 and (a or b)". */
export function describeCondition(condition: Condition): string {
  if ('all' in condition) return condition.all.map(inBrackets).join(' and ')
  if ('any' in condition) return condition.any.map(inBrackets).join(' or ')
  if ('not' in condition) return `not (${describeCondition(condition.not)})`
  if ('check' in condition) return condition.says
  return `${condition.reading} ${boundText(partsOf(condition))}`
}

/** The names of the readings that a condition asks for. */
export function readingsIn(condition: Condition): string[] {
  if ('all' in condition) return condition.all.flatMap(readingsIn)
  if ('any' in condition) return condition.any.flatMap(readingsIn)
  if ('not' in condition) return readingsIn(condition.not)
  return 'check' in condition ? [] : [condition.reading]
}

/** `decisive` is the outcome of one part that settles the whole: true for `any`, false for `all`. */
function gather(
  parts: readonly Condition[],
  decisive: boolean,
  readings: Readings,
  onError: ConditionErrorHandler,
): Outcome {
  const outcomes = parts.map((part) => evaluate(part, readings, onError))
  const settling = outcomes.filter((outcome) => outcome.holds === decisive)
  if (settling.length > 0)
    return { holds: decisive, evidence: settling.flatMap(({ evidence }) => evidence), unknown: [] }
  if (outcomes.every((outcome) => outcome.holds === !decisive))
    return { holds: !decisive, evidence: outcomes.flatMap(({ evidence }) => evidence), unknown: [] }
  return { holds: undefined, evidence: [], unknown: outcomes.flatMap(({ unknown }) => unknown) }
}

function evaluateOwn({ says, check }: OwnCondition, readings: Readings, onError: ConditionErrorHandler): Outcome {
  const unknown: Outcome = { holds: undefined, evidence: [], unknown: [says] }
  try {
    const value: unknown = check(readings)
    if (value === undefined) return unknown
    if (typeof value === 'boolean')
      return { holds: value, evidence: [{ reading: says, value, threshold: value, comparison: 'is' }], unknown: [] }
    // A rejection nobody waits for would end the process.
    if (value instanceof Promise) value.catch(() => {})
    throw new TypeError(`check of "${says}" must return a boolean or undefined, got ${typeof value}`)
  } catch (error) {
    onError(error, says)
    return unknown
  }
}

function checkList(at: string, conditions: readonly Condition[], depth: number): readonly Condition[] {
  if (!Array.isArray(conditions)) throw new TypeError(`${at} must be an array`)
  if (conditions.length === 0) throw new RangeError(`${at} must not be empty`)
  return Object.freeze(
    (conditions as readonly Condition[]).map((condition, index) =>
      checkCondition(`${at}[${index}]`, condition, depth + 1),
    ),
  )
}

function inBrackets(condition: Condition): string {
  const text = describeCondition(condition)
  return 'all' in condition || 'any' in condition ? `(${text})` : text
}
