import { checkBoolean, checkInteger, checkName, checkNumber, checkObject, checkOneOf } from '@tps/internal'
import type { Alert } from './alert.ts'
import type { AlertNotification } from './channel.ts'
import type { SavedChannel } from './delivery.ts'
import { checkLabels } from './labels.ts'
import { Matcher } from './matchers.ts'
import type { SavedAlertEmitter, SavedIncident, SavedSeries, SavedState } from './saved.ts'
import type { SavedSilence } from './silences.ts'

/** Checks all of what was saved before any of it is used. It may come from anywhere. */
export function checkSaved(saved: SavedAlertEmitter): SavedAlertEmitter {
  checkObject('saved', saved)
  if (saved.version !== 1) throw new RangeError(`saved.version must be 1, got ${String(saved.version)}`)
  return {
    version: 1,
    name: checkName('saved.name', saved.name),
    savedAt: checkNumber('saved.savedAt', saved.savedAt, { min: -LATEST_MS, max: LATEST_MS }),
    sequence: checkInteger('saved.sequence', saved.sequence, { min: 0 }),
    series: checkEach('saved.series', saved.series, checkSeries),
    silences: checkEach('saved.silences', saved.silences, checkSilence),
    channels: checkEach('saved.channels', saved.channels, checkChannel),
    history: checkEach('saved.history', saved.history, checkAlert),
  }
}

function checkEach<T>(at: string, list: readonly T[], check: (at: string, item: T) => T): readonly T[] {
  if (!Array.isArray(list)) throw new TypeError(`${at} must be an array`)
  return (list as readonly T[]).map((item, index) => check(`${at}[${index}]`, item))
}

/** Half of what a `Date` can hold, and three hundred years: sums of dates and ages stay dates. */
const LATEST_MS = 4.32e15
const LONGEST_MS = 1e13

const age = (at: string, ms: number): number => checkNumber(at, ms, { min: 0, max: LONGEST_MS })

function orNull<T>(value: T | null, check: (value: T) => T): T | null {
  return value === null ? null : check(value)
}

function checkSeries(at: string, series: SavedSeries): SavedSeries {
  const { flap, incident, reading } = checkObject(at, series)
  return {
    rule: checkName(`${at}.rule`, series.rule),
    labels: checkLabels(`${at}.labels`, series.labels),
    fingerprint: checkName(`${at}.fingerprint`, series.fingerprint),
    state: checkState(`${at}.state`, series.state),
    startsAt: orNull(series.startsAt, (text) => checkDate(`${at}.startsAt`, text)),
    value: orNull(series.value, (value) => checkNumber(`${at}.value`, value)),
    reading: orNull(reading, (value) => {
      if (typeof value === 'number') return checkNumber(`${at}.reading`, value)
      const { good, total } = checkObject(`${at}.reading`, value)
      checkNumber(`${at}.reading.total`, total, { min: 0 })
      return { good: checkNumber(`${at}.reading.good`, good, { min: 0, max: total }), total }
    }),
    observedAgoMs: age(`${at}.observedAgoMs`, series.observedAgoMs),
    isImplied: checkBoolean(`${at}.isImplied`, series.isImplied),
    flap: orNull(flap, (hold) => {
      const { changesAgoMs, inner } = checkObject(`${at}.flap`, hold)
      return {
        changesAgoMs: checkEach(`${at}.flap.changesAgoMs`, changesAgoMs, age),
        inner: orNull(inner, (state) => checkState(`${at}.flap.inner`, state)),
      }
    }),
    incident: orNull(incident, (one) => checkIncident(`${at}.incident`, one)),
  }
}

function checkState(at: string, state: SavedState): SavedState {
  const kind = checkOneOf(`${at}.kind`, checkObject(at, state).kind, ['inactive', 'pending', 'firing'])
  if (kind === 'inactive') return { kind }
  const { sinceAgoMs, firedAgoMs, clearAgoMs } = state as Extract<SavedState, { kind: 'firing' }>
  age(`${at}.sinceAgoMs`, sinceAgoMs)
  if (kind === 'pending') return { kind, sinceAgoMs }
  checkNumber(`${at}.firedAgoMs`, firedAgoMs, { min: 0, max: sinceAgoMs })
  return { kind, sinceAgoMs, firedAgoMs, clearAgoMs: orNull(clearAgoMs, (ms) => age(`${at}.clearAgoMs`, ms)) }
}

function checkIncident(at: string, incident: SavedIncident): SavedIncident {
  const { sequence, toldAgoMs, repeatedAgoMs, retold, step, acknowledgement } = checkObject(at, incident)
  return {
    sequence: checkInteger(`${at}.sequence`, sequence, { min: 0 }),
    toldAgoMs: orNull(toldAgoMs, (ms) => age(`${at}.toldAgoMs`, ms)),
    // Before it was told first there is no last time: then it is of no account.
    repeatedAgoMs: checkNumber(`${at}.repeatedAgoMs`, repeatedAgoMs, { min: -LONGEST_MS, max: LONGEST_MS }),
    retold: checkInteger(`${at}.retold`, retold, { min: 0 }),
    step: checkInteger(`${at}.step`, step, { min: 0 }),
    acknowledgement: orNull(acknowledgement, (one) => {
      const { by, comment } = checkObject(`${at}.acknowledgement`, one)
      return Object.freeze({
        by: checkName(`${at}.acknowledgement.by`, by),
        comment: checkString(`${at}.acknowledgement.comment`, comment),
      })
    }),
  }
}

