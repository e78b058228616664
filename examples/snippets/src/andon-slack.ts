import { createServer } from 'node:http'

const got: string[] = []
const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
  request.on('end', () => {
    got.push((JSON.parse(body) as { text: string }).text)
    response.end('ok')
  })
})
await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
const address = server.address()
if (typeof address !== 'object' || address === null) throw new Error('not listening')
process.env['SLACK_URL'] = `http://127.0.0.1:${address.port}/services/T00000000/B00000000/token`

// #region readme
import { AlertEmitter } from '@tps/andon'
import { SlackChannel } from '@tps/andon/channels'

const slack = new SlackChannel({ url: process.env['SLACK_URL'] ?? '' })
console.log((await slack.test()).isDelivered) // true: a sample, and its resolve, are in Slack

const alerts = new AlertEmitter({
  rules: [{ name: 'DiskFull', severity: 'red', summary: 'The disk fills up', threshold: { above: 0.9, clearAt: 0.8 } }],
  channels: [slack],
})
alerts.observe({ rule: 'DiskFull', labels: { host: 'a' } }, 0.95) // 🔴 DiskFull firing: The disk fills up (value 0.95)
await alerts.flush()
// #endregion

server.close()
server.closeAllConnections()
if (got.length !== 3 || got[2] !== '🔴 DiskFull firing: The disk fills up (value 0.95)') throw new Error(got.join())
