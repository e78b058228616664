import type { Alert } from '@tps/andon'
import { type Clock, PercentileTracker } from '@tps/kaizen'
import { alertAnswerOf } from './alert-answer.ts'
import { AlertHistory } from './alert-history.ts'
import { idOf, keyOf } from './alert-id.ts'
import type { AlertDetail } from './alert-log.ts'
import type { AlertAnswer, AlertEventAnswer, AlertStateName } from './answers.ts'
import { shown } from './answers.ts'
import { alertKeyOf } from './labels.ts'
import { type Rule, expressionOf } from './rule.ts'
import type { RuleSeries } from './rule-series.ts'

const DELAY_WINDOW_MS = 600_000

export interface AlertBookOptions {
  readonly ruleOf: (name: string) => Rule | undefined
  /** Called after each change. */
  readonly onChange: () => void
  readonly clock: Clock
  /** ms since 1970. */
  readonly wallNow: () => number
}

/** What is written down of alerts: which series each belongs to, what has happened, and how long telling of it took. */
export class AlertBook {
  readonly #options: AlertBookOptions
  readonly #history = new AlertHistory()
  readonly #delay: PercentileTracker
  /** What has an alert, by the alert. */
  readonly #byAlert = new Map<string, RuleSeries>()
  /** Fingerprints of alerts that were held back: how long they took says nothing. */
  readonly #held = new Set<string>()

  constructor(options: AlertBookOptions) {
    this.#options = options
    this.#delay = new PercentileTracker({ name: 'alert delay', windowMs: DELAY_WINDOW_MS, clock: options.clock })
  }

  /** The series may have an alert from now on. */
  open(series: RuleSeries): void {
    this.#byAlert.set(keyOfSeries(series), series)
  }

  /** It has none. */
  close(series: RuleSeries): void {
    this.#byAlert.delete(keyOfSeries(series))
  }

  /** An alert was silenced or inhibited. */
  hold({ fingerprint }: Alert): void {
    this.#held.add(fingerprint)
  }

  changed(alert: Alert, to: AlertStateName): void {
    const key = keyOf(alert)
    const series = this.#byAlert.get(key)
    const { state: from = to === 'ok' ? 'firing' : 'ok' } = series ?? {}
    if (series) series.state = to
    if (to === 'ok') {
      this.#byAlert.delete(key)
      this.#held.delete(alert.fingerprint)
    }
    this.#note(key, alert, from, to, alert.value)
  }

  /** The rule of the series is not what it was: what it had ends here. */
  end(series: RuleSeries): void {
    const { rule, labels, state } = series
    if (state === 'ok') return
    series.state = 'ok'
    this.close(series)
    const { name, labels: own } = rule.rule
    this.#note(keyOfSeries(series), { rule: name, labels: { ...own, ...labels } }, state, 'ok', null)
  }

  /** A channel has got the alert. */
  told({ rule, activeSince, fingerprint }: Alert): void {
    if (this.#held.has(fingerprint)) return
    const { forMs = 0 } = this.#options.ruleOf(rule) ?? {}
    this.#delay.record(Math.max(0, this.#options.wallNow() - Date.parse(activeSince) - forMs))
  }

  /** What the log line of an alert says beside its value. */
  detailOf(alert: Alert): AlertDetail | undefined {
    const rule = this.#options.ruleOf(alert.rule)
    if (!rule) return undefined
    const { metric, threshold } = rule
    const samples = this.#byAlert.get(keyOf(alert))?.window.samples ?? 0
    return { metric, condition: expressionOf(rule), threshold, samples }
  }

  answerOf(alert: Alert, all: readonly Alert[] = []): AlertAnswer {
    return alertAnswerOf(alert, {
      rule: this.#options.ruleOf(alert.rule),
      series: this.#byAlert.get(keyOf(alert)),
      all,
    })
  }

  /** The last events, the newest first. */
  latest(limit: number): readonly AlertEventAnswer[] {
    return this.#history.latest(limit)
  }

  /** Goes on with the events that another process has left. */
  restore(events: readonly AlertEventAnswer[]): void {
    this.#history.restore(events, new Set(Array.from(this.#byAlert.keys(), idOf)), this.#options.wallNow())
  }

  /** From sample to notification, p99 in ms; `null` where there was none. */
  get delayMs(): number | null {
    return this.#delay.snapshot().p99 ?? null
  }

  #note(
    key: string,
    { rule, labels }: Pick<Alert, 'rule' | 'labels'>,
    from: AlertStateName,
    to: AlertStateName,
    value: number | null,
  ): void {
    const at = this.#options.wallNow()
    this.#history.add({ at, id: idOf(key), rule, from, to, value: shown(value), labels })
    this.#options.onChange()
  }
}

function keyOfSeries({ rule, labels }: RuleSeries): string {
  const { name, labels: own } = rule.rule
  return alertKeyOf(name, { ...own, ...labels })
}