function checkSilence(at: string, silence: SavedSilence): SavedSilence {
  const { id, matchers, by, comment, createdAt, endsAt, leftMs } = checkObject(at, silence)
  return {
    id: checkName(`${at}.id`, id),
    matchers: new Matcher(`${at}.matchers`, matchers).plain,
    by: checkName(`${at}.by`, by),
    comment: checkString(`${at}.comment`, comment),
    createdAt: checkDate(`${at}.createdAt`, createdAt),
    endsAt: checkDate(`${at}.endsAt`, endsAt),
    leftMs: age(`${at}.leftMs`, leftMs),
  }
}

function checkChannel(at: string, channel: SavedChannel): SavedChannel {
  const { name, open, owed, groups } = checkObject(at, channel)
  return {
    name: checkName(`${at}.name`, name),
    open: checkEach(`${at}.open`, open, checkAlert),
    owed: checkEach(`${at}.owed`, owed, (here, one) => ({
      lane: checkName(`${here}.lane`, checkObject(here, one).lane),
      notification: checkNotification(`${here}.notification`, one.notification),
    })),
    groups: checkEach(`${at}.groups`, groups, (here, group) => ({
      key: checkName(`${here}.key`, checkObject(here, group).key),
      labels: checkGroupLabels(`${here}.labels`, group.labels),
      open: checkEach(`${here}.open`, group.open, checkName),
    })),
  }
}

function checkNotification(at: string, notification: AlertNotification): AlertNotification {
  const { id, kind, alert, alerts, group, reason } = checkObject(at, notification)
  checkOneOf(`${at}.kind`, kind, ['firing', 'resolved'])
  if (reason !== undefined) checkOneOf(`${at}.reason`, reason, ['repeat', 'escalation', 'flapping'])
  const all = alerts === undefined ? undefined : Object.freeze([...checkEach(`${at}.alerts`, alerts, checkAlert)])
  const first = all?.[0] ?? checkAlert(`${at}.alert`, alert)
  for (const { state } of all ?? [first])
    if (state !== kind) throw new RangeError(`${at} must have alerts that are "${kind}", got "${state}"`)
  return Object.freeze({
    id: checkName(`${at}.id`, id),
    kind,
    alert: first,
    ...(all && { alerts: all }),
    ...(group !== undefined && {
      group: Object.freeze({
        key: checkName(`${at}.group.key`, checkObject(`${at}.group`, group).key),
        labels: checkGroupLabels(`${at}.group.labels`, group.labels),
        firing: checkInteger(`${at}.group.firing`, group.firing, { min: 0 }),
      }),
    }),
    ...(reason && { reason }),
  })
}

function checkAlert(at: string, alert: Alert): Alert {
  const { value, startsAt, endsAt, isFlapping, acknowledgedBy, silencedBy, inhibitedBy } = checkObject(at, alert)
  return Object.freeze({
    fingerprint: checkName(`${at}.fingerprint`, alert.fingerprint),
    rule: checkName(`${at}.rule`, alert.rule),
    labels: checkLabels(`${at}.labels`, alert.labels),
    severity: checkOneOf(`${at}.severity`, alert.severity, ['red', 'yellow']),
    state: checkOneOf(`${at}.state`, alert.state, ['pending', 'firing', 'resolved', 'inactive']),
    condition: checkString(`${at}.condition`, alert.condition),
    summary: checkString(`${at}.summary`, alert.summary),
    description: checkString(`${at}.description`, alert.description),
    value: orNull(value, (number) => checkNumber(`${at}.value`, number)),
    activeSince: checkDate(`${at}.activeSince`, alert.activeSince),
    startsAt: orNull(startsAt, (text) => checkDate(`${at}.startsAt`, text)),
    endsAt: orNull(endsAt, (text) => checkDate(`${at}.endsAt`, text)),
    activeMs: age(`${at}.activeMs`, alert.activeMs),
    ...(isFlapping !== undefined && { isFlapping: checkBoolean(`${at}.isFlapping`, isFlapping) as true }),
    ...(acknowledgedBy !== undefined && { acknowledgedBy: checkName(`${at}.acknowledgedBy`, acknowledgedBy) }),
    ...(silencedBy !== undefined && { silencedBy: checkName(`${at}.silencedBy`, silencedBy) }),
    ...(inhibitedBy !== undefined && { inhibitedBy: checkName(`${at}.inhibitedBy`, inhibitedBy) }),
  })
}

/** The labels that a group is by may be called anything. */
function checkGroupLabels(at: string, labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(checkObject(at, labels)).map(([name, value]) => [
    name,
    checkString(`${at}.${name}`, value),
  ])
  return Object.freeze(Object.fromEntries(entries) as Record<string, string>)
}

function checkString(at: string, text: unknown): string {
  if (typeof text !== 'string') throw new TypeError(`${at} must be a string, got ${typeof text}`)
  return text
}

function checkDate(at: string, text: string): string {
  if (!(Math.abs(Date.parse(checkString(at, text))) <= LATEST_MS))
    throw new RangeError(`${at} must be a date, got "${text.slice(0, 80)}"`)
  return text
}
