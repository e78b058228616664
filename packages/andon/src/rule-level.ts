import { checkNumber, checkObject } from '@tps/internal'
import type { Condition } from './rule.ts'

/** The level that a value must not pass, and the level at which all is well again. */
export type Threshold =
  | {
      /** Trouble is a value **greater than** this. A value equal to it is no trouble. */
      readonly above: number
      readonly below?: undefined
      /** A firing alert clears at this value **or less**. At most `above`. Default `above`. */
      readonly clearAt?: number | undefined
    }
  | {
      /** Trouble is a value **less than** this. A value equal to it is no trouble. */
      readonly below: number
      readonly above?: undefined
      /** A firing alert clears at this value **or more**. At least `below`. Default `below`. */
      readonly clearAt?: number | undefined
    }

/** A threshold that has been checked. */
export interface Level {
  readonly isAbove: boolean
  readonly limit: number
  readonly clearAt: number
}

export function checkLevel(at: string, threshold: Threshold): Level & { readonly condition: string } {
  const { above, below, clearAt } = checkObject(at, threshold)
  if ((above === undefined) === (below === undefined)) throw new TypeError(`${at} must have either "above" or "below"`)
  const isAbove = above !== undefined
  const side = isAbove ? 'above' : 'below'
  const limit = checkNumber(`${at}.${side}`, isAbove ? above : below)
  const bounds = isAbove ? { max: limit } : { min: limit }
  return {
    isAbove,
    limit,
    clearAt: clearAt === undefined ? limit : checkNumber(`${at}.clearAt`, clearAt, bounds),
    condition: `${side} ${limit}`,
  }
}

/** Where `value` stands. */
export function levelOf({ isAbove, limit, clearAt }: Level, value: number): Condition {
  if (isAbove) return value > limit ? 'breach' : value <= clearAt ? 'clear' : 'between'
  return value < limit ? 'breach' : value >= clearAt ? 'clear' : 'between'
}
