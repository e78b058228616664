import { expect, it } from 'vitest'
import { Counters } from './counters.ts'

it('counts how signals fared, and refusals by their reason', () => {
  const counters = new Counters()
  for (let signal = 0; signal < 4; signal++) counters.arrived()
  counters.count('completed')
  counters.count('dead-lettered')
  counters.refuse('queue full')
  counters.refuse('circuit breaker open')
  counters.refuse('circuit breaker open')
  expect(counters.snapshot()).toMatchObject({
    byStatus: { completed: 1, failed: 0, 'dead-lettered': 1, rejected: 3 },
    rejectedBy: { 'queue full': 1, 'circuit breaker open': 2, 'rate limit': 0 },
    errorRatio: 0.8,
    completedLately: 1,
  })
  expect(counters.snapshot().rejectionRate).toBeGreaterThan(0)
})
