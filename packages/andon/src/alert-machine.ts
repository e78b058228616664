import type { Clock } from '@tps/internal'
import { type AlertState, INACTIVE, nextState } from './alert-state.ts'
import { conditionOf, judge } from './judge.ts'
import type { CheckedRule } from './rule-check.ts'
import type { Condition } from './rule.ts'
import { checkReading } from './rule-reading.ts'
import type { Place, SeriesBook } from './series-book.ts'
import type { Reading, Series } from './series.ts'
import type { SourceReader } from './source-reader.ts'

/** An alert that has gone from one state to another; the new one is in its series already. */
export interface Change {
  readonly series: Series
  readonly before: AlertState
  readonly after: AlertState
  /** Whether it begins, or ceases, to be held as firing. */
  readonly flap: 'begins' | 'ends' | undefined
  readonly nowMs: number
}

/** Takes values and moves alerts: the states of every series, without anything told. */
export class AlertMachine {
  readonly book: SeriesBook
  readonly reader: SourceReader
  /** What is pending or firing. */
  readonly active: Set<Series> = new Set()
  droppedObservations = 0
  readonly #clock: Clock
  readonly #changed: (change: Change) => void

  constructor(book: SeriesBook, reader: SourceReader, clock: Clock, changed: (change: Change) => void) {
    this.book = book
    this.reader = reader
    this.#clock = clock
    this.#changed = changed
  }

  /** @throws {TypeError | RangeError} when `value` is not what the rule takes. */
  observe(place: Place, value: unknown): void {
    const { rule } = place
    const reading = checkReading(rule, value, 'value')
    if (place.key !== '' && !rule.expect) this.#dismissImplied(rule)
    // What is well and was never in trouble needs no state, unless it has to be remembered.
    if (!place.series && rule.kind === 'threshold' && !isWorthKeeping(rule, reading)) return
    const series = place.series ?? this.book.add(place)
    if (!series) {
      this.droppedObservations++
      return
    }
    // Read no sooner: it costs more than all of the above.
    const nowMs = this.#clock.now()
    series.isImplied = false
    if (rule.kind !== 'absence') series.observedMs = nowMs
    series.reading = reading
    // Its own `evaluate` observes it: that is judged next time.
    if (!series.isJudged) this.#step(series, reading, true, nowMs)
  }

  evaluate(nowMs: number): void {
    for (const { rule, own, observed } of this.book.pages) {
      if (own) this.#step(own, this.reader.read(own), true, nowMs)
      else
        for (const series of observed.values())
          this.#step(series, nowMs - series.observedMs > rule.staleMs ? undefined : series.reading, false, nowMs)
    }
  }

  forget(series: Series, nowMs: number): void {
    const flap = series.flap?.isHeld ? 'ends' : undefined
    series.flap = undefined
    series.isForgotten = true
    this.#show(series, INACTIVE, flap, nowMs)
    this.book.remove(series)
  }

  #judge(series: Series, reading: Reading, isNew: boolean, nowMs: number): Condition {
    if (!series.rule.evaluate) return judge(series, reading, isNew, nowMs, this.reader)
    if (series.isJudged) return 'unknown'
    series.isJudged = true
    const condition = judge(series, reading, isNew, nowMs, this.reader)
    series.isJudged = false
    return condition
  }

  #dismissImplied(rule: CheckedRule): void {
    const implied = this.book.implied(rule)
    if (implied) this.forget(implied, this.#clock.now())
  }

  #step(series: Series, reading: Reading, isNew: boolean, nowMs: number): void {
    const { rule } = series
    const condition = this.#judge(series, reading, isNew, nowMs)
    if (series.isForgotten) return
    const before = series.inner
    const after = nextState(before, condition, nowMs, rule)
    if (after !== before || series.flap) {
      const wasHeld = series.flap?.isHeld ?? false
      const shown = series.shownAfter(after, nowMs)
      const isHeld = series.flap?.isHeld ?? false
      this.#show(series, shown, wasHeld === isHeld ? undefined : isHeld ? 'begins' : 'ends', nowMs)
    }
    if (!rule.source && series.state === INACTIVE && !series.isImplied && series.isIdle(nowMs)) this.book.remove(series)
  }

  #show(series: Series, after: AlertState, flap: Change['flap'], nowMs: number): void {
    const before = series.state
    if (after === before && !flap) return
    series.state = after
    if (before.kind === after.kind && !flap) return
    if (after.kind === 'inactive') this.active.delete(series)
    else this.active.add(series)
    this.#changed({ series, before, after, flap, nowMs })
  }
}

function isWorthKeeping(rule: CheckedRule, reading: Reading): boolean {
  return rule.whenNoData === 'breach' || conditionOf(rule, reading as number | undefined) === 'breach'
}
