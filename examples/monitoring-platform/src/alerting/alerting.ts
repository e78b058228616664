import {
  type Alert,
  AlertEmitter,
  type AlertEmitterOptions,
  type Channel,
  type Clock,
  type Silence,
  type SilenceOptions,
  type Timers,
} from '@tps/andon'
import type { Logger } from 'pino'
import { Rate } from '../rate.ts'
import type { SampleBatch } from '../sample.ts'
import type { SeriesTable } from '../series.ts'
import { AlertBook } from './alert-book.ts'
import { idOf, keyOf } from './alert-id.ts'
import { alertLog } from './alert-log.ts'
import { ruleForAndon } from './andon-rule.ts'
import type { AlertingSnapshot, AlertsAnswer, AlertAnswer, AlertHistoryAnswer } from './answers.ts'
import { CHANNEL_CAPACITY } from './channels.ts'
import { CountedChannel, type NotificationCounts } from './counted-channel.ts'
import { Evaluator } from './evaluator.ts'
import { type Duty, OnCallChannel } from './on-call-channel.ts'
import { handoverAfter } from './on-call.ts'
import type { Rule } from './rule.ts'
import type { RuleSeries, Verdict } from './rule-series.ts'
import type { RuleSet } from './rules-read.ts'
import type { SavedAlerts } from './saved-alerts.ts'
import type { WatchedRule } from './watched-rule.ts'

export interface AlertingOptions {
  readonly rules: RuleSet
  /** Beside the log, and whoever is on call. */
  readonly channels: readonly Channel[]
  readonly counts: NotificationCounts
  /** Says who is on call, and how they are reached. @throws when that can't be. */
  readonly dutyOf: (onCall: RuleSet['onCall']) => Duty | undefined
  readonly log: Logger
  readonly maxSeries: number
  /** What another process has left. Default: nothing. */
  readonly saved?: SavedAlerts | undefined
  /** Gets what is to be kept for another process, soon after each change and at the end, one at a time. Must not throw. Default: nobody. */
  readonly save?: ((saved: SavedAlerts) => void | Promise<void>) | undefined
  readonly clock: Clock
  readonly timers: Timers
  /** ms since 1970. */
  readonly wallNow: () => number
}

/** Alerts that may have a state at once, over all rules. */
const MAX_ALERTS = 100_000
/** How long what is to be told may take at the end, in ms. */
const FLUSH_MS = 2_000
/** How long what has changed may wait to be saved, in ms. */
const SAVE_EVERY_MS = 1_000

/**
 * The alerting engine: the evaluator finds out which values are trouble as samples arrive, andon's `AlertEmitter` does
 * everything that comes of it.
 */
export class Alerting {
  readonly #options: AlertingOptions
  readonly #evaluator: Evaluator
  readonly #rate: Rate
  readonly #book: AlertBook
  readonly #onCall: OnCallChannel
  readonly #channels: readonly Channel[]
  #rulesByName: ReadonlyMap<string, Rule> = new Map()
  #schedule: Duty['schedule'] | undefined
  #emitter: AlertEmitter
  #timer: { cancel(): void } | undefined
  #isChanged = false
  #savedSent = 0
  #saving: Promise<void> | undefined
  #savedMs = Number.NEGATIVE_INFINITY
  /** When the rules were loaded, in ms since 1970. */
  loadedAt: number

