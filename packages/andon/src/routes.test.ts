import { expect, it } from 'vitest'
import { make, recorder } from './alert-fixtures.ts'
import type { AlertEmitterOptions } from './options.ts'
import type { AlertRule } from './rule.ts'

const rules: AlertRule[] = [
  { name: 'Slow', severity: 'yellow', threshold: { above: 0 } },
  { name: 'Down', severity: 'red', threshold: { above: 0 } },
]

function setUp(options: Partial<AlertEmitterOptions>) {
  const channels = ['log', 'team', 'pager'].map((name) => recorder(name))
  const made = make({ rules, channels, ...options })
  const of = (name: string): string[] => channels.find((channel) => channel.name === name)?.texts() ?? []
  return { ...made, of }
}

it('sends an alert to the channels of every route that matches, once to each', () => {
  const { emitter, of } = setUp({
    routes: [
      { channels: ['log'] },
      { match: { severity: 'red' }, channels: ['pager', 'log'] },
      { match: { shop: 'b' }, channels: ['team'] },
    ],
  })
  emitter.observe({ rule: 'Slow', labels: { shop: 'b' } }, 1)
  emitter.observe('Down', 1)
  expect(of('log')).toEqual(['Slow{shop="b"} firing', 'Down{} firing'])
  expect(of('pager')).toEqual(['Down{} firing'])
  expect(of('team')).toEqual(['Slow{shop="b"} firing'])
})

it('counts an alert that no route wants', () => {
  const { emitter, of } = setUp({ routes: [{ match: { severity: 'red' }, channels: ['pager'] }] })
  emitter.observe('Slow', 1)
  emitter.observe('Slow', 0)
  expect([...of('log'), ...of('team'), ...of('pager')]).toEqual([])
  expect(emitter.snapshot().unrouted).toBe(1)
})

it('tells all channels by default, except those that only escalation names', () => {
  const { emitter, of } = setUp({ escalation: [{ afterMs: 1000, channels: ['pager'] }] })
  emitter.observe('Slow', 1)
  expect([of('log').length, of('team').length, of('pager').length]).toEqual([1, 1, 0])
})

it.each<[object, string]>([
  [{ routes: {} }, 'routes must be an array'],
  [
    { routes: [{ channels: ['nobody'] }] },
    'routes[0].channels[0] must be the name of one of the channels, got "nobody"',
  ],
  [{ routes: [{ channels: 'log' }] }, 'routes[0].channels must be an array of names of channels'],
  [{ routes: [{ channels: [], match: { a: 1 } }] }, 'routes[0].match.a must be'],
  [{ routes: [{ channels: [], group: { by: 'rule' } }] }, 'routes[0].group.by must be an array of label names'],
  [{ group: { by: [], waitMs: -1 } }, 'group.waitMs must be a finite number in [0, ∞), got -1'],
  [{ group: { by: [], intervalMs: NaN } }, 'group.intervalMs must be'],
  [{ repeatEveryMs: 0 }, 'repeatEveryMs must be a finite number in (0, ∞), got 0'],
  [{ escalation: [{ afterMs: 0, channels: [] }] }, 'escalation[0].afterMs must be a finite number in (0, ∞), got 0'],
  [
    { escalation: [5, 5].map((afterMs) => ({ afterMs, channels: ['log'] })) },
    'escalation[1].afterMs must be a finite number in (5, ∞), got 5',
  ],
  [
    { escalation: Array.from({ length: 17 }, (_, index) => ({ afterMs: index + 1, channels: [] })) },
    'escalation must have at most 16 steps, got 17',
  ],
  [{ inhibitions: {} }, 'inhibitions must be an array'],
  [{ maxSilences: 0 }, 'maxSilences must be an integer in [1, ∞), got 0'],
  [{ flapHold: { changes: 1, withinMs: 1 } }, 'flapHold.changes must be an integer in [2, 1000], got 1'],
  [{ flapHold: { changes: 2, withinMs: 0 } }, 'flapHold.withinMs must be'],
  [{ flapHold: { changes: 2, withinMs: 1, calmMs: 0 } }, 'flapHold.calmMs must be'],
])('refuses %o', (options, message) => {
  expect(() => setUp(options)).toThrow(message)
})
