import { ManualClock } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { it } from 'vitest'
import { BreakerRegistry } from './index.ts'

interface Real {
  readonly clock: ManualClock
  readonly registry: BreakerRegistry
}

/** The keys that have to be there: whatever has failed and could not have been forgotten. */
interface Model {
  readonly opened: Set<string>
}

const MAX = 4

function invariants({ registry }: Real, { opened }: Model): void {
  const entries = [...registry]
  if (registry.size > MAX || entries.length !== registry.size) throw new Error('the bound does not hold')
  const open = entries.filter(([, { state }]) => state !== 'closed').map(([key]) => key)
  if (open.length !== registry.snapshot().open) throw new Error('what is open is counted wrongly')
  if (open.length > 2) throw new Error('too large a share is open')
  for (const key of opened) if (!open.includes(key)) throw new Error(`${key} was given up although it is open`)
}

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')

it('never exceeds its bounds nor forgets what is open', () => {
  const get = key.map((key) => (real: Real) => real.registry.get(key).tryAcquire()?.success())
  const fail = key.map((key) => (real: Real) => {
    const { registry } = real
    const breaker = registry.get(key)
    // Beyond the share it would be closed again when it is next asked for, so it is.
    breaker.tryAcquire()?.failure()
    registry.get(key)
  })
  const advance = fc.nat(15_000).map((ms) => (real: Real) => real.clock.advance(ms))
  fc.assert(
    fc.property(fc.array(fc.oneof(get, fail, advance), { maxLength: 60 }), (steps) => {
      const clock = new ManualClock()
      const registry = new BreakerRegistry({
        clock,
        maxEntries: MAX,
        idleMs: 10_000,
        maxOpenRatio: 0.5,
        breaker: { trip: { consecutiveFailures: 1 }, break: { ms: 5_000 } },
      })
      const opened = new Set<string>()
      registry.on('create', ({ key, breaker }) => {
        breaker.on('open', () => opened.add(key))
        breaker.on('close', () => opened.delete(key))
      })
      for (const step of steps) {
        step({ clock, registry })
        invariants({ clock, registry }, { opened })
      }
    }),
    { numRuns: 1_000 },
  )
})
