/** Somebody else is on call for a while. */
export interface OnCallOverride {
  readonly name: string
  /** ms since 1970. */
  readonly fromMs: number
  /** Not included. */
  readonly untilMs: number
}

/** Who is on call when. Shifts are counted in ms, so no day of a summer time is longer than another. */
export interface OnCallSchedule {
  /** Who takes turns, in this order. At least one. */
  readonly rotation: readonly string[]
  /** When the first shift of the first one begins, in ms since 1970. The rotation goes on before it as well. */
  readonly startMs: number
  /** How long a shift is, in ms. */
  readonly shiftMs: number
  /** Of those that overlap the last one wins. */
  readonly overrides: readonly OnCallOverride[]
}

/** Who is on call at a moment. */
export interface OnCall {
  readonly name: string
  readonly isOverride: boolean
  /** The next moment at which it has to be looked at again: the same one may be on call then. */
  readonly untilMs: number
}

/** Who is on call at `timeMs`: always exactly one. */
export function onCallAt({ rotation, startMs, shiftMs, overrides }: OnCallSchedule, timeMs: number): OnCall {
  const shift = Math.floor((timeMs - startMs) / shiftMs)
  let untilMs = startMs + (shift + 1) * shiftMs
  for (const { fromMs, untilMs: endMs } of overrides) {
    if (fromMs > timeMs) untilMs = Math.min(untilMs, fromMs)
    if (endMs > timeMs) untilMs = Math.min(untilMs, endMs)
  }
  const override = overrides.findLast((each) => each.fromMs <= timeMs && timeMs < each.untilMs)
  if (override) return { name: override.name, isOverride: true, untilMs }
  const turn = ((shift % rotation.length) + rotation.length) % rotation.length
  return { name: rotation[turn]!, isOverride: false, untilMs }
}

/** When somebody else is on call next, and who. */
export interface Handover {
  readonly now: string
  /** `null`: never, as far as the schedule goes. */
  readonly untilMs: number | null
  readonly next: string | null
}

/** Who is on call at `timeMs`, until when, and who then. O(shifts until then). */
export function handoverAfter(schedule: OnCallSchedule, timeMs: number): Handover {
  const { name: now, untilMs } = onCallAt(schedule, timeMs)
  // After a whole rotation without overrides nothing new can come.
  const lastMs = Math.max(timeMs, ...schedule.overrides.map((each) => each.untilMs))
  const mostMs = lastMs + (schedule.rotation.length + 1) * schedule.shiftMs
  for (let atMs = untilMs; atMs <= mostMs;) {
    const later = onCallAt(schedule, atMs)
    if (later.name !== now) return { now, untilMs: atMs, next: later.name }
    atMs = later.untilMs
  }
  return { now, untilMs: null, next: null }
}
