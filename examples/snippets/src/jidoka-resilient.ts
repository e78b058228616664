let attempts = 0
// #region readme
import { checkOrder, compose, resilient, retry, retryBudget, timeout, CircuitBreaker } from '@tps/jidoka'

const budget = retryBudget({ ratio: 0.2 })
const billing = resilient({
  name: 'billing',
  fallback: () => 'charged later',
  totalTimeout: 5_000,
  retry: { attempts: 3, delay: { ms: 10 }, budget },
  bulkhead: { limit: 20, queueCapacity: 100 },
  breaker: { trip: { failureRatio: 0.5 } },
  timeout: 1_000,
})

const result: number | string = await billing.execute(({ signal }) => charge('card-7', signal))
console.log(result, billing.retry?.snapshot().totals)

// The order is yours with `compose`; `checkOrder` says what is likely wrong with it.
const risky = compose(new CircuitBreaker(), retry({ budget }), timeout(1_000))
for (const { message } of checkOrder(risky)) console.log(message)
// #endregion

async function charge(card: string, signal: AbortSignal): Promise<number> {
  if (++attempts < 3) throw new Error(`${card}: no answer (${signal.aborted ? 'aborted' : 'attempt'} ${attempts})`)
  return 12.5
}
if (result !== 12.5 || attempts !== 3) throw new Error('the third attempt should have succeeded')
if (checkOrder(risky)[0]?.code !== 'retry-inside-breaker' || checkOrder(billing).length > 0)
  throw new Error('only the retry inside the breaker is in the wrong place')
