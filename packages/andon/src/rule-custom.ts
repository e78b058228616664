import type { Labels } from './labels.ts'

/** What an `evaluate` of a rule gets to know. */
export interface EvaluateContext {
  /** The rule's name. */
  readonly rule: string
  /** The rule's labels and those of the series. */
  readonly labels: Labels
  /** What the rule's `source` gave, or what was last observed; `undefined` is no data. */
  readonly value: number | undefined
  /** Where the alert is. */
  readonly state: 'inactive' | 'pending' | 'firing'
  /** The emitter's monotonic time, in ms. Only differences mean anything. */
  readonly nowMs: number
}

/** What an `evaluate` of a rule may answer, when `true` (trouble) or `false` (all is well) is not enough. */
export interface Verdict {
  readonly isTrouble: boolean
  /** Whether a firing alert may resolve. Default: when it is no trouble. */
  readonly isClear?: boolean | undefined
  /** The value to show in the alert. Default: the value in the context. */
  readonly value?: number | null | undefined
}

/** A verdict that has been checked. */
export interface CheckedVerdict {
  readonly isTrouble: boolean
  readonly isClear: boolean
  readonly value: number | null | undefined
}

/** `undefined` is no data. @throws {TypeError} when it is no verdict. */
export function checkVerdict(rule: string, answer: unknown): CheckedVerdict | undefined {
  if (answer === undefined || answer === null) return undefined
  if (typeof answer === 'boolean') return { isTrouble: answer, isClear: !answer, value: undefined }
  const { isTrouble, isClear = !(isTrouble ?? true), value } = answer as Partial<Verdict>
  if (typeof isTrouble !== 'boolean' || typeof isClear !== 'boolean')
    throw new TypeError(`evaluate of "${rule}" must return true, false, undefined or { isTrouble, isClear?, value? }`)
  if (value !== undefined && value !== null && typeof value !== 'number')
    throw new TypeError(`value of evaluate of "${rule}" must be a number, null or undefined, got ${typeof value}`)
  return { isTrouble, isClear: isClear && !isTrouble, value: Number.isNaN(value) ? null : value }
}
