import { settle } from '@tps/internal/manual-clock'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AlertEmitter } from './alert-emitter.ts'
import { AlertmanagerChannel } from './alertmanager-channel.ts'
import type { ChannelFetch } from './channel-http.ts'
import { calm, failureOf, notificationOf, shown } from './channel-test-kit.ts'
import { EmailChannel } from './email-channel.ts'
import { PagerDutyChannel } from './pagerduty-channel.ts'
import type { ReliableChannel } from './reliable-channel.ts'
import { SlackChannel } from './slack-channel.ts'
import { WebhookChannel } from './webhook-channel.ts'

// No secret is ever shown: not in an error or what it points to, an event, a report, a snapshot, what is printed, or what
// a channel looks like from outside. Each receiver here does its worst: it gives the secrets back.

const TOKEN = 'xoxbSecretTokenabcdefghi'
const KEY_BYTES = 'c2VjcmV0U2VjcmV0U2VjcmV0U2VjcmV0U2Vj'
const ROUTING_KEY = 'S3cretS3cretS3cretS3cretS3cret12'
const PASSWORD = 'hunter22hunter'
const SECRETS = [TOKEN, KEY_BYTES, ROUTING_KEY, PASSWORD, btoa(`\0ops\0${PASSWORD}`), btoa(PASSWORD)]
const URL_WITH_TOKEN = `https://example.org/services/${TOKEN}?token=${TOKEN}`

const echo = (init: { headers: object; body: string }): string =>
  `${URL_WITH_TOKEN} ${JSON.stringify(init.headers)} ${init.body} ${SECRETS.join(' ')}`.replaceAll('/', String.raw`\/`)

const WORST: Readonly<Record<string, ChannelFetch>> = {
  'a refusal that repeats the request': async (_, init) => new Response(echo(init), { status: 400 }),
  'an error with the secrets in it': async (url, init) => {
    const cause = Object.assign(new Error(echo(init)), { input: url, code: 'ECONNRESET' })
    throw Object.assign(new TypeError(`failed: ${url}`, { cause }), { url, init })
  },
  'something that is no error': async (url) => {
    throw url
  },
}

function channelsWith(fetch: ChannelFetch): ReliableChannel[] {
  const common = { fetch, attempts: 1, rate: false } as const
  const headers = { authorization: `Bearer ${TOKEN}` }
  const transport = {
    async sendMail() {
      const response = `535 ${SECRETS.join(' ')}`
      throw Object.assign(new Error(response), {
        response,
        responseCode: 535,
        code: 'EAUTH',
        cause: new Error(response),
      })
    },
  }
  const address = { from: 'ops@example.org', to: 'ann@example.org' }
  return [
    new WebhookChannel({ ...common, url: URL_WITH_TOKEN, key: `whsec_${KEY_BYTES}`, headers }),
    new SlackChannel({ ...common, url: URL_WITH_TOKEN }),
    new PagerDutyChannel({ ...common, url: URL_WITH_TOKEN, routingKey: ROUTING_KEY }),
    new AlertmanagerChannel({ ...common, url: URL_WITH_TOKEN.replace(/\?.*/, ''), headers }),
    new EmailChannel({ ...address, attempts: 1, name: 'own transport', transport }),
    new EmailChannel({
      ...address,
      attempts: 1,
      smtp: { host: '127.0.0.1', port: 1, user: 'ops', password: PASSWORD },
    }),
  ]
}

const printed: unknown[] = []

beforeEach(() => {
  printed.length = 0
  for (const level of ['error', 'warn', 'info', 'log'] as const)
    vi.spyOn(console, level).mockImplementation((...values: unknown[]) => void printed.push(...values))
})

afterEach(() => void vi.restoreAllMocks())

function assertNoSecret(channel: ReliableChannel, seen: unknown): void {
  // Of what each channel knows: the receiver of mail here knows nothing of the keys of others.
  const own = channel.name === 'own transport' ? [] : secretsOf(channel)
  const text = shown(seen)
  for (const secret of own) expect(text).not.toContain(secret)
}

function secretsOf({ name }: ReliableChannel): string[] {
  if (name === 'webhook') return [TOKEN, KEY_BYTES]
  if (name === 'pagerduty') return [TOKEN, ROUTING_KEY]
  return name === 'email' ? [PASSWORD, btoa(PASSWORD)] : [TOKEN]
}

describe.each(Object.entries(WORST))('after %s', (_, fetch) => {
  it.each(channelsWith(fetch).map((channel) => [channel.name, channel] as const))(
    'nothing of %s shows a secret',
    async (_, channel) => {
      const told: unknown[] = []
      for (const event of ['failed', 'retry', 'dropped', 'circuit', 'delivered'] as const)
        channel.on(event, (...args: unknown[]) => told.push(args))
      const error = await failureOf(channel.send(notificationOf('firing'), calm()))
      expect(error).toMatchObject({ code: 'ERR_CHANNEL_DELIVERY' })
      expect(error).not.toHaveProperty('cause')
      const report = await channel.test()
      expect(report.isDelivered).toBe(false)
      expect(told).not.toEqual([])
      assertNoSecret(channel, [error, told, report, channel.snapshot(), channel])
      if (channel instanceof AlertmanagerChannel) channel.stop()
    },
  )

  it('nothing that an emitter prints does', async () => {
    const channels = channelsWith(fetch)
    const emitter = new AlertEmitter({
      rules: [{ name: 'Red', severity: 'red', threshold: { above: 1 } }],
      channels,
    })
    emitter.observe('Red', 2)
    await emitter.flush()
    await settle()
    expect(printed.length).toBeGreaterThanOrEqual(channels.length)
    for (const channel of channels) {
      const own = printed.filter((value) => shown(value).includes(`"${channel.name}"`))
      assertNoSecret(channel, own)
      if (channel instanceof AlertmanagerChannel) channel.stop()
    }
    assertNoSecret(channels[0] as ReliableChannel, emitter.snapshot())
    emitter.close()
  })
})
