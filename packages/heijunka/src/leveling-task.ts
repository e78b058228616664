import { spreadOf } from './imbalance.ts'
import type { Lane } from './lane.ts'
import { waterLevel } from './water-level.ts'

/** How many items, or else lanes, are looked at in one step, at most. */
export const STEP = 1024

/** What the movable load is poured to: moving may end where all lanes are within `band` of `level`. */
export interface Target {
  readonly level: number
  readonly band: number
}

/** What there is to level. */
export interface LevelingTask<T> {
  readonly lanes: readonly Lane<T>[]
  /** What can't be moved out of each lane: what is in progress, and keys of which something is. */
  readonly fixed: readonly number[]
  /** Whether every item weighs 1 and none has a key, so that blocks can be moved unseen. */
  readonly isUniform: boolean
  /** The imbalance to come down to. */
  readonly threshold: number
}

/** Where to. O(lanes · log lanes). */
export function targetOf<T>({ lanes, fixed, threshold }: LevelingTask<T>): Target {
  const loads = lanes.map(({ load }) => load)
  const { level, highest } = waterLevel(loads.map((load, index) => ({ load, fixed: fixed[index] as number })))
  const band = (threshold * spreadOf(loads).avg) / 2
  // Where something that can't move stands out, the threshold is out of reach, and the rest is levelled fully.
  return { level, band: highest > level + band ? 0 : band }
}

/** The lane with the lowest load; the first of those. O(lanes). */
export function leastBusy<T>(lanes: readonly Lane<T>[]): Lane<T> {
  let best = lanes[0] as Lane<T>
  let { load } = best
  for (const lane of lanes) {
    if (lane.load >= load) continue
    best = lane
    load = lane.load
  }
  return best
}

/** Whether nothing needs to be moved any more when these are the busiest and the least busy. */
export function isLevel<T>(busiest: Lane<T>, least: Lane<T>, { level, band }: Target): boolean {
  return least.load >= level || (busiest.load <= level + band && least.load >= level - band)
}
