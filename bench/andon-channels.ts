import { createHmac } from 'node:crypto'
import type { Alert, AlertNotification } from '@tps/andon'
import { type ChannelFetch, PagerDutyChannel, ReliableChannel, SlackChannel, WebhookChannel } from '@tps/andon/channels'
import { compare } from './harness.ts'

// What a notification costs before the network: formatting, signing, and the way through the queue.

const alert: Alert = {
  fingerprint: 'HighLatency{shard="a",zone="1"}',
  rule: 'HighLatency',
  labels: { shard: 'a', zone: '1' },
  severity: 'red',
  state: 'firing',
  condition: 'above 200',
  summary: 'p99 is above 200 ms',
  description: 'See the runbook.',
  value: 250,
  activeSince: '2026-03-01T12:00:00.000Z',
  startsAt: '2026-03-01T12:00:00.000Z',
  endsAt: null,
  activeMs: 0,
}
const notification: AlertNotification = { id: '1', kind: 'firing', alert }
const context = { signal: new AbortController().signal }
const bytes = '0123456789abcdef0123456789abcdef'
const fetch: ChannelFetch = async () => ({ status: 200, headers: new Headers(), body: null })
const common = { fetch, rate: false, circuit: { failures: 5 } } as const
const url = 'https://example.org/hook'

const channels = [
  new ReliableChannel({ name: 'ReliableChannel around nothing', async send() {} }),
  new SlackChannel({ ...common, url, name: 'Slack' }),
  new PagerDutyChannel({ ...common, routingKey: bytes, name: 'PagerDuty' }),
  new WebhookChannel({ ...common, url, key: `whsec_${btoa(bytes)}`, name: 'signed webhook' }),
]

await compare({
  title: 'one notification, without the network',
  operations: 2_000,
  contenders: [
    ...channels.map((channel) => ({
      name: channel.name,
      async run(operations: number) {
        for (let index = 0; index < operations; index++) await channel.send(notification, context)
      },
    })),
    {
      name: 'HMAC of node:crypto alone',
      run(operations) {
        const body = JSON.stringify(notification)
        for (let index = 0; index < operations; index++)
          createHmac('sha256', bytes).update(`id.${index}.${body}`).digest('base64')
      },
    },
  ],
})
