import { describe, expect, it } from 'vitest'
import { type Stated, Transitions } from './transitions.ts'

const circuit = (state: string): Stated => ({ kind: 'circuit', name: 'downstream', state })
const alert = (state: string, name = 'HighLatency'): Stated => ({ kind: 'alert', name, state })

describe('transitions', () => {
  it('tells nothing of what was so from the first reading on', () => {
    const transitions = new Transitions()
    transitions.observe(1_000, [circuit('open'), alert('firing')])
    transitions.observe(2_000, [circuit('open'), alert('firing')])
    expect(transitions.latest).toEqual([])
  })

  it('tells each change with how long the state before lasted, the latest first', () => {
    const transitions = new Transitions()
    for (const [at, state] of [
      [0, 'closed'],
      [1_000, 'open'],
      [31_000, 'closed'],
    ] as const)
      transitions.observe(at, [circuit(state)])
    expect(transitions.latest).toEqual([
      { kind: 'circuit', name: 'downstream', from: 'open', to: 'closed', at: 31_000, afterMs: 30_000 },
      { kind: 'circuit', name: 'downstream', from: 'closed', to: 'open', at: 1_000, afterMs: null },
    ])
  })

  it('counts a change once, whether it is noted or observed first', () => {
    const transitions = new Transitions()
    transitions.observe(0, [circuit('closed')])
    transitions.note(400, circuit('open'))
    transitions.note(900, circuit('half-open'))
    transitions.observe(1_000, [circuit('half-open')])
    expect(transitions.latest.map(({ at, to }) => [at, to])).toEqual([
      [900, 'half-open'],
      [400, 'open'],
    ])
  })

  it('follows an alert from nothing to firing and back', () => {
    const transitions = new Transitions()
    transitions.observe(0, [circuit('closed')])
    transitions.observe(1_000, [circuit('closed'), alert('pending')])
    transitions.observe(2_000, [circuit('closed'), alert('firing')])
    transitions.observe(5_000, [circuit('closed')])
    transitions.observe(6_000, [circuit('closed'), alert('pending')])
    expect(transitions.latest.map(({ from, to, afterMs }) => [from, to, afterMs])).toEqual([
      ['inactive', 'pending', null],
      ['firing', 'inactive', 3_000],
      ['pending', 'firing', 1_000],
      ['inactive', 'pending', null],
    ])
  })

  it('forgets a pending alert that came to nothing', () => {
    const transitions = new Transitions()
    transitions.observe(0, [circuit('closed')])
    transitions.observe(1_000, [circuit('open'), alert('pending')])
    transitions.observe(2_000, [circuit('open')])
    transitions.observe(3_000, [circuit('open'), alert('pending')])
    transitions.observe(4_000, [circuit('closed')])
    expect(transitions.latest.map(({ kind, to }) => [kind, to])).toEqual([
      ['circuit', 'closed'],
      ['circuit', 'open'],
    ])
  })

  it('keeps the last hundred', () => {
    const transitions = new Transitions()
    for (let at = 0; at <= 150; at++) transitions.observe(at, [circuit(at % 2 ? 'open' : 'closed')])
    expect(transitions.latest).toHaveLength(100)
    expect(transitions.latest.at(-1)?.at).toBe(51)
  })
})
