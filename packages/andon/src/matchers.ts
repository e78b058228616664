import { checkObject } from '@tps/internal'
import type { Labels } from './labels.ts'

/**
 * What a label may be: this text, one of these texts, or what the expression finds (anchor it with `^` and `$`).
 * `{ regex, flags }` is an expression as plain JSON.
 */
export type LabelPattern =
  | string
  | readonly string[]
  | RegExp
  | { readonly regex: string; readonly flags?: string | undefined }

/** A pattern, or everything but a pattern. */
export type LabelMatch = LabelPattern | { readonly not: LabelPattern }

/**
 * Alerts whose labels match all of these. `rule` and `severity` stand for the alert's own, whatever labels it has. A
 * label that an alert lacks is as one that is empty. At most 16.
 */
export type Matchers = Readonly<Record<string, LabelMatch>>

/** What can be matched. */
export interface Subject {
  readonly rule: { readonly name: string; readonly severity: string }
  readonly labels: Labels
}

const MAX_MATCHERS = 16

/** Matchers that were checked and copied. */
export class Matcher {
  /** What they were made of, as plain JSON. */
  readonly plain: Matchers
  readonly #tests: readonly Checked[]

  /** @throws {TypeError | RangeError} when something in them is wrong. */
  constructor(at: string, matchers: Matchers, { mayBeEmpty = false }: { readonly mayBeEmpty?: boolean } = {}) {
    const entries = Object.entries(checkObject(at, matchers))
    if (entries.length > MAX_MATCHERS || (entries.length === 0 && !mayBeEmpty))
      throw new RangeError(`${at} must have from ${mayBeEmpty ? 0 : 1} to 16 labels, got ${entries.length}`)
    const checked = entries.map(([name, match]) => checkMatch(`${at}.${name}`, name, match))
    this.plain = Object.freeze(Object.fromEntries(checked.map(({ name, plain }) => [name, plain])))
    this.#tests = checked
  }

  matches(subject: Subject): boolean {
    for (const { name, test } of this.#tests) if (!test(labelOf(subject, name))) return false
    return true
  }
}

/** A label of an alert, its rule or its severity; empty when it has none of that name. */
export function labelOf({ rule, labels }: Subject, name: string): string {
  if (name === 'rule') return rule.name
  if (name === 'severity') return rule.severity
  return Object.hasOwn(labels, name) ? (labels[name] as string) : ''
}

interface Checked {
  readonly name: string
  readonly plain: LabelMatch
  readonly test: (value: string) => boolean
}

function checkMatch(at: string, name: string, match: LabelMatch): Checked {
  if (typeof match !== 'object' || match === null || !('not' in match)) return checkPattern(at, name, match)
  const { plain, test } = checkPattern(`${at}.not`, name, match.not)
  return { name, plain: Object.freeze({ not: plain as LabelPattern }), test: (value) => !test(value) }
}

function checkPattern(at: string, name: string, pattern: LabelPattern): Checked {
  if (typeof pattern === 'string') return { name, plain: pattern, test: (value) => value === pattern }
  if (Array.isArray(pattern)) {
    const texts = [...(pattern as readonly string[])]
    if (texts.length === 0 || !texts.every((text) => typeof text === 'string'))
      throw new TypeError(`${at} must be an array of strings, and not be empty`)
    const allowed = new Set(texts)
    return { name, plain: Object.freeze(texts), test: (value) => allowed.has(value) }
  }
  const { source, flags } = checkExpression(at, pattern as RegExp)
  // Those two would make one answer depend on the one before.
  const expression = new RegExp(source, flags.replaceAll(/[gy]/g, ''))
  return {
    name,
    plain: Object.freeze(flags === '' ? { regex: source } : { regex: source, flags }),
    test: (value) => expression.test(value),
  }
}

function checkExpression(
  at: string,
  pattern: Exclude<LabelPattern, string | readonly string[]>,
): { source: string; flags: string } {
  if (pattern instanceof RegExp) return pattern
  const regex: unknown = typeof pattern === 'object' && pattern !== null ? pattern.regex : undefined
  if (typeof regex !== 'string')
    throw new TypeError(`${at} must be a string, an array of strings, a RegExp, { regex } or { not }`)
  try {
    return new RegExp(regex, pattern.flags ?? '')
  } catch (error) {
    throw new RangeError(`${at}.regex must be a regular expression, got "${regex.slice(0, 80)}"`, { cause: error })
  }
}
