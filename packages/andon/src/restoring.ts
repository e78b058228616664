import type { AlertMachine } from './alert-machine.ts'
import { type AlertState, INACTIVE } from './alert-state.ts'
import type { Alert } from './alert.ts'
import type { Desk } from './desk.ts'
import { Flap } from './flap.ts'
import type { SavedAlertEmitter, SavedIncident, SavedSeries, SavedState } from './saved.ts'
import type { Series } from './series.ts'
import type { Telling } from './telling.ts'

/**
 * Lets an emitter go on where another one was saved. Time that it was down counts for what fires and for silences, but
 * not for what has to be seen without a break. Channels that know of alerts that don't fire any more, or whose rule is
 * gone, get the resolve. Nothing is told at once: it waits in `telling`.
 */
export function restoreEmitter(
  saved: SavedAlertEmitter,
  machine: AlertMachine,
  desk: Desk,
  telling: Telling,
  nowMs: number,
  wallNowMs: number,
): void {
  // A wall clock that was set back has not run backwards.
  const elapsedMs = Math.min(Math.max(0, wallNowMs - saved.savedAt), LONGEST_MS)
  desk.sequence = saved.sequence
  for (const alert of saved.history) desk.history.add(alert)
  for (const silence of saved.silences) desk.silences.restore(silence, elapsedMs, nowMs)
  const byName = new Map(saved.channels.map((channel) => [channel.name, channel]))
  for (const delivery of desk.deliveries) {
    const channel = byName.get(delivery.outbox.name)
    if (channel) delivery.restore(channel)
  }
  const firing = new Set<string>()
  for (const each of saved.series) {
    const series = restoreSeries(each, machine, { elapsedMs, nowMs, wallNowMs })
    if (series?.state.kind !== 'firing') continue
    firing.add(series.fingerprint)
    desk.resume(restoreIncident(each.incident, series, desk, nowMs, elapsedMs), series.fingerprint)
  }
  const wasFiring = new Set(
    saved.series.filter(({ state }) => state.kind === 'firing').map(({ fingerprint }) => fingerprint),
  )
  telling.later(() => {
    for (const { outbox } of desk.deliveries) outbox.resume()
    for (const orphan of orphans(desk, firing)) {
      const alert = resolvedAt(orphan, wallNowMs)
      if (wasFiring.has(alert.fingerprint)) desk.history.add(alert)
      desk.resolve(alert)
    }
  })
}

/** Three hundred years. Dates stay dates. */
const LONGEST_MS = 1e13

/** The alerts that channels take for firing and that don't fire. */
function orphans(desk: Desk, firing: ReadonlySet<string>): Alert[] {
  const all = new Map<string, Alert>()
  for (const { outbox } of desk.deliveries)
    for (const alert of outbox.open()) if (!firing.has(alert.fingerprint)) all.set(alert.fingerprint, alert)
  return [...all.values()]
}

function resolvedAt(alert: Alert, wallNowMs: number): Alert {
  const { isFlapping: _flapping, silencedBy: _silenced, inhibitedBy: _inhibited, ...rest } = alert
  const endMs = Math.max(wallNowMs, Date.parse(alert.startsAt ?? alert.activeSince))
  return Object.freeze({
    ...rest,
    state: 'resolved' as const,
    endsAt: new Date(Math.round(endMs)).toISOString(),
    activeMs: Math.max(alert.activeMs, endMs - Date.parse(alert.activeSince)),
  })
}

interface Moment {
  readonly elapsedMs: number
  readonly nowMs: number
  readonly wallNowMs: number
}

/** `undefined` when there is no such series under the rules of now. */
function restoreSeries(saved: SavedSeries, { book, active }: AlertMachine, moment: Moment): Series | undefined {
  const page = book.page(saved.rule)
  if (!page) return undefined
  const { nowMs, elapsedMs, wallNowMs } = moment
  const place = page.own ? undefined : book.find({ rule: saved.rule, labels: saved.labels })
  const own = Object.keys(saved.labels).length === 0 ? page.own : undefined
  const series = own ?? place?.series ?? (place && book.add(place))
  if (!series) return undefined
  if (series.fingerprint !== saved.fingerprint) {
    if (!own && series.isIdle(nowMs)) book.remove(series)
    return undefined
  }
  if (!own && !saved.isImplied) {
    const implied = place && place.key !== '' ? book.implied(series.rule) : undefined
    if (implied) book.remove(implied)
    series.isImplied = false
  }
  series.state = restoreState(saved.state, nowMs, elapsedMs)
  series.value = saved.value
  series.reading = saved.reading ?? undefined
  series.observedMs = nowMs - saved.observedAgoMs
  const { state } = series
  series.wallOffsetMs =
    state.kind === 'firing' && saved.startsAt !== null ? Date.parse(saved.startsAt) - state.firedMs : wallNowMs - nowMs
  if (saved.flap && series.rule.flapHold) {
    series.flap = new Flap(series.rule.flapHold)
    series.flap.changes = saved.flap.changesAgoMs.map((ms) => nowMs - ms).slice(-series.rule.flapHold.changes - 1)
    const { inner } = saved.flap
    if (inner) Object.assign(series.flap, { isHeld: true, inner: restoreState(inner, nowMs, elapsedMs) })
  }
  if (state.kind !== 'inactive') active.add(series)
  return series
}

/** What is pending has to last without a break that anybody saw: time that it was down is left out. */
function restoreState(saved: SavedState, nowMs: number, elapsedMs: number): AlertState {
  if (saved.kind === 'inactive') return INACTIVE
  if (saved.kind === 'pending') return { kind: 'pending', sinceMs: nowMs - saved.sinceAgoMs }
  return {
    kind: 'firing',
    sinceMs: nowMs - elapsedMs - saved.sinceAgoMs,
    firedMs: nowMs - elapsedMs - saved.firedAgoMs,
    clearMs: saved.clearAgoMs === null ? undefined : nowMs - saved.clearAgoMs,
  }
}

function restoreIncident(
  saved: SavedIncident | null,
  series: Series,
  desk: Desk,
  nowMs: number,
  elapsedMs: number,
): ReturnType<Desk['incidentOf']> {
  const incident = desk.incidentOf(series, series.state, saved?.sequence)
  if (!saved) return incident
  if (saved.toldAgoMs !== null) incident.toldMs = nowMs - elapsedMs - saved.toldAgoMs
  incident.repeatedMs = nowMs - elapsedMs - saved.repeatedAgoMs
  incident.retold = saved.retold
  incident.step = Math.min(saved.step, incident.itinerary.escalation.length)
  incident.acknowledgement = saved.acknowledgement ?? undefined
  return incident
}
