import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// #region readme
import { PullQueue } from '@tps/kanban'

const orders = new PullQueue<string>({ name: 'orders', capacity: 3 })

const server = createServer((request, response) => {
  if (orders.offer(request.url ?? '')) {
    response.writeHead(202).end('accepted')
    return
  }
  // From the pace of the last 10 s; unknown before the first one has left.
  const waitMs = orders.estimateWaitMs() ?? 1_000
  response.writeHead(429, { 'Retry-After': Math.ceil(waitMs / 1_000) }).end('full')
})
// #endregion

server.listen(0)
const { port } = server.address() as AddressInfo
const post = async (order: number): Promise<string> => {
  const response = await fetch(`http://127.0.0.1:${port}/${order}`, { method: 'POST' })
  await response.text()
  return `${response.status} ${response.headers.get('Retry-After')}`
}
assert.deepEqual(
  [await post(1), await post(2), await post(3), await post(4)],
  ['202 null', '202 null', '202 null', '429 1'],
)
orders.poll()
assert.equal(await post(5), '202 null')
server.close()
server.closeAllConnections()
