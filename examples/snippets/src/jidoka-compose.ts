// #region readme
import { CircuitBreaker, type Policy, compose } from '@tps/jidoka'

const measured: Policy = {
  async execute(work, options) {
    const startMs = performance.now()
    try {
      return await work({ signal: options?.signal ?? new AbortController().signal })
    } finally {
      console.log(`took ${(performance.now() - startMs).toFixed()} ms`)
    }
  },
}
const region = new CircuitBreaker({
  name: 'eu-west',
  window: { kind: 'count', calls: 200 },
  trip: { failureRatio: 0.3 },
})
const billing = new CircuitBreaker({ name: 'billing' })
const policy = compose(region, billing, measured)

const total: number = await policy.execute(async ({ signal }) => (signal.aborted ? 0 : 42))
// #endregion

console.log(total, region.snapshot().totals, billing.snapshot().totals)
if (total !== 42) throw new Error('the result should come through')
