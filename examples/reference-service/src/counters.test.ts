import { expect, it } from 'vitest'
import { Counters } from './counters.ts'

it('counts how signals fared, and refusals by their reason', () => {
  const counters = new Counters()
  const nowMs = performance.now()
  for (let signal = 0; signal < 4; signal++) counters.arrived(nowMs)
  counters.count('completed', nowMs)
  counters.count('dead-lettered', nowMs)
  counters.refuse('queue full', nowMs)
  counters.refuse('circuit breaker open', nowMs)
  counters.refuse('circuit breaker open', nowMs)
  expect(counters.snapshot()).toMatchObject({
    byStatus: { completed: 1, failed: 0, 'dead-lettered': 1, rejected: 3 },
    rejectedBy: { 'queue full': 1, 'circuit breaker open': 2, 'rate limit': 0 },
    errorRatio: 0.8,
    completedLately: 1,
  })
  expect(counters.snapshot().rejectionRate).toBeGreaterThan(0)
})
