import { ManualClock } from '@tps/internal/manual-clock'
import { AlertEmitter } from './alert-emitter.ts'
import type { AlertNotification, Channel } from './channel.ts'
import type { AlertEvents } from './events.ts'
import type { AlertEmitterOptions } from './options.ts'

/** A wall clock for tests begins here. */
export const START: number = Date.UTC(2026, 0, 1)

/** A channel that notes what it gets, for tests. */
export interface Recorder extends Channel {
  readonly got: AlertNotification[]
  /** What it has got as text: "Slow{shard="a"} firing", "Slow{} firing/repeat"; alerts of a group joined by commas. */
  readonly texts: () => string[]
}

export function recorder(name = 'rec'): Recorder {
  const got: AlertNotification[] = []
  return {
    name,
    got,
    send: (notification) => void got.push(notification),
    texts: () =>
      got.map(({ kind, reason, alert, alerts = [alert] }) => {
        const names = alerts.map(({ fingerprint }) => fingerprint).toSorted()
        return `${names.join(',')} ${kind}${reason ? `/${reason}` : ''}`
      }),
  }
}

/** An emitter on a manual clock, for tests. */
export interface Made {
  readonly clock: ManualClock
  readonly emitter: AlertEmitter
  /** Every event that is about an alert: "Slow{} firing". */
  readonly told: string[]
  /** Lets time pass and evaluates. */
  readonly after: (ms: number) => void
}

const OF_ALERTS = ['pending', 'firing', 'resolved', 'inactive', 'repeated', 'released', 'flapping', 'steady'] as const
const WITH_ALERT = ['acknowledged', 'escalated', 'silenced', 'inhibited'] as const

export function make(
  options: Partial<AlertEmitterOptions>,
  clock: ManualClock = new ManualClock(500),
  build: (all: AlertEmitterOptions) => AlertEmitter = (all) => new AlertEmitter(all),
): Made {
  const emitter = build({
    rules: [{ name: 'Slow', severity: 'red', threshold: { above: 200 } }],
    clock,
    timers: clock,
    wallNow: () => START + clock.now() - 500,
    ...options,
  })
  const told: string[] = []
  const note = (event: keyof AlertEvents, fingerprint: string): void => void told.push(`${fingerprint} ${event}`)
  for (const event of OF_ALERTS) emitter.on(event, ({ fingerprint }) => note(event, fingerprint))
  for (const event of WITH_ALERT) emitter.on(event, ({ alert }) => note(event, alert.fingerprint))
  const after = (ms: number): void => {
    clock.advance(ms)
    emitter.evaluate()
  }
  return { clock, emitter, told, after }
}
