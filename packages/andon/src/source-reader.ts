import type { SourceErrorEvent } from './events.ts'
import { type CheckedVerdict, type EvaluateContext, checkVerdict } from './rule-custom.ts'
import { checkReading } from './rule-reading.ts'
import type { Reading, Series } from './series.ts'

/** Calls the sources and the `evaluate`s of rules, which are a user's code: whatever they do ends here. */
export class SourceReader {
  /** How often one threw or gave something that it must not. */
  errors = 0
  readonly #report: (event: SourceErrorEvent) => void

  constructor(report: (event: SourceErrorEvent) => void) {
    this.#report = report
  }

  /** The value of a rule with a source, or `undefined` when there is none. */
  read(series: Series): Reading {
    const { rule } = series
    try {
      const value = rule.source?.()
      if (typeof value === 'number' && rule.kind !== 'burnRate') {
        // A rule with an `evaluate` works only when that does, too.
        if (rule.kind !== 'evaluate') series.isFailing = false
        return Number.isNaN(value) ? undefined : value
      }
      swallow(value)
      const reading = checkReading(rule, value, 'source')
      if (rule.kind !== 'evaluate') series.isFailing = false
      return reading
    } catch (error) {
      this.#failed(series, error)
      return undefined
    }
  }

  /** What the rule's `evaluate` says, or `undefined` when it doesn't say anything. */
  judge(series: Series, value: number | undefined, nowMs: number): CheckedVerdict | undefined {
    const { rule, labels, inner } = series
    const context: EvaluateContext = { rule: rule.name, labels, value, state: inner.kind, nowMs }
    try {
      const answer = rule.evaluate?.(context as never)
      swallow(answer)
      const verdict = checkVerdict(rule.name, answer)
      series.isFailing = false
      return verdict
    } catch (error) {
      this.#failed(series, error)
      return undefined
    }
  }

  #failed(series: Series, error: unknown): void {
    this.errors++
    if (series.isFailing) return
    series.isFailing = true
    this.#report({ rule: series.rule.name, error })
  }
}

/** A rejection nobody waits for would end the process. */
function swallow(value: unknown): void {
  if (value instanceof Promise) value.catch(() => {})
}
