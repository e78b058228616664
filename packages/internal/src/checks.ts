/** The bounds of a number. All inclusive unless `above` or `below` says otherwise. */
export interface Bounds {
  readonly min?: number
  readonly max?: number
  /** Exclusive lower bound. */
  readonly above?: number
  /** Exclusive upper bound. */
  readonly below?: number
}

/** Returns `value` when it is a finite number within `bounds`. */
export function checkNumber(name: string, value: unknown, bounds: Bounds = {}): number {
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number, got ${show(value)}`)
  if (!Number.isFinite(value) || !within(value, bounds))
    throw new RangeError(`${name} must be ${article('number', bounds)}, got ${value}`)
  return value
}

/** Returns `value` when it is an integer within `bounds`. */
export function checkInteger(name: string, value: unknown, bounds: Bounds = {}): number {
  if (typeof value !== 'number') throw new TypeError(`${name} must be an integer, got ${show(value)}`)
  if (!Number.isSafeInteger(value) || !within(value, bounds))
    throw new RangeError(`${name} must be ${article('integer', bounds)}, got ${value}`)
  return value
}

/** Returns `value` when it is an integer within `bounds` or `Infinity`. */
export function checkCount(name: string, value: unknown, bounds: Bounds = {}): number {
  return value === Number.POSITIVE_INFINITY ? value : checkInteger(name, value, bounds)
}

/** Returns `value` when it is one of `allowed`. */
export function checkOneOf<const T extends string>(name: string, value: unknown, allowed: readonly T[]): T {
  if (typeof value !== 'string') throw new TypeError(`${name} must be ${alternatives(allowed)}, got ${show(value)}`)
  const found = allowed.find((candidate) => candidate === value)
  if (found === undefined) throw new RangeError(`${name} must be ${alternatives(allowed)}, got ${show(value)}`)
  return found
}

/** Returns `value` when it is a string with at least one character. */
export function checkName(name: string, value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`${name} must be a string, got ${show(value)}`)
  if (value.length === 0) throw new RangeError(`${name} must not be empty`)
  return value
}

/** Returns `value` when it is a boolean. */
export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw new TypeError(`${name} must be true or false, got ${show(value)}`)
  return value
}

/** Returns `value` when it can be called. */
export function checkFunction<T extends (...args: never[]) => unknown>(name: string, value: T): T {
  if (typeof value !== 'function') throw new TypeError(`${name} must be a function, got ${show(value)}`)
  return value
}

/** Returns `value` when it is an object that has every one of `methods`. */
export function checkObject<T extends object>(name: string, value: T, methods: readonly string[] = []): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError(`${name} must be an object, got ${show(value)}`)
  for (const method of methods) {
    if (typeof Reflect.get(value, method) !== 'function') throw new TypeError(`${name} must have a method ${method}()`)
  }
  return value
}

function within(value: number, { min, max, above, below }: Bounds): boolean {
  return !(
    (min !== undefined && value < min) ||
    (max !== undefined && value > max) ||
    (above !== undefined && value <= above) ||
    (below !== undefined && value >= below)
  )
}

function article(kind: string, { min, max, above, below }: Bounds): string {
  const lower = above === undefined ? (min === undefined ? undefined : `[${min}`) : `(${above}`
  const upper = below === undefined ? (max === undefined ? undefined : `${max}]`) : `${below})`
  const noun = kind === 'integer' ? 'an integer' : 'a finite number'
  if (lower === undefined && upper === undefined) return noun
  return `${noun} in ${lower ?? '(-∞'}, ${upper ?? '∞)'}`
}

function alternatives(allowed: readonly string[]): string {
  return allowed.map((value) => `"${value}"`).join(' or ')
}

function show(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'string') return `"${value.slice(0, 80)}"`
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'function') return 'a function'
  return typeof value === 'symbol' ? value.toString() : `${value as number | boolean | bigint | undefined}`
}
