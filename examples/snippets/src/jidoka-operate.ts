// A dry run that is turned into earnest, a breaker taken out of the way, and one that survives a restart.
// #region readme
import { CircuitBreaker, type SavedCircuitBreaker } from '@tps/jidoka'

// What would it do? Nothing is refused; `totals.wouldReject` counts what would have been.
const billing = new CircuitBreaker({ name: 'billing', mode: 'observe', trip: { consecutiveFailures: 2 } })
billing.on('wouldReject', ({ retryAfterMs }) => console.log(`would refuse for ${retryAfterMs} ms`))
await callFailing(billing, 3)

// In earnest: the window and the state stay.
billing.reconfigure({ trip: { consecutiveFailures: 2 }, break: { ms: 10_000 } })
console.log(billing.tryAcquire() === undefined)

{
  using _off = billing.disable('the migration makes it fail, and that is fine')
  console.log(billing.state)
}

// The next process goes on with the break.
const saved = JSON.stringify(billing)
const restored = CircuitBreaker.restore(JSON.parse(saved) as SavedCircuitBreaker)
console.log(restored.name, restored.state)
// #endregion

async function callFailing(breaker: CircuitBreaker, times: number): Promise<void> {
  for (let call = 0; call < times; call++)
    await breaker.execute(() => Promise.reject(new Error('down'))).catch(() => undefined)
}
if (billing.snapshot().totals.wouldReject !== 1 || restored.state !== 'open') throw new Error('not as described')
