import { checkBoolean, checkInteger, checkName, checkNumber, checkObject, checkOneOf } from '@tps/internal'
import type { Circuit } from './circuit.ts'
import { type State, closedAt, halfOpenAt } from './machine.ts'
import type { Rules } from './rules.ts'
import type { CircuitBreakerSnapshot } from './snapshot.ts'
import type { Tally } from './tally.ts'
import type { SavedSlot, SavedWindow } from './window.ts'

/** What `toJSON` returns and `restore` takes: plain JSON. Times are ages, so that another clock can go on with them. */
export interface SavedCircuitBreaker {
  readonly version: 1
  readonly name: string
  /** When it was saved, on the wall clock, in ms since 1970. */
  readonly savedAt: number
  readonly state: 'closed' | 'open' | 'half-open'
  readonly stateForMs: number
  /** How long ago it was closed; 0 while it is. */
  readonly outageForMs: number
  /** How long the break has to last; 0 unless open. */
  readonly breakLeftMs: number
  /** Whether it admits a growing share. */
  readonly isRamping: boolean
  readonly openings: number
  readonly consecutiveFailures: number
  readonly window: SavedWindow
  readonly totals: CircuitBreakerSnapshot['totals']
  readonly lastFailure: CircuitBreakerSnapshot['lastFailure']
}

/** What of a circuit can outlive the process. */
export function saveCircuit(name: string, circuit: Circuit, nowMs: number, savedAt: number): SavedCircuitBreaker {
  const state = circuit.at(nowMs)
  const { tally } = circuit
  return {
    version: 1,
    name,
    savedAt,
    state: state.kind,
    stateForMs: nowMs - state.sinceMs,
    outageForMs: state.kind === 'closed' ? 0 : nowMs - state.outageSinceMs,
    breakLeftMs: state.kind === 'open' ? state.untilMs - nowMs : 0,
    isRamping: state.kind === 'closed' && state.isRamping,
    openings: circuit.readState(state, nowMs).openings,
    consecutiveFailures: tally.consecutiveFailures,
    window: tally.window.save(nowMs),
    totals: tally.readTotals(),
    lastFailure: tally.readLastFailure(nowMs),
  }
}

/** Checks what was saved and lets it age by `elapsedMs`. It may come from anywhere. */
export function checkSaved(saved: SavedCircuitBreaker, wallNowMs: number): SavedCircuitBreaker {
  const { version, state, isRamping, totals, lastFailure } = checkObject('saved', saved)
  if (version !== 1) throw new RangeError(`saved.version must be 1, got ${String(version)}`)
  // A wall clock that was set back has not run backwards.
  const elapsedMs = Math.max(0, wallNowMs - checkNumber('saved.savedAt', saved.savedAt))
  const age = (name: string, ms: number): number => checkNumber(`saved.${name}`, ms, { min: 0 }) + elapsedMs
  return {
    version,
    name: checkName('saved.name', saved.name),
    savedAt: wallNowMs,
    state: checkOneOf('saved.state', state, ['closed', 'open', 'half-open']),
    stateForMs: age('stateForMs', saved.stateForMs),
    outageForMs: age('outageForMs', saved.outageForMs),
    breakLeftMs: checkNumber('saved.breakLeftMs', saved.breakLeftMs, { min: 0 }) - elapsedMs,
    isRamping: checkBoolean('saved.isRamping', isRamping),
    openings: count('openings', saved.openings),
    consecutiveFailures: count('consecutiveFailures', saved.consecutiveFailures),
    window: checkWindow(saved.window, age),
    totals: checkTotals(totals),
    lastFailure: lastFailure && {
      message: checkObject('saved.lastFailure', lastFailure).message,
      agoMs: age('lastFailure.agoMs', lastFailure.agoMs),
    },
  }
}

/** The state that goes on with what was saved. Probes that ran have no one to answer to: probing begins anew. */
export function restoreState(saved: SavedCircuitBreaker, rules: Rules, nowMs: number): State {
  const { openings } = saved
  const sinceMs = nowMs - saved.stateForMs
  if (saved.state === 'closed') {
    const isRamping = saved.isRamping && rules.rampMs > 0
    return { ...closedAt(sinceMs, 0, openings), isRamping }
  }
  const outage = { generation: 0, sinceMs, openings, outageSinceMs: nowMs - saved.outageForMs }
  if (saved.state === 'half-open') return halfOpenAt(sinceMs, outage)
  // However long the break was, under these rules it wouldn't be longer.
  const untilMs = nowMs + Math.min(saved.breakLeftMs, rules.breakMaxMs)
  return { kind: 'open', ...outage, untilMs, reason: undefined }
}

/** Lets the counts go on from what was saved. */
export function restoreTally(
  tally: Tally,
  { totals, lastFailure, consecutiveFailures }: SavedCircuitBreaker,
  nowMs: number,
): void {
  Object.assign(tally, totals, { consecutiveFailures })
  if (!lastFailure) return
  tally.lastFailure = new Error(lastFailure.message)
  tally.lastFailureMs = nowMs - lastFailure.agoMs
}

const count = (name: string, value: number): number => checkInteger(`saved.${name}`, value, { min: 0 })

function checkWindow(window: SavedWindow, age: (name: string, ms: number) => number): SavedWindow {
  checkObject('saved.window', window)
  if (checkOneOf('saved.window.kind', window.kind, ['time', 'count']) === 'count') {
    const outcomes: unknown = Reflect.get(window, 'outcomes')
    if (typeof outcomes !== 'string') throw new TypeError('saved.window.outcomes must be a string')
    if (/[^0-3]/.test(outcomes)) throw new RangeError('saved.window.outcomes must consist of the digits 0 to 3')
    return { kind: 'count', outcomes }
  }
  const slots: unknown = Reflect.get(window, 'slots')
  if (!Array.isArray(slots)) throw new TypeError('saved.window.slots must be an array')
  return {
    kind: 'time',
    forMs: age('window.forMs', Reflect.get(window, 'forMs') as number),
    slots: slots.map((slot, index) => checkSlot(slot as SavedSlot, `window.slots[${index}]`, age)),
  }
}

function checkSlot(slot: SavedSlot, name: string, age: (name: string, ms: number) => number): SavedSlot {
  if (!Array.isArray(slot)) throw new TypeError(`saved.${name} must be an array`)
  const [agoMs, completed, failed, slow] = slot as SavedSlot
  const max = count(`${name}[1]`, completed)
  const part = (at: number, value: number): number => checkInteger(`saved.${name}[${at}]`, value, { min: 0, max })
  return [age(`${name}[0]`, agoMs), max, part(2, failed), part(3, slow)]
}

function checkTotals(totals: CircuitBreakerSnapshot['totals']): CircuitBreakerSnapshot['totals'] {
  const { success, failure, ignored, slow, late, rejected, wouldReject, opened } = checkObject('saved.totals', totals)
  const checked = { success, failure, ignored, slow, late, rejected, wouldReject, opened }
  for (const [name, value] of Object.entries(checked)) count(`totals.${name}`, value)
  return checked
}
