import { type Clock, SafeEmitter, type Timer, type Timers } from '@tps/internal'
import { AlertMachine } from './alert-machine.ts'
import { type Alert, alertOf, byUrgency } from './alert.ts'
import { Desk } from './desk.ts'
import type { AlertEmitterSnapshot } from './emitter-snapshot.ts'
import { readEmitter } from './emitter-snapshot.ts'
import type { AlertEvents } from './events.ts'
import type { Matchers } from './matchers.ts'
import { type AlertEmitterOptions, type StartOptions, checkOptions, checkStart } from './options.ts'
import { restoreEmitter } from './restoring.ts'
import type { EventCounts } from './rule-burn-rate.ts'
import { checkSaved } from './saved-check.ts'
import { type SavedAlertEmitter, saveEmitter } from './saved.ts'
import { type SeriesKey, SeriesBook } from './series-book.ts'
import { type Silence, type SilenceOptions, checkText } from './silences.ts'
import { SourceReader } from './source-reader.ts'
import { Telling } from './telling.ts'
import { readWall } from './wall.ts'

/** Who acknowledges. */
export interface AcknowledgeOptions {
  /** At most 256 characters. */
  readonly by: string
  /** At most 1000 characters. Default empty. */
  readonly comment?: string | undefined
}

/**
 * Watches values against rules and tells when trouble lasts and when it is over.
 *
 * Each rule and label set is `inactive`, `pending` (trouble, but not for `forMs` yet) or `firing`. What has fired
 * always resolves, exactly once; what has not fired never does. A channel that was told of a firing gets its resolve,
 * whatever was silenced, inhibited, acknowledged or restarted meanwhile. Values come from a rule's `source` at each
 * `evaluate()`, or from `observe()`. Time passes at `evaluate()`: groups, repeats, escalations and the ends of silences
 * fall due there. It owns no timer until `start()`.
 */
export class AlertEmitter {
  readonly name: string
  readonly #machine: AlertMachine
  readonly #desk: Desk
  readonly #events: SafeEmitter<AlertEvents>
  readonly #telling: Telling
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #wallNow: () => number
  #timer: Timer | undefined
  #isEvaluating = false
  #isClosed = false
  #evaluations = 0
  #observations = 0

