import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

// #region readme
import { createServer } from 'node:http'
import { MetricsPage } from '@tps/andon/prometheus'
import { CircuitBreaker } from '@tps/jidoka'
import { PullQueue } from '@tps/kanban'

const billing = new CircuitBreaker({ name: 'billing' })
const orders = new PullQueue<string>({ name: 'orders', capacity: 100 })
const page = new MetricsPage({ breakers: [billing], queues: [orders] })

const server = createServer((request, response) => {
  const { contentType, body } = page.render({ accept: request.headers.accept })
  response.setHeader('content-type', contentType).end(body)
})
// #endregion

server.listen(0, '127.0.0.1')
await once(server, 'listening')
orders.offer('one')
const { port } = server.address() as AddressInfo
const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
assert.match(text, /^tps_queue_depth\{queue="orders"\} 1$/m)
assert.match(text, /^tps_circuit_breaker_state\{breaker="billing"\} 0$/m)
server.close()
