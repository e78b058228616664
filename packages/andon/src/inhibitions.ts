import { checkObject } from '@tps/internal'
import { type Matchers, Matcher, labelOf } from './matchers.ts'
import type { Series } from './series.ts'

/** While an alert that matches `source` fires, those that match `target` aren't told. */
export interface InhibitionRule {
  /** The alerts that say it all. */
  readonly source: Matchers
  /** The alerts that need not be told then. An alert that is both is never held back by another that is both. */
  readonly target: Matchers
  /** Labels that both must have in common; lacking it counts as empty. At most 16. Default none. */
  readonly equal?: readonly string[] | undefined
}

export interface CheckedInhibition {
  readonly source: Matcher
  readonly target: Matcher
  readonly equal: readonly string[]
}

export function checkInhibition(at: string, rule: InhibitionRule): CheckedInhibition {
  const { source, target, equal = [] } = checkObject(at, rule)
  return {
    source: new Matcher(`${at}.source`, source),
    target: new Matcher(`${at}.target`, target),
    equal: checkLabelNames(`${at}.equal`, equal),
  }
}

/** A copy of up to 16 names of labels. */
export function checkLabelNames(at: string, names: readonly string[]): readonly string[] {
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string' && name !== ''))
    throw new TypeError(`${at} must be an array of label names`)
  if (names.length > 16) throw new RangeError(`${at} must have at most 16 label names, got ${names.length}`)
  return [...names] as string[]
}

interface Firing {
  /** Sources that aren't targets of the same rule. */
  readonly pure: Set<Series>
  readonly both: Set<Series>
}

/** Which alerts fire that hold others back. O(rules) for each alert, however many fire. */
export class Inhibitions {
  /** Changes whenever an alert may be inhibited that was not, or the other way round. */
  version = 0
  readonly #rules: readonly (CheckedInhibition & { readonly firing: Map<string, Firing> })[]

  constructor(rules: readonly CheckedInhibition[]) {
    this.#rules = rules.map((rule) => ({ ...rule, firing: new Map() }))
  }

  /** `series` fires from now on. */
  begin(series: Series): void {
    for (const { source, target, equal, firing } of this.#rules) {
      if (!source.matches(series)) continue
      const key = keyOf(equal, series)
      let sources = firing.get(key)
      if (!sources) firing.set(key, (sources = { pure: new Set(), both: new Set() }))
      sources[target.matches(series) ? 'both' : 'pure'].add(series)
      this.version++
    }
  }

  /** `series` does not fire any more. */
  end(series: Series): void {
    for (const { equal, firing } of this.#rules) {
      const key = keyOf(equal, series)
      const sources = firing.get(key)
      if (!sources || !(sources.pure.delete(series) || sources.both.delete(series))) continue
      if (sources.pure.size + sources.both.size === 0) firing.delete(key)
      this.version++
    }
  }

  /** The alert that holds `series` back, if one does. */
  find(series: Series): Series | undefined {
    for (const { source, target, equal, firing } of this.#rules) {
      if (!target.matches(series)) continue
      const sources = firing.get(keyOf(equal, series))
      if (!sources) continue
      const [first] = sources.pure
      if (first) return first
      const [both] = sources.both
      if (both && !source.matches(series)) return both
    }
    return undefined
  }
}

function keyOf(equal: readonly string[], series: Series): string {
  return JSON.stringify(equal.map((name) => labelOf(series, name)))
}
