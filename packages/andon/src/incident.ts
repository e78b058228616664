import type { AlertState } from './alert-state.ts'
import { type Alert, type AlertNotes, alertOf } from './alert.ts'
import type { Itinerary } from './routes.ts'
import type { Series } from './series.ts'
import type { Silence } from './silences.ts'

/** Who has acknowledged an alert. Plain JSON. */
export interface Acknowledgement {
  readonly by: string
  readonly comment: string
}

/** Why an alert that fires is not told. */
export type HoldBack = { readonly silence: Silence } | { readonly inhibitor: string }

/** One firing of an alert, from its `firing` to its `resolved`: what was told of it, and what is to be told. */
export class Incident {
  readonly series: Series
  readonly itinerary: Itinerary
  /** Different for each incident of an emitter, restored ones included. */
  readonly sequence: number
  /** Where it was when it fired; its series may be ahead. */
  readonly state: AlertState
  heldBack: HoldBack | undefined
  /** The versions of silences and inhibitions that `heldBack` was found with. */
  heldBackVersion = -1
  /** When it could be told first; `undefined` while it has been held back from the beginning. */
  toldMs: number | undefined
  /** When it was told last that it fires. */
  repeatedMs = 0
  /** How many times it was told after the first. */
  retold = 0
  /** How many steps of the escalation were taken. */
  step = 0
  acknowledgement: Acknowledgement | undefined
  /** Whether every channel that it goes to was told, as long as nothing holds it back. */
  isInformed = false

  constructor(series: Series, state: AlertState, itinerary: Itinerary, sequence: number) {
    this.series = series
    this.state = state
    this.itinerary = itinerary
    this.sequence = sequence
  }

  get notes(): AlertNotes {
    const { acknowledgement, heldBack } = this
    return {
      ...(acknowledgement && { acknowledgedBy: acknowledgement.by }),
      ...(heldBack &&
        ('silence' in heldBack ? { silencedBy: heldBack.silence.id } : { inhibitedBy: heldBack.inhibitor })),
    }
  }

  /** The alert as it is now. */
  alertAt(nowMs: number): Alert {
    return alertOf(this.series, this.state, 'firing', nowMs, this.notes)
  }

  /** What its notifications are called. */
  idOf({ fingerprint, startsAt }: Alert, suffix: string): string {
    return `${fingerprint}@${startsAt}/${this.sequence}/${suffix}`
  }
}
