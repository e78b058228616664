import { type ListenerErrorHandler, checkFunction, checkInteger, checkNumber } from '@tps/internal'
import type { Fairness } from './fair-lane.ts'
import { guarded } from './guarded.ts'
import type { KeyMemory } from './keys.ts'
import type { PullQueueOptions } from './queue-options.ts'

/** Whose items are and what they cost. */
export interface CheckedFairness<T> extends Fairness {
  readonly tenantOf: (item: T) => string
  readonly costOf: (item: T) => number
}

/** What items are told apart by. */
export interface CheckedDedup<T> extends KeyMemory {
  readonly keyOf: (item: T) => string | undefined
}

const one = (): number => 1
const isString = (answer: unknown): answer is string => typeof answer === 'string'
const isKey = (answer: unknown): answer is string | undefined => answer === undefined || isString(answer)
const isCost = (answer: unknown): answer is number => Number.isFinite(answer) && (answer as number) > 0
const isWeight = (answer: unknown): answer is number => Number.isFinite(answer) && (answer as number) >= 1

export function checkFairness<T>(
  { fairBy, weightOf = one, costOf = one }: PullQueueOptions<T>,
  sacrifices: boolean,
  report: ListenerErrorHandler,
): CheckedFairness<T> | undefined {
  checkFunction('weightOf', weightOf)
  checkFunction('costOf', costOf)
  if (fairBy === undefined) {
    if (weightOf !== one || costOf !== one) throw new TypeError('weightOf and costOf need fairBy')
    return undefined
  }
  checkFunction('fairBy', fairBy)
  const tenant = { what: 'a string', isRight: isString, otherwise: '' }
  const cost = { what: 'a finite number in (0, ∞)', isRight: isCost, otherwise: 1 }
  const weight = { what: 'a finite number in [1, ∞)', isRight: isWeight, otherwise: 1 }
  return {
    tenantOf: guarded('fairBy', fairBy, tenant, report),
    costOf: guarded('costOf', costOf, cost, report),
    weightOf: guarded('weightOf', weightOf, weight, report),
    sacrifices,
  }
}

export function checkDedup<T>(
  { dedupBy, dedupWindowMs, maxKeys }: PullQueueOptions<T>,
  report: ListenerErrorHandler,
): CheckedDedup<T> | undefined {
  if (dedupBy === undefined) {
    if (dedupWindowMs !== undefined || maxKeys !== undefined)
      throw new TypeError('dedupWindowMs and maxKeys need dedupBy')
    return undefined
  }
  const key = { what: 'a string or undefined', isRight: isKey, otherwise: undefined }
  return {
    keyOf: guarded('dedupBy', checkFunction('dedupBy', dedupBy), key, report),
    windowMs: checkNumber('dedupWindowMs', dedupWindowMs ?? 0, { min: 0 }),
    maxKeys: checkInteger('maxKeys', maxKeys ?? 10_000, { min: 1 }),
  }
}
