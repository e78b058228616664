import type { AlertState } from './alert-state.ts'
import type { Labels } from './labels.ts'
import type { Severity } from './rule.ts'
import type { Series } from './series.ts'

/** An alert at one moment. Frozen plain JSON: it may be kept, sent and shared. */
export interface Alert {
  /** Rule and labels as text: the same for the same trouble, also after a restart. */
  readonly fingerprint: string
  /** The rule's name. */
  readonly rule: string
  /** The rule's labels and those of the series, sorted by name. */
  readonly labels: Labels
  readonly severity: Severity
  /** `inactive` is what became of a pending alert that never fired; `resolved` of one that did. */
  readonly state: 'pending' | 'firing' | 'resolved' | 'inactive'
  /** What is wrong with the value: "above 200". */
  readonly condition: string
  readonly summary: string
  /** Empty when the rule has none. */
  readonly description: string
  /** The last value seen, `null` when there was none or it went missing. */
  readonly value: number | null
  /** Since when the trouble lasts, as ISO 8601 in UTC. */
  readonly activeSince: string
  /** When it began to fire; `null` when it never has. */
  readonly startsAt: string | null
  /** When it resolved or went away; `null` while it is active. */
  readonly endsAt: string | null
  /** How long the trouble has lasted, in ms, by the monotonic clock. */
  readonly activeMs: number
  /** Present and true while it is held as firing because it comes and goes. */
  readonly isFlapping?: true
  /** Present when somebody has acknowledged it: who. */
  readonly acknowledgedBy?: string
  /** Present while a silence holds it back: its id. */
  readonly silencedBy?: string
  /** Present while another alert holds it back: its fingerprint. */
  readonly inhibitedBy?: string
}

/** What else is known of an alert that fires. */
export type AlertNotes = Pick<Alert, 'acknowledgedBy' | 'silencedBy' | 'inhibitedBy'>

/** Builds the alert of `series`. `active` is its present state, or its last one when it has ended. */
export function alertOf(
  series: Series,
  active: AlertState,
  state: Alert['state'],
  nowMs: number,
  notes?: AlertNotes,
): Alert {
  const { rule, labels, fingerprint, value, wallOffsetMs } = series
  const iso = (ms: number): string => new Date(Math.round(wallOffsetMs + ms)).toISOString()
  const sinceMs = active.kind === 'inactive' ? nowMs : active.sinceMs
  const hasEnded = state === 'resolved' || state === 'inactive'
  return Object.freeze({
    fingerprint,
    rule: rule.name,
    labels,
    severity: rule.severity,
    state,
    condition: rule.condition,
    summary: rule.summary,
    description: rule.description,
    value,
    activeSince: iso(sinceMs),
    startsAt: active.kind === 'firing' ? iso(active.firedMs) : null,
    endsAt: hasEnded ? iso(nowMs) : null,
    activeMs: nowMs - sinceMs,
    ...(series.flap?.isHeld && { isFlapping: true as const }),
    ...notes,
  })
}

const STATE_RANK = { firing: 0, pending: 1, resolved: 2, inactive: 3 } as const
const SEVERITY_RANK = { red: 0, yellow: 1 } as const

/** Most urgent first: firing before pending, red before yellow, then the one that lasts longest. */
export function byUrgency(a: Alert, b: Alert): number {
  return (
    STATE_RANK[a.state] - STATE_RANK[b.state] ||
    SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] ||
    b.activeMs - a.activeMs
  )
}