  /** @throws {RangeError | TypeError} when something in the rules is nothing that andon can use. */
  constructor(options: AlertingOptions) {
    const { rules, channels, counts, maxSeries, wallNow, clock, log } = options
    this.#options = options
    this.#rate = new Rate(() => clock.now())
    this.#book = new AlertBook({
      ruleOf: (name) => this.#rulesByName.get(name),
      onChange: () => (this.#isChanged = true),
      clock,
      wallNow,
    })
    this.#onCall = new OnCallChannel(wallNow)
    const told = (alert: Alert): void => this.#book.told(alert)
    this.#channels = [alertLog(log, (alert) => this.#book.detailOf(alert)), ...channels, this.#onCall].map(
      (channel) => new CountedChannel(channel, counts, told),
    )
    this.#setDuty(rules)
    this.#rulesByName = new Map(rules.rules.map((rule) => [rule.name, rule]))
    this.#evaluator = new Evaluator({
      rules: rules.rules,
      maxSeries,
      wallNow,
      tell: (series, verdict, value) => this.#observe(series, verdict, value),
    })
    this.#emitter = this.#listen(this.#open(rules, options.saved))
    this.loadedAt = wallNow()
  }

  get rules(): readonly WatchedRule[] {
    return this.#evaluator.rules
  }

  /** Samples that have just arrived. */
  take(batch: SampleBatch, table: SeriesTable): void {
    const { evaluations } = this.#evaluator.counts
    this.#evaluator.take(batch, table)
    const done = this.#evaluator.counts.evaluations - evaluations
    if (done > 0) this.#rate.add(done)
  }

  /** Looks at what time has brought. */
  tick(): void {
    this.#evaluator.tick()
    this.#emitter.evaluate()
    // What a channel has got is to be known as well.
    if (this.#options.counts.sent !== this.#savedSent) this.#isChanged = true
    if (this.#isChanged && this.#options.clock.now() - this.#savedMs >= SAVE_EVERY_MS) this.#save()
  }

  /** Looks at time every `everyMs` from now on. */
  start(everyMs: number): void {
    const turn = (): void => {
      this.#timer = this.#options.timers.schedule(everyMs, turn)
      this.tick()
    }
    this.#timer?.cancel()
    this.#timer = this.#options.timers.schedule(everyMs, turn)
  }

  /**
   * These rules hold from now on. Rules that are the same as before go on where they are; what fires of the others
   * resolves. @throws when they can't be used: then nothing has changed.
   */
  load(rules: RuleSet): void {
    const options = this.#emitterOptions(rules)
    // Finds out whether andon can use them.
    new AlertEmitter(options).close()
    this.#setDuty(rules)
    const before = this.#emitter
    const ended = this.#evaluator
      .setRules(rules.rules)
      .flatMap(({ all }) => [...all.values()].filter(({ state }) => state !== 'ok'))
    const saved = before.toJSON()
    before.close()
    this.#rulesByName = new Map(rules.rules.map((rule) => [rule.name, rule]))
    this.#emitter = this.#listen(AlertEmitter.restore(saved, options))
    for (const series of ended) this.#end(series)
    this.#emitter.evaluate()
    this.loadedAt = this.#options.wallNow()
  }

  /** What is pending and what fires, the silences, and who is on call. */
  alerts(): AlertsAnswer {
    const alerts = this.#emitter.alerts()
    const schedule = this.#schedule
    const handover = schedule && handoverAfter(schedule, this.#options.wallNow())
    return {
      alerts: alerts.map((alert) => this.#book.answerOf(alert, alerts)),
      silences: this.#emitter.silences(),
      onCall: handover ? { now: handover.now, until: handover.untilMs, next: handover.next } : null,
    }
  }

  history(limit: number): AlertHistoryAnswer {
    return { events: this.#book.latest(limit) }
  }

  /** Acknowledges the alert of this id. `undefined` when none of that id fires; it may have been acknowledged before. */
  acknowledge(id: string, by: string, comment = ''): AlertAnswer | undefined {
    const find = (): Alert | undefined =>
      this.#emitter.alerts().find((alert) => alert.state === 'firing' && idOf(keyOf(alert)) === id)
    const alert = find()
    if (!alert) return undefined
    this.#emitter.acknowledge(alert.fingerprint, { by, comment })
    this.#isChanged = true
    return this.#book.answerOf(find() ?? alert)
  }

  /** @throws as that of `AlertEmitter`. */
  silence(options: SilenceOptions): Silence {
    this.#isChanged = true
    return this.#emitter.silence(options)
  }

  /** Whether there was one. */
  expireSilence(id: string): boolean {
    this.#isChanged = true
    return this.#emitter.expireSilence(id)
  }

  snapshot(): AlertingSnapshot {
    const { sent, failed, retried, dropped } = this.#options.counts
    const { evaluations, late, ahead } = this.#evaluator.counts
    const { pending, firing } = this.#emitter.snapshot()
    const { rules } = this.#evaluator
    return {
      rules: rules.length,
      series: rules.reduce((sum, { all }) => sum + all.size, 0),
      overflow: rules.reduce((sum, { overflow }) => sum + overflow.size, 0),
      evaluations,
      evaluationsPerSecond: this.#rate.perSecond,
      late,
      ahead,
      pending,
      firing,
      notifications: { sent, failed, retried, dropped },
      delayMs: this.#book.delayMs,
    }
  }

  /** Ends it. What is still to be told may take a moment. */
  async stop(): Promise<void> {
    this.#timer?.cancel()
    const late = Promise.withResolvers<undefined>()
    const timer = this.#options.timers.schedule(FLUSH_MS, () => late.resolve(undefined))
    await Promise.race([this.#emitter.flush(), late.promise])
    timer.cancel()
    await this.#saving
    this.#save()
    await this.#saving
    this.#emitter.close()
  }

  /** Goes on with what was saved, as far as the rules are the same. What fires of the others resolves. */
  #open(rules: RuleSet, saved: SavedAlerts | undefined): AlertEmitter {
    const options = this.#emitterOptions(rules)
    if (!saved) return new AlertEmitter(options)
    const isSame = (name: string): boolean =>
      this.#evaluator.rules.some(({ rule, key }) => rule.name === name && key === saved.rules[name])
    const series = saved.emitter.series.filter(({ rule }) => isSame(rule))
    let emitter: AlertEmitter
    try {
      emitter = AlertEmitter.restore({ ...saved.emitter, series }, options)
    } catch (error) {
      emitter = new AlertEmitter(options)
      this.#options.log.error({ err: error }, 'the saved alerts can not be used: beginning anew')
      return emitter
    }
    for (const { rule, labels, state } of series) {
      if (state.kind === 'inactive') continue
      const adopted = this.#evaluator.adopt(rule, labels)
      adopted.state = state.kind
      this.#book.open(adopted)
    }
    this.#onCall.restore(saved.onCall)
    this.#book.restore(saved.events)
    return emitter
  }

  #save(): void {
    // What has changed meanwhile is saved after it.
    if (this.#saving) return
    this.#isChanged = false
    this.#savedSent = this.#options.counts.sent
    this.#savedMs = this.#options.clock.now()
    const saving = this.#options.save?.({
      version: 1,
      emitter: this.#emitter.toJSON(),
      rules: Object.fromEntries(this.#evaluator.rules.map(({ rule, key }) => [rule.name, key])),
      onCall: this.#onCall.told(),
      events: this.#book.latest(Number.POSITIVE_INFINITY),
    })
    if (saving) this.#saving = saving.finally(() => (this.#saving = undefined))
  }

  #setDuty({ onCall }: RuleSet): void {
    this.#onCall.duty = this.#options.dutyOf(onCall)
    this.#schedule = onCall?.schedule
  }

  #emitterOptions({ rules, telling, onCall }: RuleSet): AlertEmitterOptions {
    const { clock, timers, wallNow, log } = this.#options
    return {
      name: 'platform',
      rules: rules.map((rule) => ruleForAndon(rule)),
      channels: onCall ? this.#channels : this.#channels.filter(({ name }) => name !== this.#onCall.name),
      channelCapacity: CHANNEL_CAPACITY,
      maxSeries: MAX_ALERTS,
      ...telling,
      clock,
      timers,
      wallNow,
      onListenerError: (error) => log.error({ err: error }, 'a listener for alerts failed'),
    }
  }

  #listen(emitter: AlertEmitter): AlertEmitter {
    const { counts, log } = this.#options
    emitter.on('pending', (alert) => this.#book.changed(alert, 'pending'))
    emitter.on('firing', (alert) => this.#book.changed(alert, 'firing'))
    emitter.on('resolved', (alert) => this.#book.changed(alert, 'ok'))
    emitter.on('inactive', (alert) => this.#book.changed(alert, 'ok'))
    emitter.on('silenced', ({ alert }) => this.#book.hold(alert))
    emitter.on('inhibited', ({ alert }) => this.#book.hold(alert))
    emitter.on('deliveryFailed', ({ channel, notification, reason, error }) => {
      // What a new file of rules has interrupted goes on in the emitter that comes after.
      if (reason === 'closed' || emitter !== this.#emitter) return
      if (reason === 'full') counts.dropped++
      log.error({ channel, notification: notification.id, reason, err: error }, 'a notification was not delivered')
    })
    return emitter
  }

  #observe(series: RuleSeries, verdict: Verdict, value: number | undefined): void {
    // What is well and was so needs nobody.
    if (verdict === 'clear' && series.state === 'ok') return
    if (verdict !== 'clear') this.#book.open(series)
    this.#emitter.observe({ rule: series.rule.rule.name, labels: series.labels }, value)
    if (series.state === 'ok') this.#book.close(series)
  }

  /** Its rule is not what it was. What andon doesn't know any more resolves by itself, but is no event. */
  #end(series: RuleSeries): void {
    const rule = series.rule.rule.name
    if (this.#rulesByName.has(rule)) this.#emitter.forget({ rule, labels: series.labels })
    this.#book.end(series)
  }
}
