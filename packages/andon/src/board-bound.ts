/** What a reading may be. */
export type BoardValue = number | string | boolean

/** Where a reading begins to count. Plain data with exactly one of the comparisons. */
export type Bound =
  | { readonly above: number }
  | { readonly atLeast: number }
  | { readonly below: number }
  | { readonly atMost: number }
  /** Equal to it, or to one of them. */
  | { readonly is: BoardValue | readonly BoardValue[] }

/** The comparison of a `Bound`, in words. `is not` is what `not` makes of `is`. */
export type Comparison = 'above' | 'at least' | 'below' | 'at most' | 'is' | 'is not'

/** A bound that has been taken apart. */
export interface BoundParts {
  readonly comparison: Comparison
  readonly threshold: BoardValue | readonly BoardValue[]
}

const COMPARISONS = { above: 'above', atLeast: 'at least', below: 'below', atMost: 'at most', is: 'is' } as const
type Key = keyof typeof COMPARISONS
const KEYS: readonly Key[] = ['above', 'atLeast', 'below', 'atMost', 'is']

const OPPOSITE: Readonly<Record<Comparison, Comparison>> = {
  above: 'at most',
  'at least': 'below',
  below: 'at least',
  'at most': 'above',
  is: 'is not',
  'is not': 'is',
}

/** Checks a bound and copies it. `at` is where it stands, for the messages. */
export function checkBound(at: string, bound: Bound): Bound {
  if (typeof bound !== 'object' || bound === null || Array.isArray(bound))
    throw new TypeError(`${at} must be an object`)
  const given = KEYS.filter((key) => (bound as Partial<Record<Key, unknown>>)[key] !== undefined)
  const [key] = given
  if (given.length !== 1 || key === undefined)
    throw new TypeError(`${at} must have exactly one of ${KEYS.join(', ')}, got ${given.length}`)
  const threshold = (bound as Record<Key, unknown>)[key]
  if (key === 'is') return Object.freeze({ is: checkValues(`${at}.is`, threshold) })
  if (typeof threshold !== 'number') throw new TypeError(`${at}.${key} must be a number, got ${typeof threshold}`)
  if (!Number.isFinite(threshold)) throw new RangeError(`${at}.${key} must be a finite number, got ${threshold}`)
  return Object.freeze({ [key]: threshold }) as Bound
}

/** Which comparison it is, and with what. Wants a bound that `checkBound` accepts. */
export function partsOf(bound: Bound): BoundParts {
  if ('above' in bound) return { comparison: 'above', threshold: bound.above }
  if ('atLeast' in bound) return { comparison: 'at least', threshold: bound.atLeast }
  if ('below' in bound) return { comparison: 'below', threshold: bound.below }
  if ('atMost' in bound) return { comparison: 'at most', threshold: bound.atMost }
  return { comparison: 'is', threshold: bound.is }
}

/** The comparison that holds where this one doesn't. */
export function opposite(comparison: Comparison): Comparison {
  return OPPOSITE[comparison]
}

/** Whether `value` is within the bound; `undefined` where the two can't be compared. */
export function holds(bound: Bound, value: BoardValue): boolean | undefined {
  if ('is' in bound) return Array.isArray(bound.is) ? bound.is.includes(value) : bound.is === value
  if (typeof value !== 'number') return undefined
  if ('above' in bound) return value > bound.above
  if ('atLeast' in bound) return value >= bound.atLeast
  if ('below' in bound) return value < bound.below
  return value <= bound.atMost
}

/** "at least 0.8", "is open or forced-open". */
export function boundText({ comparison, threshold }: BoundParts): string {
  return `${comparison} ${Array.isArray(threshold) ? threshold.join(' or ') : String(threshold)}`
}

/** A number that can be told, a text or a boolean; `undefined` for everything else. */
export function valueOf(value: unknown): BoardValue | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  return typeof value === 'string' || typeof value === 'boolean' ? value : undefined
}

function checkValues(at: string, threshold: unknown): BoardValue | readonly BoardValue[] {
  if (!Array.isArray(threshold)) return checkValue(at, threshold)
  if (threshold.length === 0) throw new RangeError(`${at} must not be empty`)
  return Object.freeze(threshold.map((one: unknown) => checkValue(at, one)))
}

function checkValue(at: string, value: unknown): BoardValue {
  const known = valueOf(value)
  if (known === undefined) throw new TypeError(`${at} must be a finite number, a string or a boolean`)
  return known
}
