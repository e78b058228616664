// #region readme
import { CircuitBreaker } from '@tps/jidoka'

const breaker = new CircuitBreaker({ name: 'billing', trip: { consecutiveFailures: 2 }, break: { ms: 20 } })

breaker.on('open', ({ reason, breakMs, cause }) => console.log(`open for ${breakMs} ms: ${reason}, ${String(cause)}`))
breaker.on('halfOpen', ({ probes }) => console.log(`trying ${probes} call`))
breaker.on('close', ({ outageMs }) => console.log(`closed after ${outageMs.toFixed()} ms`))

{
  using _hold = breaker.forceOpen('deploy')
  console.log(breaker.state, breaker.snapshot().holds)
}
// #endregion

const answers: (() => string)[] = [fail, fail, () => 'ok']
for (const answer of answers) {
  if (breaker.state === 'open') await new Promise((resolve) => setTimeout(resolve, 30))
  console.log(await breaker.execute(answer).catch(String))
}
console.log(JSON.stringify(breaker.snapshot(), undefined, 2))
if (breaker.state !== 'closed') throw new Error('the probe should have closed it')

function fail(): never {
  throw new Error('down')
}
