import type { Condition } from './rule.ts'

/** Where an alert is. Times are readings of the monotonic clock, in ms. */
export type AlertState =
  | { readonly kind: 'inactive' }
  | { readonly kind: 'pending'; readonly sinceMs: number }
  | {
      readonly kind: 'firing'
      /** Since when the trouble lasts. */
      readonly sinceMs: number
      /** When it began to fire. */
      readonly firedMs: number
      /** Since when the value is clear, while `keepFiringMs` runs. */
      readonly clearMs: number | undefined
    }

export const INACTIVE: AlertState = { kind: 'inactive' }

/** How long things must last. */
export interface Patience {
  readonly forMs: number
  readonly keepFiringMs: number
}

/**
 * The whole state machine, without effects: where the alert is after `condition` was seen at `nowMs`.
 * Returns the same object when nothing changes.
 */
export function nextState(state: AlertState, condition: Condition, nowMs: number, patience: Patience): AlertState {
  if (condition === 'unknown') return state
  if (state.kind === 'firing') return whileFiring(state, condition, nowMs, patience)
  // The clear level is for what fires: anything but trouble interrupts what is only pending.
  if (condition !== 'breach') return INACTIVE
  const sinceMs = state.kind === 'pending' ? state.sinceMs : nowMs
  if (nowMs - sinceMs >= patience.forMs) return { kind: 'firing', sinceMs, firedMs: nowMs, clearMs: undefined }
  return state.kind === 'pending' ? state : { kind: 'pending', sinceMs }
}

type Firing = Extract<AlertState, { kind: 'firing' }>

function whileFiring(state: Firing, condition: Condition, nowMs: number, { keepFiringMs }: Patience): AlertState {
  const clearMs = condition === 'clear' ? (state.clearMs ?? nowMs) : undefined
  if (clearMs !== undefined && nowMs - clearMs >= keepFiringMs) return INACTIVE
  return clearMs === state.clearMs ? state : { ...state, clearMs }
}
