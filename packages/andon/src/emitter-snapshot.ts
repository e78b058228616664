import type { AlertMachine } from './alert-machine.ts'
import type { Desk } from './desk.ts'
import type { ChannelSnapshot } from './outbox.ts'
import type { Severity } from './rule.ts'

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
  /** How many alerts that fire are acknowledged. */
  readonly acknowledged: number
  /** How many alerts that fire a silence holds back. */
  readonly silenced: number
  /** How many alerts that fire another alert holds back. */
  readonly inhibited: number
  /** How many alerts are held as firing because they come and go. */
  readonly flapping: number
  /** How many silences are in force. */
  readonly silences: number
  /** Alerts that fired and matched no route. */
  readonly unrouted: number
  /** How many alerts `history()` holds. */
  readonly history: number
  /** How often `evaluate()` ran. */
  readonly evaluations: number
  /** How many values were observed, dropped ones included. */
  readonly observations: number
  /** Observations dropped because of `maxSeries`. */
  readonly droppedObservations: number
  /** How often a source or an `evaluate` threw, or gave something that it must not. */
  readonly sourceErrors: number
  /** Whether `start()` is in force. */
  readonly isRunning: boolean
  readonly channels: readonly ChannelSnapshot[]
}

interface Own extends Pick<AlertEmitterSnapshot, 'name' | 'evaluations' | 'observations' | 'isRunning'> {
  readonly nowMs: number
}

export function readEmitter(machine: AlertMachine, desk: Desk, own: Own): AlertEmitterSnapshot {
  const { name, evaluations, observations, isRunning, nowMs } = own
  let firing = 0
  let flapping = 0
  let worst: Severity | null = null
  for (const { state, rule, flap } of machine.active) {
    if (state.kind !== 'firing') continue
    firing++
    if (flap?.isHeld) flapping++
    if (worst !== 'red') worst = rule.severity
  }
  const incidents = [...desk.incidents.values()]
  const heldBack = incidents.flatMap((incident) => incident.heldBack ?? [])
  const silenced = heldBack.filter((each) => 'silence' in each).length
  return {
    name,
    rules: machine.book.pages.length,
    series: machine.book.observed,
    pending: machine.active.size - firing,
    firing,
    worst,
    acknowledged: incidents.filter(({ acknowledgement }) => acknowledgement).length,
    silenced,
    inhibited: heldBack.length - silenced,
    flapping,
    silences: desk.silences.list(nowMs).length,
    unrouted: desk.unrouted,
    history: desk.history.size,
    evaluations,
    observations,
    droppedObservations: machine.droppedObservations,
    sourceErrors: machine.reader.errors,
    isRunning,
    channels: desk.deliveries.map((delivery) => delivery.snapshot()),
  }
}
