import { createServer } from 'node:http'

const got: string[] = []
const server = createServer((request, response) => {
  got.push(request.url ?? '')
  request.resume().on('end', () => response.writeHead(202).end())
})
await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
const address = server.address()
if (typeof address !== 'object' || address === null) throw new Error('not listening')
const here = `http://127.0.0.1:${address.port}`
const routingKey = '0123456789abcdef0123456789abcdef'
const key = `whsec_${btoa('0123456789abcdef0123456789abcdef')}`
const password = 'secret'

// #region readme
import { AlertEmitter } from '@tps/andon'
import { AlertmanagerChannel, PagerDutyChannel, WebhookChannel } from '@tps/andon/channels'
import { EmailChannel } from '@tps/andon/email'

const duty = new PagerDutyChannel({ routingKey, url: `${here}/v2/enqueue` })
const alertmanager = new AlertmanagerChannel({ url: here, labels: { team: 'checkout' } })
const audit = new WebhookChannel({ name: 'audit', url: `${here}/audit`, key })
const mail = new EmailChannel({
  smtp: { host: 'smtp.example.org', user: 'andon', password },
  from: 'Andon <andon@example.org>',
  to: ['ops@example.org'],
})

const alerts = new AlertEmitter({
  rules: [
    { name: 'NoHeartbeat', severity: 'red', threshold: { below: 1 } },
    { name: 'DiskFull', severity: 'yellow', threshold: { above: 0.9 } },
  ],
  channels: [duty, alertmanager, audit, mail],
  routes: [
    { match: { severity: 'red' }, channels: ['pagerduty', 'alertmanager', 'audit'] },
    { match: { severity: 'yellow' }, channels: ['email'] },
  ],
})
duty.on('circuit', ({ state }) => console.log(`the circuit to PagerDuty is ${state}`))

alerts.observe('NoHeartbeat', 0)
await alerts.flush()
for (const alert of alerts.alerts()) await duty.acknowledge(alert)
console.log(duty.snapshot().delivered) // 1
alertmanager.stop() // it owns a timer as long as something fires
// #endregion

server.close()
server.closeAllConnections()
const paths = got.toSorted().join()
if (paths !== '/api/v2/alerts,/audit,/v2/enqueue,/v2/enqueue') throw new Error(paths)
