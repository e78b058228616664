import { type Clock, SafeEmitter, type Timer, type Timers } from '@tps/internal'
import { type AlertState, INACTIVE, nextState } from './alert-state.ts'
import { type Alert, alertOf, byUrgency } from './alert.ts'
import type { AlertEvents } from './events.ts'
import { History } from './history.ts'
import { type AlertEmitterOptions, type StartOptions, checkOptions, checkStart } from './options.ts'
import type { ChannelSnapshot, Outbox } from './outbox.ts'
import { type Severity, conditionOf } from './rule.ts'
import { type SeriesKey, SeriesBook } from './series-book.ts'
import type { Series } from './series.ts'
import { SourceReader } from './source-reader.ts'
import { Telling } from './telling.ts'
import { readWall } from './wall.ts'

/** The present readings of an `AlertEmitter`. */
export interface AlertEmitterSnapshot {
  readonly name: string
  /** How many rules it has. */
  readonly rules: number
  /** How many observed series have a state. */
  readonly series: number
  /** How many alerts are pending. */
  readonly pending: number
  /** How many alerts fire. */
  readonly firing: number
  /** The worst severity that fires; `null` when nothing does. */
  readonly worst: Severity | null
  /** How many alerts `history()` holds. */
  readonly history: number
  /** How often `evaluate()` ran. */
  readonly evaluations: number
  /** How many values were observed, dropped ones included. */
  readonly observations: number
  /** Observations dropped because of `maxSeries`. */
  readonly droppedObservations: number
  /** How often a source threw or gave something that is not a number. */
  readonly sourceErrors: number
  /** Whether `start()` is in force. */
  readonly isRunning: boolean
  readonly channels: readonly ChannelSnapshot[]
}

/**
 * Watches values against rules and tells when trouble lasts and when it is over.
 *
 * Each rule and label set is `inactive`, `pending` (trouble, but not for `forMs` yet) or `firing`. What has fired
 * always resolves, exactly once; what has not fired never does. Values come from a rule's `source` at each
 * `evaluate()`, or from `observe()`. It owns no timer until `start()`.
 */
export class AlertEmitter {
  readonly name: string
  readonly #book: SeriesBook
  readonly #sources: SourceReader
  readonly #active = new Set<Series>()
  readonly #history: History
  readonly #events: SafeEmitter<AlertEvents>
  readonly #outboxes: readonly Outbox[]
  readonly #telling: Telling
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #wallNow: () => number
  #timer: Timer | undefined
  #isEvaluating = false
  #isClosed = false
  #evaluations = 0
  #observations = 0
  #droppedObservations = 0

  /** @throws {TypeError | RangeError} when an option is wrong, with its name, the allowed range and the value. */
  constructor(options: AlertEmitterOptions) {
    const checked = checkOptions(options)
    this.name = checked.name
    this.#book = new SeriesBook(checked.rules, checked.maxSeries)
    this.#history = new History(checked.historySize)
    this.#events = new SafeEmitter(checked.onListenerError)
    this.#telling = new Telling(this.#events, checked.channels, checked.channelCapacity)
    this.#outboxes = this.#telling.outboxes
    this.#sources = new SourceReader((event) => this.#telling.sourceError(event))
    this.#clock = checked.clock
    this.#timers = checked.timers
    this.#wallNow = checked.wallNow
  }

  /** Adds a listener and returns what takes it away again. */
  on<E extends keyof AlertEvents>(event: E, listener: (...args: AlertEvents[E]) => void): () => void {
    return this.#events.on(event, listener)
  }

