import { type ListenerErrorHandler, type Observable, SafeEmitter, checkNumber } from '@tps/internal'
import { type BurnRateAlert, type SloAlertRule, showDuration } from './slo-alerts.ts'
import { SloCounts } from './slo-counts.ts'
import { type SloOptions, checkSlo } from './slo-options.ts'
import { burnRateOf, calendarOutlook, overspent, remainingOf, rollingOutlook } from './slo-outlook.ts'
import type { SloPeriod } from './slo-period.ts'
import type { Counts } from './slo-ring.ts'
import { type SavedSlo, checkSaved } from './slo-saved.ts'
import type { BurnRateReading, SloEvents, SloSnapshot, SloState } from './slo-snapshot.ts'
import { finiteOrNull } from './snapshot.ts'
import { wilsonLower } from './wilson.ts'

/**
 * A service level objective: which share of events must be good over a period, how much of the error budget is left, how
 * fast it burns, and when to tell. Source of the method: The Site Reliability Workbook (2018), chapter 5.
 *
 * Counts are kept in slots of three lengths, 20 KB in all; a window is the present slot and the whole ones before it, so
 * it covers up to one slot less than asked for: 5 % of the shortest default window, at most. Recording is O(1) and
 * allocates nothing. It owns no timer: what is too old leaves when it is next used.
 */
export class Slo implements Observable<SloEvents> {
  readonly name: string
  readonly target: number
  /** The greatest value that is good; `undefined` where there is none. */
  readonly threshold: number | undefined
  readonly period: SloPeriod
  /** Length of the period in ms; of a calendar unit at 30 days to the month. */
  readonly periodMs: number
  readonly minEvents: number
  readonly alerts: readonly BurnRateAlert[]
  readonly #z: number
  readonly #counts: SloCounts
  readonly #onListenerError: ListenerErrorHandler
  #invalid = 0
  #emitter: SafeEmitter<SloEvents> | undefined
  #toldState: SloState = 'insufficient-data'

  /** @throws TypeError or RangeError when an option is not what it must be, also for an alert that could never fire. */
  constructor(options: SloOptions) {
    const checked = checkSlo(options)
    const { unit, nominalMs } = checked.period
    this.name = checked.name
    this.target = checked.target
    this.threshold = checked.threshold
    this.period = unit === undefined ? { kind: 'rolling', ms: nominalMs } : { kind: 'calendar', unit }
    this.periodMs = nominalMs
    this.minEvents = checked.minEvents
    this.alerts = checked.alerts
    this.#z = checked.z
    this.#onListenerError = checked.onListenerError
    this.#counts = new SloCounts(checked)
  }

  /**
   * Counts one event as good or bad. Never throws. `now` is the moment it belongs to, as read from the clock; without it
   * the clock is read. A `now` of an earlier slice counts in the present one.
   */
  record(isGood: boolean, now?: number): void {
    if (this.#counts.add(1, isGood ? 0 : 1, now)) this.#tellState()
  }

  /**
   * Counts one value: good when it is at most `threshold`, bad when it is above. NaN, negative values and what is no
   * number are counted as invalid. A call that failed is bad however quick it was: `record(false)`.
   * @throws TypeError when no `threshold` was given.
   */
  recordValue(value: number, now?: number): void {
    if (this.threshold === undefined) throw new TypeError('recordValue() needs the option "threshold"')
    if (typeof value === 'number' && value >= 0) this.record(value <= this.threshold, now)
    else this.#refuse(value)
  }

