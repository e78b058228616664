import { expect, it } from 'vitest'
import { type AlertState, INACTIVE, nextState } from './alert-state.ts'
import type { Condition } from './rule.ts'

const patience = { forMs: 100, keepFiringMs: 50 }
const pending: AlertState = { kind: 'pending', sinceMs: 0 }
const firing: AlertState = { kind: 'firing', sinceMs: 0, firedMs: 100, clearMs: undefined }
const clearing: AlertState = { ...firing, clearMs: 200 }

it.each<[string, AlertState, Condition, number, AlertState]>([
  ['stays inactive while clear', INACTIVE, 'clear', 0, INACTIVE],
  ['stays inactive between the levels', INACTIVE, 'between', 0, INACTIVE],
  ['becomes pending with trouble', INACTIVE, 'breach', 5, { kind: 'pending', sinceMs: 5 }],
  ['stays pending one moment before forMs', pending, 'breach', 99.9, pending],
  ['fires exactly at forMs', pending, 'breach', 100, firing],
  ['goes away when the trouble ends while pending', pending, 'clear', 99, INACTIVE],
  ['goes away between the levels while pending', pending, 'between', 99, INACTIVE],
  ['keeps firing with trouble', firing, 'breach', 150, firing],
  ['keeps firing between the levels', firing, 'between', 150, firing],
  ['begins to clear', firing, 'clear', 200, clearing],
  ['keeps firing one moment before keepFiringMs', clearing, 'clear', 249.9, clearing],
  ['resolves exactly at keepFiringMs', clearing, 'clear', 250, INACTIVE],
  ['forgets that it began to clear when the trouble is back', clearing, 'breach', 210, firing],
  ['forgets that it began to clear between the levels', clearing, 'between', 210, firing],
  ['stays pending without data, however long', pending, 'unknown', 1e9, pending],
  ['stays clearing without data, however long', clearing, 'unknown', 1e9, clearing],
])('%s', (_, state, condition, nowMs, expected) => {
  expect(nextState(state, condition, nowMs, patience)).toEqual(expected)
})

it('returns the same object when nothing changes', () => {
  expect(nextState(pending, 'breach', 50, patience)).toBe(pending)
  expect(nextState(firing, 'between', 150, patience)).toBe(firing)
  expect(nextState(clearing, 'clear', 240, patience)).toBe(clearing)
})

it('fires and resolves at once without patience', () => {
  const impatient = { forMs: 0, keepFiringMs: 0 }
  const fired = nextState(INACTIVE, 'breach', 7, impatient)
  expect(fired).toEqual({ kind: 'firing', sinceMs: 7, firedMs: 7, clearMs: undefined })
  expect(nextState(fired, 'clear', 7, impatient)).toBe(INACTIVE)
})
