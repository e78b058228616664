// How figures are written. What has no value is a dash.
const NONE = '–'
const is = (value) => typeof value === 'number' && Number.isFinite(value)

/** A number with as many digits as can be told apart at its size. */
export function number(value, digits) {
  if (!is(value)) return NONE
  const most = digits ?? (Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2)
  return value.toLocaleString('en', { maximumFractionDigits: most })
}

/** A sample's value: whole above 1,000, else with four digits that mean something. */
export function sample(value) {
  // An infinite value comes as a text.
  if (typeof value === 'string') return value
  if (!is(value)) return NONE
  return value.toLocaleString('en', Math.abs(value) >= 1_000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 4 })
}

export const count = (value) => number(value, 0)
export const perSecond = (value) => (is(value) ? `${number(value, value >= 100 ? 0 : 1)} /s` : NONE)
export const percent = (value, digits) =>
  is(value) ? `${number(value * 100, digits ?? (Math.abs(value) < 0.1 && value !== 0 ? 1 : 0))} %` : NONE

/** A duration given in ms, in the unit that suits it. */
export function duration(ms) {
  if (!is(ms)) return NONE
  if (ms < 1) return `${number(ms, 2)} ms`
  if (ms < 1_000) return `${number(ms, ms < 10 ? 1 : 0)} ms`
  if (ms < 60_000) return `${number(ms / 1_000, ms < 10_000 ? 1 : 0)} s`
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`
  if (ms < 172_800_000) return `${number(ms / 3_600_000, 1)} h`
  return `${number(ms / 86_400_000, 1)} days`
}

/** Time of day of a wall clock in ms or ISO 8601. */
export function clock(at, withSeconds = true) {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? NONE : date.toTimeString().slice(0, withSeconds ? 8 : 5)
}

/** How long ago, seen from `now`. */
export function ago(at, now) {
  const ms = now - new Date(at).getTime()
  if (!is(ms)) return NONE
  return ms < 1_500 ? 'just now' : `${duration(Math.floor(ms / 1_000) * 1_000)} ago`
}

/** "1 worker", "2 workers". */
export const plural = (value, word) => `${count(value)} ${word}${value === 1 ? '' : 's'}`
