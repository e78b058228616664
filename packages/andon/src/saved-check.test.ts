import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AlertEmitter } from './alert-emitter.ts'
import { make, recorder } from './alert-fixtures.ts'
import type { AlertRule } from './rule.ts'
import type { SavedAlertEmitter } from './saved.ts'

const rules: AlertRule[] = [
  { name: 'Slow', severity: 'red', threshold: { above: 200 }, flapHold: { changes: 2, withinMs: 1000 } },
  {
    name: 'Budget',
    severity: 'red',
    burnRate: { target: 0.9, longMs: 1000, factor: 2 },
  },
]
const channels = [recorder(), { name: 'stuck', send: async () => new Promise<void>(() => {}) }]

/** With something of everything in it. */
function saved(): SavedAlertEmitter {
  const { emitter, after } = make({
    rules,
    channels,
    group: { by: ['rule'], waitMs: 0 },
    escalation: [{ afterMs: 5, channels: ['rec'] }],
  })
  for (const value of [300, 0, 300, 0, 300]) emitter.observe({ rule: 'Slow', labels: { shard: 'a' } }, value)
  emitter.observe('Slow', 300)
  emitter.acknowledge('Slow{}', { by: 'ada' })
  for (const good of [0, 0]) {
    emitter.observe('Budget', { good, total: good })
    after(10)
  }
  emitter.silence({ matchers: { shard: { not: /x/ } }, forMs: 5000, by: 'ada' })
  emitter.observe('Slow', 0)
  return JSON.parse(JSON.stringify(emitter)) as SavedAlertEmitter
}

/** Every place in a JSON value. */
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))]
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>
  copy[key] = replaced(copy[key], rest, by)
  return copy
}

it('takes what toJSON gave', () => {
  const emitter = AlertEmitter.restore(saved(), { rules, channels })
  expect(emitter.toJSON().series).toHaveLength(saved().series.length)
})

it.each<[string, unknown, string]>([
  ['', null, 'saved must be an object, got null'],
  ['version', 2, 'saved.version must be 1, got 2'],
  ['savedAt', 'now', 'saved.savedAt must be a number'],
  ['savedAt', 1e300, 'saved.savedAt must be a finite number'],
  ['series', {}, 'saved.series must be an array'],
  ['series.0.state.kind', 'broken', 'saved.series[0].state.kind must be "inactive" or "pending" or "firing"'],
  ['series.0.labels.shard', 5, 'saved.series[0].labels.shard must be a string'],
  ['series.0.observedAgoMs', -1, 'saved.series[0].observedAgoMs must be a finite number'],
  ['series.0.flap.inner.kind', 5, 'saved.series[0].flap.inner.kind must be'],
  ['silences.0.matchers', {}, 'saved.silences[0].matchers must have from 1 to 16 labels'],
  ['silences.0.endsAt', 'soon', 'saved.silences[0].endsAt must be a date, got "soon"'],
  ['channels.0.open.0.startsAt', '+275760-09-13T00:00:00.000Z', 'saved.channels[0].open[0].startsAt must be a date'],
  ['channels.1.owed.0.notification.kind', 'maybe', 'saved.channels[1].owed[0].notification.kind must be'],
  ['channels.1.owed.0.notification.alerts.0.state', 'resolved', 'must have alerts that are "firing", got "resolved"'],
  ['channels.0.groups.0.labels.rule', 5, 'saved.channels[0].groups[0].labels.rule must be a string'],
  ['history.0.activeMs', null, 'saved.history[0].activeMs must be a number, got null'],
])('names what is wrong: %s is %o', (path, value, message) => {
  const broken = replaced(saved(), path === '' ? [] : path.split('.'), value) as SavedAlertEmitter
  expect(() => AlertEmitter.restore(broken, { rules, channels })).toThrow(message)
})

it('never breaks anything later: it is refused with a TypeError or RangeError, or it works', () => {
  const good = saved()
  const paths = pathsOf(good)
  const junk = fc.oneof(
    fc.constantFrom<unknown>(undefined, null, '', 'x', -1, 0, 1e300, NaN, [], {}, [null], true, Date.UTC(9999, 0)),
    fc.jsonValue({ maxDepth: 2 }),
  )
  fc.assert(
    fc.property(fc.constantFrom(...paths), junk, (path, value) => {
      let restored: AlertEmitter
      try {
        restored = AlertEmitter.restore(replaced(good, path, value) as SavedAlertEmitter, { rules, channels })
      } catch (error) {
        expect(error instanceof TypeError || error instanceof RangeError).toBe(true)
        expect((error as Error).message).toMatch(/^(saved|name|matchers)/)
        return
      }
      restored.on('deliveryFailed', () => {})
      restored.evaluate()
      restored.observe('Slow', 0)
      for (const { startsAt } of restored.alerts()) expect(startsAt).not.toBe('')
      expect(() => JSON.stringify(restored)).not.toThrow()
      restored.close()
    }),
    { numRuns: 500 },
  )
})
