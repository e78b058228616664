// #region readme
import { collectMetrics } from '@tps/andon/prometheus'
import { CircuitBreaker } from '@tps/jidoka'
import { Registry } from 'prom-client'

const billing = new CircuitBreaker({ name: 'billing' })
const orders = { name: 'orders', snapshot: () => ({ depth: 3, capacity: 100 }) } // anything with a name and a snapshot()

const registry = new Registry()
const stop = collectMetrics(registry, { breakers: [billing], queues: [orders] })

console.log(await registry.metrics())
// # HELP tps_queue_depth Items that wait in the queue.
// # TYPE tps_queue_depth gauge
// tps_queue_depth{queue="orders"} 3
// …
stop()
// #endregion

if (registry.getMetricsAsArray().length > 0) throw new Error('something is still registered')
