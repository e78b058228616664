import { checkInteger, checkNumber, checkObject } from '@tps/internal'
import { type AlertState, INACTIVE } from './alert-state.ts'

/** What to do with an alert that comes and goes. */
export interface FlapHold {
  /** It flaps when it fires and resolves more often than this within `withinMs`; each counts one. 2 to 1000. */
  readonly changes: number
  /** In ms, greater than 0. */
  readonly withinMs: number
  /** How long it must not change before the hold ends, in ms, greater than 0. Default `withinMs`. */
  readonly calmMs?: number | undefined
}

/** A `FlapHold` that has been checked. */
export type CheckedFlapHold = Required<FlapHold> & { readonly calmMs: number }

export function checkFlapHold(at: string, hold: FlapHold): CheckedFlapHold {
  checkObject(at, hold)
  const withinMs = checkNumber(`${at}.withinMs`, hold.withinMs, { above: 0 })
  const { calmMs = withinMs } = hold
  return {
    changes: checkInteger(`${at}.changes`, hold.changes, { min: 2, max: 1000 }),
    withinMs,
    calmMs: checkNumber(`${at}.calmMs`, calmMs, { above: 0 }),
  }
}

/**
 * Remembers when an alert fired and resolved, and holds it as firing while that happens too often: what it would do
 * otherwise goes on inside.
 */
export class Flap {
  /** The moments of the last changes, oldest first, at most one more than `changes`. */
  changes: number[] = []
  isHeld = false
  /** Where the alert would be, while it is held. */
  inner: AlertState = INACTIVE
  readonly #hold: CheckedFlapHold

  constructor(hold: CheckedFlapHold) {
    this.#hold = hold
  }

  /** Where the alert is to be shown after `inner` became `after`, having been `before`. */
  show(shown: AlertState, before: AlertState, after: AlertState, nowMs: number): AlertState {
    if ((before.kind === 'firing') !== (after.kind === 'firing')) this.#count(nowMs)
    if (!this.isHeld) {
      if (this.changes.length <= this.#hold.changes || !this.#isRecent(nowMs)) return after
      this.isHeld = true
      this.inner = after
      return after.kind === 'firing' ? after : shown
    }
    this.inner = after
    if (after.kind === 'pending' || !this.isCalm(nowMs)) return shown
    this.isHeld = false
    this.changes = []
    // It is the same alert that went on all the time.
    return after.kind === 'firing' && shown.kind === 'firing'
      ? { ...after, sinceMs: shown.sinceMs, firedMs: shown.firedMs }
      : after
  }

  /** Whether it has not changed for `calmMs`. */
  isCalm(nowMs: number): boolean {
    return nowMs - (this.changes.at(-1) ?? -Infinity) >= this.#hold.calmMs
  }

  /** Whether there is nothing to remember any more. */
  isOver(nowMs: number): boolean {
    return !this.isHeld && nowMs - (this.changes.at(-1) ?? -Infinity) > this.#hold.withinMs
  }

  #isRecent(nowMs: number): boolean {
    return nowMs - (this.changes[0] as number) <= this.#hold.withinMs
  }

  #count(nowMs: number): void {
    this.changes.push(nowMs)
    if (this.changes.length > this.#hold.changes + 1) this.changes.shift()
  }
}
