import { CircuitBreaker } from '@tps/jidoka'
import { ManualClock } from '@tps/internal/manual-clock'
import { expect, it } from 'vitest'
import { DownstreamWatch } from './watch.ts'

/** A watch over a downstream that is as well as `state.isWell` says. */
function watched() {
  const state = { isWell: true, asked: 0 }
  const clock = new ManualClock()
  const breaker = new CircuitBreaker({ clock, trip: { consecutiveFailures: 3 }, break: { ms: 1000 } })
  const downstream = {
    health: async () => {
      state.asked++
      if (!state.isWell) throw new Error('down')
    },
  }
  return { state, clock, breaker, watch: new DownstreamWatch(breaker, downstream, 1000) }
}

it('opens the circuit when checks fail in a row, and says what failed', async () => {
  const { state, breaker, watch } = watched()
  expect(watch.reading.status).toBe('unknown')
  await watch.check()
  expect(watch.reading).toMatchObject({ status: 'healthy', latencyMs: expect.any(Number) })
  state.isWell = false
  for (let check = 0; check < 3; check++) await watch.check()
  expect(breaker.state).toBe('open')
  expect(watch.reading).toMatchObject({ status: 'unhealthy', latencyMs: null, error: 'down' })
})

it('does not ask while the circuit refuses, and closes it with the first good check after the break', async () => {
  const { state, clock, breaker, watch } = watched()
  state.isWell = false
  for (let check = 0; check < 3; check++) await watch.check()
  const { asked } = state
  state.isWell = true
  await watch.check()
  expect(state.asked).toBe(asked)
  clock.advance(1000)
  await watch.check()
  expect(breaker.state).toBe('closed')
})

it('does not let good checks interrupt a row of failing calls', async () => {
  const { breaker, watch } = watched()
  for (let call = 0; call < 3; call++) {
    breaker.tryAcquire()?.failure(new Error('call'))
    await watch.check()
  }
  expect(breaker.state).toBe('open')
})
