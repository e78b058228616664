// #region readme
import { CircuitBreaker, CircuitOpenError } from '@tps/jidoka'

const breaker = new CircuitBreaker({ name: 'billing' })
const charge = breaker.wrap(chargeCard)

for (let attempt = 1; attempt <= 6; attempt++) {
  try {
    await charge('card-7', 12.5)
  } catch (error) {
    if (error instanceof CircuitOpenError) console.log(`not called: try again in ${error.retryAfterMs} ms`)
    else console.log(`failed: ${String(error)}`)
  }
}
// #endregion

async function chargeCard(card: string, amount: number): Promise<string> {
  throw new Error(`${card} could not be charged ${amount}: the bank does not answer`)
}
if (breaker.state !== 'open') throw new Error('five failures in a row should have opened it')
