import type { AlertNotification, Channel } from '@tps/andon'
import { ManualClock } from '@tps/internal/manual-clock'
import { type Logger, pino } from 'pino'
import { SeriesTable } from '../series.ts'
import { Alerting } from './alerting.ts'
import { type TestSample, batchOf } from './evaluator-fixture.ts'
import type { Duty } from './on-call-channel.ts'
import { type RuleSet, readRules } from './rules-read.ts'
import type { SavedAlerts } from './saved-alerts.ts'

/** What was sent over a channel, as `Cpu{host="a"} firing`, with the reason when there was one. */
export class Recorder implements Channel {
  readonly name: string
  readonly got: AlertNotification[] = []
  /** Called before each send: what it throws is the outcome. */
  before: () => void | Promise<void> = () => {}

  constructor(name: string) {
    this.name = name
  }

  async send(notification: AlertNotification): Promise<void> {
    await this.before()
    this.got.push(notification)
  }

  texts(): readonly string[] {
    return this.got.map(({ kind, reason, alert, alerts = [alert] }) =>
      [alerts.map(({ fingerprint }) => fingerprint).join('+'), kind, ...(reason ? [reason] : [])].join(' '),
    )
  }
}

export interface LogLine {
  readonly level: number
  readonly msg: string
  readonly [field: string]: unknown
}

/** A log that is kept. */
export function keptLog(): { readonly log: Logger; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = []
  const log = pino({ base: null }, { write: (text: string) => void lines.push(JSON.parse(text) as LogLine) })
  return { log, lines }
}

/** When the clock begins, in ms since 1970. */
export const BEGIN_MS: number = Date.parse('2026-01-05T08:00:00Z')

/** An alerting engine whose time is moved by hand. It looks at time every 250 ms. */
export class Engine {
  readonly clock: ManualClock = new ManualClock()
  readonly table: SeriesTable = new SeriesTable()
  readonly team: Recorder = new Recorder('team')
  readonly people: ReadonlyMap<string, Recorder> = new Map(['ada', 'bob'].map((name) => [name, new Recorder(name)]))
  readonly counts = { sent: 0, failed: 0, retried: 0, dropped: 0 }
  readonly alerting: Alerting
  readonly lines: readonly LogLine[]

  /** What was saved last, as it comes back from a file. */
  saved: SavedAlerts | undefined
  readonly #beginMs: number

  constructor(rules: RuleSet | string, saved?: SavedAlerts, beginMs = BEGIN_MS) {
    this.#beginMs = beginMs
    const { log, lines } = keptLog()
    this.lines = lines
    this.alerting = new Alerting({
      rules: typeof rules === 'string' ? readRules(rules) : rules,
      channels: [this.team],
      counts: this.counts,
      dutyOf: (onCall): Duty | undefined => onCall && { schedule: onCall.schedule, people: this.people },
      log,
      maxSeries: 100,
      saved,
      save: (alerts) => void (this.saved = JSON.parse(JSON.stringify(alerts)) as SavedAlerts),
      clock: this.clock,
      timers: this.clock,
      wallNow: () => this.nowMs,
    })
    this.alerting.start(250)
  }

  get nowMs(): number {
    return this.#beginMs + this.clock.now()
  }

  take(...samples: readonly (Omit<TestSample, 'timeMs'> & { readonly timeMs?: number })[]): void {
    const timed = samples.map((sample) => Object.assign({ timeMs: this.nowMs }, sample))
    this.alerting.take(batchOf(this.table, timed), this.table)
  }

  async after(ms: number): Promise<void> {
    await this.clock.advanceAsync(ms)
  }

  /** The history, oldest first, as `Cpu ok>firing 92`. */
  history(): readonly string[] {
    const { events } = this.alerting.history(1_000)
    return events.toReversed().map(({ rule, from, to, value }) => `${rule} ${from}>${to} ${value}`)
  }
}
