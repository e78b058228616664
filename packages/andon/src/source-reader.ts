import type { SourceErrorEvent } from './events.ts'
import type { CheckedRule } from './rule.ts'

/** Calls the sources of rules, which are a user's code: whatever they do ends here. */
export class SourceReader {
  /** How often a source threw or gave something that is not a number. */
  errors = 0
  readonly #failing = new Set<CheckedRule>()
  readonly #report: (event: SourceErrorEvent) => void

  constructor(report: (event: SourceErrorEvent) => void) {
    this.#report = report
  }

  /** The value, or `undefined` when there is none. */
  read(rule: CheckedRule): number | undefined {
    try {
      const value = rule.source?.()
      if (typeof value === 'number') {
        if (this.#failing.size > 0) this.#failing.delete(rule)
        return Number.isNaN(value) ? undefined : value
      }
      if (value === undefined || value === null) {
        this.#failing.delete(rule)
        return undefined
      }
      // A rejection nobody waits for would end the process.
      if (value instanceof Promise) value.catch(() => {})
      throw new TypeError(`source of "${rule.name}" must return a number, undefined or null, got ${typeof value}`)
    } catch (error) {
      this.errors++
      if (!this.#failing.has(rule)) {
        this.#failing.add(rule)
        this.#report({ rule: rule.name, error })
      }
      return undefined
    }
  }
}
