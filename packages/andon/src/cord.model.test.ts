import { ManualClock } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Cord } from './cord.ts'

type Step =
  | { readonly kind: 'pull'; readonly by: string }
  | { readonly kind: 'release'; readonly by: string }
  | { readonly kind: 'one'; readonly id: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'advance'; readonly ms: number }

const person = fc.constantFrom('ann', 'bob', 'cleo')
const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant('pull' as const), by: person }), weight: 4 },
  { arbitrary: fc.record({ kind: fc.constant('release' as const), by: person }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant('one' as const), id: fc.integer({ min: 1, max: 20 }) }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant('all' as const) }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.nat({ max: 100 }) }), weight: 2 },
)

const MAX_PULLS = 5

it('holds what was pulled and not released, and runs exactly when nothing is held', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const clock = new ManualClock()
      const cord = new Cord({ clock, wallNow: () => 0, maxPulls: MAX_PULLS, historySize: 1000 })
      const ends: string[] = []
      cord.on('stop', () => ends.push('stop'))
      cord.on('run', () => ends.push('run'))
      let held: { id: number; by: string }[] = []
      let [made, over] = [0, 0]
      for (const one of steps) {
        const before = held.length
        if (one.kind === 'pull') {
          if (held.length < MAX_PULLS) held.push({ id: ++made, by: cord.pull({ by: one.by, reason: 'x' }).by })
          else expect(() => cord.pull({ by: one.by, reason: 'x' })).toThrow('maxPulls')
        } else if (one.kind === 'advance') clock.advance(one.ms)
        else {
          const stays = (pull: (typeof held)[number]): boolean =>
            one.kind === 'release' ? pull.by !== one.by : one.kind === 'one' ? pull.id !== one.id : false
          held = held.filter(stays)
          const options =
            one.kind === 'release' ? { by: one.by } : one.kind === 'one' ? { pull: one.id } : { all: true }
          expect(cord.release({ by: 'zoe', ...options })).toBe(before - held.length)
          over += before - held.length
        }
        expect(cord.snapshot().pulls.map(({ id, by }) => ({ id, by }))).toEqual(held)
        expect(cord.isPulled).toBe(held.length > 0)
        expect(cord.history()).toHaveLength(over)
      }
      // Stops and runs alternate, and the last one says how the line is.
      expect(ends).toEqual(ends.map((_, index) => (index % 2 === 0 ? 'stop' : 'run')))
      expect(ends.length % 2 === 1).toBe(held.length > 0)
    }),
    { numRuns: 300 },
  )
})