  /** @throws {TypeError | RangeError} when an option is wrong, with its name, the allowed range and the value. */
  constructor(options: AlertEmitterOptions) {
    const checked = checkOptions(options)
    this.name = checked.name
    this.#clock = checked.clock
    this.#timers = checked.timers
    this.#wallNow = checked.wallNow
    this.#events = new SafeEmitter(checked.onListenerError)
    this.#telling = new Telling(this.#events)
    this.#desk = new Desk(checked, this.#events, this.#telling)
    this.#machine = new AlertMachine(
      new SeriesBook(checked.rules, checked.maxSeries, this.#clock.now()),
      new SourceReader((event) => this.#telling.sourceError(event)),
      this.#clock,
      (change) => this.#desk.changed(change),
    )
  }

  /**
   * An emitter that goes on where `saved`, from `toJSON`, left off. Nothing is told before its first `observe()`,
   * `evaluate()` or `flush()`; then what was owed to channels is sent, again where the answer isn't known, with the same
   * `id`, and what channels take for firing although it does not fire any more, or its rule is gone, resolves. The
   * saved name holds unless `options` has one. Readings of rates and burn rates begin anew.
   * @throws {TypeError | RangeError} that names the option, or the part of `saved`, which is wrong.
   */
  static restore(saved: SavedAlertEmitter, options: AlertEmitterOptions): AlertEmitter {
    const checked = checkSaved(saved)
    const emitter = new AlertEmitter({ ...options, name: options.name ?? checked.name })
    const wallMs = readWall(emitter.#wallNow)
    restoreEmitter(checked, emitter.#machine, emitter.#desk, emitter.#telling, emitter.#clock.now(), wallMs)
    return emitter
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
  observe(series: string | SeriesKey, value: number | EventCounts | null | undefined): void {
    const place = this.#machine.book.find(series)
    if (this.#isClosed) return
    this.#machine.observe(place, value)
    this.#observations++
    this.#tell()
  }

  /**
   * Reads every source once, moves every alert to now, and does what time has brought. Events go out after the last
   * rule, in the order of the rules. O(rules + series with a state). A call from inside a source does nothing.
   */
  evaluate(): void {
    if (this.#isEvaluating || this.#isClosed) return
    const nowMs = this.#clock.now()
    this.#isEvaluating = true
    this.#evaluations++
    this.#machine.evaluate(nowMs)
    this.#isEvaluating = false
    this.#pass(nowMs)
  }

  /**
   * Forgets an observed series whose subject is gone: what fires resolves, what is pending goes away.
   * @throws {RangeError} when there is no such rule, or when it has a source.
   */
  forget(series: string | SeriesKey): void {
    const found = this.#machine.book.find(series).series
    if (!found || this.#isClosed) return
    this.#machine.forget(found, this.#clock.now())
    this.#tell()
  }

  /**
   * Keeps alerts from being told, those that fire already included: no firing, repeat or escalation of them reaches a
   * channel until it ends. What a channel was told before still gets its resolve. Events go out as ever.
   * @throws {TypeError | RangeError} when an option is wrong. @throws {SilencesFullError} at `maxSilences`.
   */
  silence(options: SilenceOptions): Silence {
    const nowMs = this.#clock.now()
    const silence = this.#desk.silences.add(this.name, options, nowMs, readWall(this.#wallNow))
    this.#pass(nowMs)
    return silence
  }

  /** Ends a silence before its time. Returns whether there was one of that id. */
  expireSilence(id: string): boolean {
    const ended = this.#desk.silences.end(id)
    if (!ended) return false
    this.#telling.later(() => this.#events.emit('silenceEnded', ended))
    this.#pass(this.#clock.now())
    return true
  }

  /** The silences in force, oldest first. */
  silences(): Silence[] {
    return this.#desk.silences.list(this.#clock.now())
  }

  /**
   * Says that somebody is on it: no repeats and no further steps of the escalation for this firing, until it has
   * resolved. `target` is a fingerprint or matchers. Returns the alerts that it has acknowledged: those that fire and
   * weren't acknowledged before.
   * @throws {TypeError | RangeError} when an argument is wrong.
   */
  acknowledge(target: string | Matchers, { by, comment = '' }: AcknowledgeOptions): Alert[] {
    checkText('by', by, 1, 256)
    checkText('comment', comment, 0, 1000)
    const acknowledged = this.#desk.acknowledge(target, by, comment, this.#clock.now())
    this.#tell()
    return acknowledged
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
    return Array.from(this.#machine.active, (series) => {
      const { state } = series
      if (state.kind !== 'firing') return alertOf(series, state, 'pending', nowMs)
      return alertOf(series, state, 'firing', nowMs, this.#desk.incidents.get(series.fingerprint)?.notes)
    }).toSorted(byUrgency)
  }

  /** The alerts that have fired and resolved, latest first, at most `historySize`. */
  history(): Alert[] {
    return this.#desk.history.latestFirst()
  }

  /** The present readings. O(active alerts + channels). */
  snapshot(): AlertEmitterSnapshot {
    return readEmitter(this.#machine, this.#desk, {
      name: this.name,
      evaluations: this.#evaluations,
      observations: this.#observations,
      isRunning: this.#timer !== undefined,
      nowMs: this.#clock.now(),
    })
  }

  /** What `restore` needs to go on in another process: plain JSON. It may be asked for after `close()`. */
  toJSON(): SavedAlertEmitter {
    return saveEmitter(this.name, this.#machine, this.#desk, this.#clock.now(), readWall(this.#wallNow))
  }

  /**
   * Tells what groups collect without further waiting, and resolves once every channel has answered for everything it
   * was given. A channel that never answers delays it.
   */
  async flush(): Promise<void> {
    this.#telling.later(() => {
      for (const delivery of this.#desk.deliveries) delivery.flush(this.#clock.now(), true)
    })
    this.#tell()
    // When a listener calls it, what is being told at the moment comes first.
    await Promise.resolve()
    await Promise.all(this.#desk.deliveries.map(async ({ outbox }) => outbox.idle()))
  }

  /**
   * Ends it for good: no more evaluations, `signal` of what is being sent aborts, what waits to be sent is dropped.
   * Alerts are not resolved by it. To let channels finish first, `await flush()` before.
   */
  close(): void {
    this.stop()
    if (this.#isClosed) return
    this.#isClosed = true
    for (const delivery of this.#desk.deliveries) delivery.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #pass(nowMs: number): void {
    if (!this.#isClosed) this.#telling.later(() => this.#desk.pass(nowMs))
    this.#tell()
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
