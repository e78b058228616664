import { createServer } from 'node:http'

const got: string[] = []
let isUp = false
const server = createServer((request, response) => {
  request.setEncoding('utf8').on('data', (body: string) => isUp && got.push(body))
  request.on('end', () => {
    response.writeHead(isUp ? 200 : 503).end()
    isUp = true
  })
})
await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
const address = server.address()
if (typeof address !== 'object' || address === null) throw new Error('not listening')
const url = `http://127.0.0.1:${address.port}`

// #region readme
import { AlertEmitter, type Channel } from '@tps/andon'
import { ReliableChannel } from '@tps/andon/channels'

const pager: Channel = {
  name: 'pager',
  async send({ id, kind, alert }, { signal }) {
    const body = JSON.stringify({ id, kind, summary: alert.summary, value: alert.value })
    const response = await fetch(url, { method: 'POST', body, signal })
    // 4xx will not get better: no use to try again.
    if (!response.ok) throw Object.assign(new Error(`${response.status}`), { retryable: response.status >= 500 })
  },
}

const alerts = new AlertEmitter({
  rules: [{ name: 'NoHeartbeat', severity: 'red', threshold: { below: 1 } }],
  channels: [new ReliableChannel(pager, { attempts: 5, backoffMs: 100, timeoutMs: 2_000, concurrency: 2 })],
})
alerts.on('deliveryFailed', ({ channel, reason, error }) => console.error(`${channel}: ${reason}`, error))

alerts.observe('NoHeartbeat', 0)
alerts.observe('NoHeartbeat', 1)
await alerts.flush() // both are delivered, in this order, although the first try met a 503
// #endregion

server.close()
server.closeAllConnections()
const kinds = got.map((body) => (JSON.parse(body) as { kind: string }).kind).join()
if (kinds !== 'firing,resolved') throw new Error(kinds)
console.log(kinds)