  /** Counts many events at once, as from a counter that is read now and then. Numbers that can't be are invalid. */
  add(good: number, total: number, now?: number): void {
    if (!(Number.isSafeInteger(good) && Number.isSafeInteger(total) && good >= 0 && good <= total)) {
      this.#refuse({ good, total })
      return
    }
    if (this.#counts.add(total, total - good, now)) this.#tellState()
  }

  /** `insufficient-data` below `minEvents` in the period; `exhausted` when no budget is left; else `ok`. */
  get state(): SloState {
    return this.#stateOf(this.#counts.period(this.#counts.present()))
  }

  /**
   * The share of the period's error budget that is left, of as many events as there were: 1 when nothing failed, 0 when
   * as many failed as were allowed, below 0 when more did. 1 without events. O(744).
   */
  get budgetRemaining(): number {
    return remainingOf(this.#counts.period(this.#counts.present()), this.target)
  }

  /**
   * How many times faster than allowed the budget burns: the share of failures in the last `windowMs`, over the share
   * that the target leaves. At 1 it lasts exactly a period. NaN when the window has no events.
   * @throws RangeError when `windowMs` is not above 0 and at most the period.
   */
  burnRate(windowMs: number): number {
    checkNumber('windowMs', windowMs, { above: 0, max: this.periodMs })
    return burnRateOf(this.#counts.window(windowMs, this.#counts.present()), this.target)
  }

  /**
   * When the budget will be used up if events go on as they did in the last `windowMs`, in ms since 1970; now when it is;
   * `undefined` when it won't be, or while there is not enough data. Of a rolling period, what leaves is taken into
   * account. Default window 1/120 of the period: 6 h of 30 days.
   * @throws RangeError when `windowMs` is not above 0 and at most the period.
   */
  exhaustsAt(windowMs: number = this.periodMs / 120): number | undefined {
    checkNumber('windowMs', windowMs, { above: 0, max: this.periodMs })
    const now = this.#counts.present()
    const present = this.#counts.period(now)
    if (present.total < this.minEvents) return undefined
    const recent = this.#counts.window(windowMs, now)
    const renewsMs = this.#counts.renewsAt(now)
    const wallMs = this.#counts.wallAt(now)
    const ms =
      renewsMs === undefined
        ? rollingOutlook(present, recent, this.target, this.#counts.leaving(now))
        : calendarOutlook(present, recent, this.target, renewsMs - wallMs)
    return ms === undefined ? undefined : wallMs + ms
  }

  /**
   * The alerts as rules for `new AlertEmitter({ rules })` of `@tps/andon`, or for anything else that takes
   * `{ name, severity, threshold: { above }, forMs, source }`.
   */
  alertRules(): SloAlertRule[] {
    return this.alerts.map((alert) => {
      const [long, short] = [showDuration(alert.longMs), showDuration(alert.shortMs)]
      return {
        name: `${this.name} budget burn ${alert.factor} over ${long}`,
        severity: alert.severity,
        summary: `${this.name} burns its error budget more than ${alert.factor} times too fast`,
        description:
          `Over the last ${long} and the last ${short} more than ${alert.factor} times as many events failed as a ` +
          `target of ${this.target} allows.`,
        threshold: { above: alert.factor },
        forMs: 0,
        source: () => this.#alertValue(alert, this.#counts.present()),
      }
    })
  }

  /** What has been counted, as plain JSON. Store it now and then: a restart forgets the whole period. At most 1272 entries. */
  save(): SavedSlo {
    return { version: 1, invalid: this.#invalid, ...this.#counts.save() }
  }

  /**
   * Adds what `save()` gave to what has been counted since. By the wall clock: what is older than the period is left out,
   * and what lies in the future, because the clock was put back, counts as now. All or nothing.
   * @throws TypeError or RangeError when it is not what `save()` of an SLO with as long a period gives.
   */
  restore(saved: SavedSlo): void {
    const { tiers, invalid } = checkSaved(saved, this.#counts.baseMs)
    this.#counts.restore(tiers)
    this.#invalid += invalid
  }

  /** The present readings as plain JSON. About 4000 additions. */
  snapshot(): SloSnapshot {
    const now = this.#counts.present()
    const counts = this.#counts.period(now)
    const [exhaustsAt, renewsAt] = [this.exhaustsAt(), this.#counts.renewsAt(now)]
    const { total, bad } = counts
    return {
      name: this.name,
      target: this.target,
      threshold: this.threshold ?? null,
      period: { ...this.period },
      state: this.#stateOf(counts),
      total,
      bad,
      invalid: this.#invalid,
      goodRatio: finiteOrNull((total - bad) / total),
      budgetRemaining: remainingOf(counts, this.target),
      exhaustsAt: exhaustsAt === undefined ? null : iso(exhaustsAt),
      renewsAt: renewsAt === undefined ? null : iso(renewsAt),
      alerts: this.alerts.map((alert) => this.#reading(alert, now)),
    }
  }

  on<E extends keyof SloEvents>(event: E, listener: (...args: SloEvents[E]) => void): () => void {
    if (this.#emitter === undefined) {
      this.#emitter = new SafeEmitter(this.#onListenerError)
      this.#toldState = this.state
    }
    return this.#emitter.on(event, listener)
  }

  #refuse(value: unknown): void {
    this.#invalid++
    if (this.#emitter?.has('invalid')) this.#emitter.emit('invalid', { value })
  }

  /** Called when a slice has ended. */
  #tellState(): void {
    if (!this.#emitter?.has('state')) return
    const counts = this.#counts.period(this.#counts.present())
    const [from, to] = [this.#toldState, this.#stateOf(counts)]
    this.#toldState = to
    if (from !== to) this.#emitter.emit('state', { from, to, budgetRemaining: remainingOf(counts, this.target) })
  }

  #stateOf({ total, bad }: Readonly<Counts>): SloState {
    if (total < this.minEvents) return 'insufficient-data'
    return overspent({ total, bad }, this.target) >= 0 ? 'exhausted' : 'ok'
  }

  #alertValue({ longMs, shortMs }: BurnRateAlert, now: number): number | undefined {
    const long = this.#counts.window(longMs, now)
    if (long.total < this.minEvents) return undefined
    const short = this.#counts.window(shortMs, now)
    // An empty short window says that the trouble is over.
    if (short.total === 0) return 0
    const sure = wilsonLower(long.bad, long.total, this.#z) / (1 - this.target)
    return Math.min(sure, burnRateOf(short, this.target))
  }

  #reading(alert: BurnRateAlert, now: number): BurnRateReading {
    const value = this.#alertValue(alert, now)
    return {
      ...alert,
      longBurnRate: finiteOrNull(burnRateOf(this.#counts.window(alert.longMs, now), this.target)),
      shortBurnRate: finiteOrNull(burnRateOf(this.#counts.window(alert.shortMs, now), this.target)),
      isBurning: value === undefined ? null : value > alert.factor,
    }
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
