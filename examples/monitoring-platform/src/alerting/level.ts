import { nextDown, nextUp } from './next-double.ts'
import type { Rule } from './rule.ts'

/** A threshold, so that trouble is what is truly more, or truly less, than `limit`. */
export interface Level {
  readonly isAbove: boolean
  readonly limit: number
}

/** At least 80 is more than the number just below 80. */
export function levelOf({ op, threshold }: Pick<Rule, 'op' | 'threshold'>): Level {
  if (op === '>') return { isAbove: true, limit: threshold }
  if (op === '>=') return { isAbove: true, limit: nextDown(threshold) }
  if (op === '<') return { isAbove: false, limit: threshold }
  return { isAbove: false, limit: nextUp(threshold) }
}

/** Whether `value` is trouble. NaN is none. */
export function isBeyond({ isAbove, limit }: Level, value: number): boolean {
  return isAbove ? value > limit : value < limit
}
