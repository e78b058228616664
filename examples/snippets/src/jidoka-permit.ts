import { EventEmitter } from 'node:events'
// #region readme
import { CircuitBreaker } from '@tps/jidoka'

const stream = new CircuitBreaker({ name: 'price-stream', trip: { consecutiveFailures: 1 } })

function subscribe(prices: EventEmitter): boolean {
  const permit = stream.tryAcquire()
  if (!permit) return false
  prices.once('first', () => permit.success())
  prices.once('error', (error) => permit.failure(error))
  prices.once('unsubscribed', () => permit.ignore())
  return true
}
// #endregion

const prices = new EventEmitter()
const wasAdmitted = subscribe(prices)
prices.emit('error', new Error('no prices today'))
const isAdmitted = subscribe(new EventEmitter())
console.log({ wasAdmitted, isAdmitted, ...stream.snapshot().lastFailure })
if (!wasAdmitted || isAdmitted) throw new Error('the failure should have opened the circuit')
