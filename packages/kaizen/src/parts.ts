import { Counts } from './counts.ts'
import { type PercentileTrackerOptions, type TrackerMeasure, checkTracker } from './options.ts'

/** What a tracker is made of. */
export interface Parts {
  /** May be shared between trackers. */
  readonly measure: TrackerMeasure
  /** Empty, and no other's. */
  readonly counts: Counts
}

/** No option that a user can give: whoever makes many trackers hands over what each is made of. */
const PARTS: unique symbol = /* @__PURE__ */ Symbol('parts')

/** Options of a tracker that is made of `parts`. */
export function optionsOf(name: string, parts: Parts): PercentileTrackerOptions {
  return { name, [PARTS]: parts } as PercentileTrackerOptions
}

/** The parts that the options hold, or else new ones, as the options say. */
export function partsOf(name: string, options: PercentileTrackerOptions): Parts {
  const given = (options as { readonly [PARTS]?: Parts })[PARTS]
  return given ?? { measure: checkTracker(name, options), counts: new Counts() }
}