  /**
   * Takes a value of a rule without a source and moves its alert at once. `undefined`, `null` and NaN are no data.
   * The value stands until the next one: `evaluate()` lets a pending alert of it fire.
   * When `maxSeries` alerts have a state, a value that would begin one more is dropped and counted.
   * @throws {RangeError} when there is no such rule, when it has a source, or when a label is out of bounds.
   */
  observe(series: string | SeriesKey, value: number | null | undefined): void {
    if (value !== null && value !== undefined && typeof value !== 'number')
      throw new TypeError(`value must be a number, null or undefined, got ${typeof value}`)
    const place = this.#book.find(series)
    if (this.#isClosed) return
    this.#observations++
    const reading = typeof value === 'number' && !Number.isNaN(value) ? value : undefined
    const found = place.series
    // What is well and was never in trouble needs no state, unless its absence would be trouble.
    if (!found && !(conditionOf(place.rule, reading) === 'breach' || place.rule.whenNoData === 'breach')) return
    const target = found ?? this.#book.add(place)
    if (!target) {
      this.#droppedObservations++
      return
    }
    const nowMs = this.#clock.now()
    target.observedMs = nowMs
    target.reading = reading
    this.#step(target, reading, nowMs)
    this.#tell()
  }

  /**
   * Reads every source once and moves every alert to now. Events go out after the last rule, in the order of the rules.
   * O(rules + series with a state). A call from inside a source does nothing.
   */
  evaluate(): void {
    if (this.#isEvaluating || this.#isClosed) return
    this.#isEvaluating = true
    this.#evaluations++
    const nowMs = this.#clock.now()
    for (const { rule, own, observed } of this.#book.pages) {
      if (own) this.#step(own, this.#sources.read(rule), nowMs)
      else
        for (const series of observed.values())
          this.#step(series, nowMs - series.observedMs > rule.staleMs ? undefined : series.reading, nowMs)
    }
    this.#isEvaluating = false
    this.#tell()
  }

  /**
   * Forgets an observed series whose subject is gone: what fires resolves, what is pending goes away.
   * @throws {RangeError} when there is no such rule, or when it has a source.
   */
  forget(series: string | SeriesKey): void {
    const found = this.#book.find(series).series
    if (!found || this.#isClosed) return
    this.#move(found, INACTIVE, this.#clock.now())
    this.#book.remove(found)
    this.#tell()
  }

  /** Evaluates every `everyMs` from now on. A second call replaces the interval. Does nothing once closed. */
  start(options: StartOptions = {}): void {
    const everyMs = checkStart(options)
    this.stop()
    if (!this.#isClosed) this.#schedule(this.#clock.now() + everyMs, everyMs)
  }

  /** Ends `start()`. Alerts stay as they are. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  /** The alerts that are firing or pending, most urgent first: firing, then red, then the longest. O(n log n). */
  alerts(): Alert[] {
    const nowMs = this.#clock.now()
    return Array.from(this.#active, (series) =>
      alertOf(series, series.state, series.state.kind === 'firing' ? 'firing' : 'pending', nowMs),
    ).toSorted(byUrgency)
  }

  /** The alerts that have fired and resolved, latest first, at most `historySize`. */
  history(): Alert[] {
    return this.#history.latestFirst()
  }

  /** The present readings. O(active alerts + channels). */
  snapshot(): AlertEmitterSnapshot {
    let firing = 0
    let worst: Severity | null = null
    for (const { state, rule } of this.#active) {
      if (state.kind !== 'firing') continue
      firing++
      if (worst !== 'red') worst = rule.severity
    }
    return {
      name: this.name,
      rules: this.#book.pages.length,
      series: this.#book.observed,
      pending: this.#active.size - firing,
      firing,
      worst,
      history: this.#history.size,
      evaluations: this.#evaluations,
      observations: this.#observations,
      droppedObservations: this.#droppedObservations,
      sourceErrors: this.#sources.errors,
      isRunning: this.#timer !== undefined,
      channels: this.#outboxes.map((outbox) => outbox.snapshot()),
    }
  }

  /** Resolves once every channel has answered for everything it was given. A channel that never answers delays it. */
  async flush(): Promise<void> {
    await Promise.all(this.#outboxes.map(async (outbox) => outbox.idle()))
  }

  /**
   * Ends it for good: no more evaluations, `signal` of what is being sent aborts, what waits to be sent is dropped.
   * Alerts are not resolved by it. To let channels finish first, `await flush()` before.
   */
  close(): void {
    this.stop()
    this.#isClosed = true
    for (const outbox of this.#outboxes) outbox.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #step(series: Series, reading: number | undefined, nowMs: number): void {
    const condition = conditionOf(series.rule, reading)
    if (reading !== undefined) series.value = reading
    else if (condition !== 'unknown') series.value = null
    const after = nextState(series.state, condition, nowMs, series.rule)
    if (after !== series.state) this.#move(series, after, nowMs)
    if (series.state === INACTIVE && !series.rule.source && series.rule.whenNoData !== 'breach')
      this.#book.remove(series)
  }

  /** Commits the new state; what is to be told waits in `#telling`. */
  #move(series: Series, after: AlertState, nowMs: number): void {
    const before = series.state
    series.state = after
    if (before.kind === after.kind) return
    if (before.kind === 'inactive') {
      this.#active.add(series)
      series.wallOffsetMs = readWall(this.#wallNow) - nowMs
    }
    if (after.kind !== 'inactive') {
      if (after.kind === 'firing' || this.#events.has('pending'))
        this.#telling.later(alertOf(series, after, after.kind, nowMs))
      return
    }
    this.#active.delete(series)
    const outcome = before.kind === 'firing' ? 'resolved' : 'inactive'
    if (outcome === 'inactive' && !this.#events.has('inactive')) return
    const alert = alertOf(series, before, outcome, nowMs)
    if (outcome === 'resolved') this.#history.add(alert)
    this.#telling.later(alert)
  }

  #tell(): void {
    if (!this.#isEvaluating) this.#telling.now()
  }

  #schedule(dueMs: number, everyMs: number): void {
    this.#timer = this.#timers.schedule(Math.max(0, dueMs - this.#clock.now()), () => {
      const nowMs = this.#clock.now()
      // Armed first, so that a listener may call stop(). Turns that were missed are not made up for.
      this.#schedule(dueMs + everyMs > nowMs ? dueMs + everyMs : nowMs + everyMs, everyMs)
      this.evaluate()
    })
  }
}
