import type { Alert, StationLamp } from '@tps/andon'
import { SLA_MS } from './alerting/alerts.ts'
import type { LineSnapshots } from './snapshots.ts'

/** The colour of the andon lamp. */
export type Lamp = 'green' | 'yellow' | 'red'

/** What the lamp shows, and why: one clause that a person can read. */
export interface LampState {
  readonly lamp: Lamp
  readonly why: string
}

/** With few workers all of them are busy again and again for a moment. What passes by itself that soon is no news. */
const PASSING_MS = 10_000

/** So many checks or calls in a row must fail before the lamp says so: one may be an accident. */
const FAILING = 2

/** The lamp: red when somebody is needed now, yellow when something begins or ends, green otherwise. */
export function lampOf(line: LineSnapshots): LampState {
  const red = redOf(line)
  if (red !== undefined) return { lamp: 'red', why: red }
  const yellow = yellowOf(line)
  if (yellow !== undefined) return { lamp: 'yellow', why: yellow }
  return { lamp: 'green', why: 'no alert, the circuit is closed' }
}

function redOf(line: LineSnapshots): string | undefined {
  const { board, queue, breaker, watch, alerts, counters } = line
  const [pull] = board.cord.pulls
  if (pull) return `${pull.by} has pulled the cord: ${pull.reason}`
  if (!queue.connected) return 'the queue is out of reach: signals are refused'
  if (breaker.state === 'forced-open') return 'the circuit breaker is held open by hand'
  if (breaker.state === 'open') return 'the circuit breaker is open: the downstream fails'
  const alert = alerts.find(({ state, severity }) => state === 'firing' && severity === 'red')
  if (alert) return sentenceOf(alert)
  if (watch.status === 'unhealthy' && breaker.consecutiveFailures >= FAILING)
    return `the downstream fails: ${watch.error ?? 'its health check is not answered'}`
  const station = stationsOf(line).find(({ colour }) => colour === 'red')
  // Errors are counted over a minute. When none come any more, what is left of them is a recovery.
  const isOver = station?.because?.reading === 'errorRatio' && counters.rejectionRate === 0
  return station && !isOver ? station.why : undefined
}

function yellowOf(line: LineSnapshots): string | undefined {
  const { breaker, watch, alerts } = line
  if (breaker.state === 'half-open') return 'the circuit breaker is probing the downstream'
  if (watch.status === 'unhealthy') return `a health check of the downstream failed: ${watch.error ?? 'no answer'}`
  const alert = alerts.find(isNews)
  if (alert) return sentenceOf(alert)
  const station = stationsOf(line).find(({ colour }) => colour === 'red' || colour === 'yellow')
  return station?.why
}

function isNews({ state, activeMs }: Alert): boolean {
  return state === 'firing' || activeMs >= PASSING_MS
}

/** Readings that alert rules watch as well: yellow counts from them on only once one of their alerts is news. */
const WATCHED: Readonly<Record<string, (alert: Alert) => boolean>> = {
  utilization: ({ rule }) => rule === 'HighWorkerUtilization',
  pending: () => true,
}

/** The lamps of the stations, without those that are yellow for a moment only; and why each has its colour, in words. */
export function stationsOf({ board, alerts }: LineSnapshots): readonly StationLamp[] {
  return board.stations.map((lamp) => {
    const watches = lamp.colour === 'yellow' ? WATCHED[lamp.because?.reading ?? ''] : undefined
    const isPassing = watches !== undefined && !alerts.some((alert) => watches(alert) && isNews(alert))
    return { ...lamp, why: whyOf(lamp), colour: isPassing ? 'green' : lamp.colour }
  })
}

function sentenceOf({ rule, state, summary }: Alert): string {
  return `${rule} ${state === 'pending' ? 'may be coming' : 'fires'}: ${summary}`
}

const percent = (ratio: unknown): string => `${Math.round(Number(ratio) * 1_000) / 10} %`

const SAYINGS: Readonly<Record<string, (value: unknown) => string>> = {
  'circuit.state': (state) => `the circuit is ${String(state)}`,
  'queue.state': (state) => `the circuit in front of the queue is ${String(state)}`,
  'watch.status': (status) => `the downstream is ${String(status)}`,
  connected: (isConnected) => (isConnected === true ? 'the queue is connected' : 'the queue is out of reach'),
  depthRatio: (ratio) => `the queue is ${percent(ratio)} full`,
  utilization: (ratio) => `${percent(ratio)} of the workers are busy`,
  p99: (ms) => `p99 is ${Math.round(Number(ms))} ms, the promise is ${SLA_MS} ms`,
  errorRatio: (ratio) => `${percent(ratio)} of the last minute's signals failed or were refused`,
  worst: (severity) => (severity === 'none' ? 'no alert fires' : `an alert of severity ${String(severity)} fires`),
  pending: (alerts) => `alerts that may be coming: ${String(alerts)}`,
}

/** Why a station's lamp has its colour, in words. */
export function whyOf({ because, why }: Pick<StationLamp, 'because' | 'why'>): string {
  return (because && SAYINGS[because.reading]?.(because.value)) ?? why
}
