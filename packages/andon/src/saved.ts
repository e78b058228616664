import type { AlertMachine } from './alert-machine.ts'
import type { AlertState } from './alert-state.ts'
import type { Alert } from './alert.ts'
import type { SavedChannel } from './delivery.ts'
import type { Desk } from './desk.ts'
import type { Acknowledgement, Incident } from './incident.ts'
import type { Labels } from './labels.ts'
import type { EventCounts } from './rule-burn-rate.ts'
import type { Series } from './series.ts'
import type { SavedSilence } from './silences.ts'

/** A state as it is saved: times are ages, so that another clock can go on with them. */
export type SavedState =
  | { readonly kind: 'inactive' }
  | { readonly kind: 'pending'; readonly sinceAgoMs: number }
  | {
      readonly kind: 'firing'
      readonly sinceAgoMs: number
      readonly firedAgoMs: number
      readonly clearAgoMs: number | null
    }

/** What was told of one firing. */
export interface SavedIncident {
  readonly sequence: number
  readonly toldAgoMs: number | null
  readonly repeatedAgoMs: number
  readonly retold: number
  readonly step: number
  readonly acknowledgement: Acknowledgement | null
}

/** A rule and one set of labels. */
export interface SavedSeries {
  readonly rule: string
  /** Its own, without those of the rule. */
  readonly labels: Labels
  readonly fingerprint: string
  readonly state: SavedState
  /** As it was told; `null` unless it fires. */
  readonly startsAt: string | null
  readonly value: number | null
  readonly reading: number | EventCounts | null
  readonly observedAgoMs: number
  readonly isImplied: boolean
  /** `inner` is where it would be without the hold; `null` when it isn't held. */
  readonly flap: { readonly changesAgoMs: readonly number[]; readonly inner: SavedState | null } | null
  readonly incident: SavedIncident | null
}

/** What an `AlertEmitter` has to know to go on in another process, as plain JSON. */
export interface SavedAlertEmitter {
  readonly version: 1
  readonly name: string
  /** When it was saved, on the wall clock, in ms since 1970. */
  readonly savedAt: number
  readonly sequence: number
  readonly series: readonly SavedSeries[]
  readonly silences: readonly SavedSilence[]
  readonly channels: readonly SavedChannel[]
  /** Oldest first. */
  readonly history: readonly Alert[]
}

/** All of an emitter that can outlive the process. */
export function saveEmitter(
  name: string,
  machine: AlertMachine,
  desk: Desk,
  nowMs: number,
  savedAt: number,
): SavedAlertEmitter {
  const series = machine.book.pages.flatMap(({ own, observed }) => (own ? [own] : [...observed.values()]))
  return {
    version: 1,
    name,
    savedAt,
    sequence: desk.sequence,
    series: series
      .filter(({ state, flap, rule, isImplied }) => state.kind !== 'inactive' || flap || !(rule.source || isImplied))
      .map((each) => saveSeries(each, desk.incidents.get(each.fingerprint), nowMs)),
    silences: desk.silences.save(nowMs),
    channels: desk.deliveries.map((delivery) => delivery.save()),
    history: desk.history.latestFirst().toReversed(),
  }
}

function saveSeries(series: Series, incident: Incident | undefined, nowMs: number): SavedSeries {
  const { rule, given, fingerprint, state, value, reading, observedMs, wallOffsetMs, isImplied, flap } = series
  return {
    rule: rule.name,
    labels: given,
    fingerprint,
    state: saveState(state, nowMs),
    startsAt: state.kind === 'firing' ? new Date(Math.round(wallOffsetMs + state.firedMs)).toISOString() : null,
    // JSON has no Infinity.
    value: Number.isFinite(value) ? value : null,
    reading: typeof reading === 'number' && !Number.isFinite(reading) ? null : (reading ?? null),
    observedAgoMs: nowMs - observedMs,
    isImplied,
    flap: flap
      ? {
          changesAgoMs: flap.changes.map((ms) => nowMs - ms),
          inner: flap.isHeld ? saveState(flap.inner, nowMs) : null,
        }
      : null,
    incident: incident ? saveIncident(incident, nowMs) : null,
  }
}

function saveIncident(incident: Incident, nowMs: number): SavedIncident {
  const { sequence, toldMs, repeatedMs, retold, step, acknowledgement = null } = incident
  return {
    sequence,
    toldAgoMs: toldMs === undefined ? null : nowMs - toldMs,
    repeatedAgoMs: nowMs - repeatedMs,
    retold,
    step,
    acknowledgement,
  }
}

function saveState(state: AlertState, nowMs: number): SavedState {
  if (state.kind === 'inactive') return state
  const sinceAgoMs = nowMs - state.sinceMs
  if (state.kind === 'pending') return { kind: 'pending', sinceAgoMs }
  const { firedMs, clearMs } = state
  return {
    kind: 'firing',
    sinceAgoMs,
    firedAgoMs: nowMs - firedMs,
    clearAgoMs: clearMs === undefined ? null : nowMs - clearMs,
  }
}
