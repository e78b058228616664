import { checkName, checkObject } from '@tps/internal'

const MAX_HEADERS = 64

export function unlessInfinite(value: unknown, check: () => number): number {
  return value === Number.POSITIVE_INFINITY ? value : check()
}

/** @throws {TypeError | RangeError} */
export function checkClasses(classes: readonly string[]): readonly string[] {
  if (!Array.isArray(classes)) throw new TypeError('classes must be an array of strings')
  const names = classes.map((name, index) => checkName(`classes[${index}]`, name))
  if (names.length === 0 || new Set(names).size < names.length)
    throw new RangeError(`classes must be at least one name, each once, got [${names.join(', ')}]`)
  return names
}

/** @throws {TypeError | RangeError} */
export function checkHeaders(headers: Readonly<Record<string, string>>): [name: string, value: string][] {
  const entries = Object.entries(checkObject('headers', headers))
  if (entries.length > MAX_HEADERS)
    throw new RangeError(`headers must have at most ${MAX_HEADERS} entries, got ${entries.length}`)
  for (const [name, value] of entries)
    if (typeof value !== 'string') throw new TypeError(`headers["${name}"] must be a string, got ${typeof value}`)
  return entries
}
