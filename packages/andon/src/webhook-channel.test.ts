import { settle } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import {
  type FakeAnswer,
  type Posted,
  START_MS,
  alertWith,
  calm,
  fakeFetch,
  groupOf,
  notificationOf,
} from './channel-test-kit.ts'
import { WebhookChannel, type WebhookChannelOptions } from './webhook-channel.ts'

const URL = 'https://example.org/hook'
/** 32 bytes: the text "0123456789abcdef0123456789abcdef". */
const KEY = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY='
const OTHER_KEY = `whsec_${btoa('x'.repeat(24))}`

function setUp(answers: FakeAnswer[] = [], options: Partial<WebhookChannelOptions> = {}) {
  const { fetch, posted } = fakeFetch(answers)
  let wallMs = START_MS
  const channel = new WebhookChannel({
    url: URL,
    key: KEY,
    fetch,
    wallNow: () => (wallMs += 1000),
    backoffMs: 0,
    ...options,
  })
  return { channel, posted }
}

describe('a notification', () => {
  it('is posted as an event of Standard Webhooks', async () => {
    const { channel, posted } = setUp()
    const notification = notificationOf('firing', { labels: { shard: 'ä' } })
    await channel.send(notification, calm())
    expect(posted).toHaveLength(1)
    expect(posted[0]?.url).toBe(URL)
    expect(JSON.parse(posted[0]?.body ?? '')).toEqual({
      type: 'alert.firing',
      timestamp: '2026-03-01T12:00:00.000Z',
      data: notification,
    })
  })

  it('says when it resolved', async () => {
    const { channel, posted } = setUp()
    await channel.send(notificationOf('resolved'), calm())
    expect(JSON.parse(posted[0]?.body ?? '')).toMatchObject({
      type: 'alert.resolved',
      timestamp: '2026-03-01T12:01:00.000Z',
    })
  })

  it('tells a group as one', async () => {
    const { channel, posted } = setUp()
    await channel.send(groupOf('firing', [alertWith(), alertWith({ rule: 'Other' })]), calm())
    expect(JSON.parse(posted[0]?.body ?? '')).toMatchObject({
      data: { group: { key: 'group' }, alerts: [{ rule: 'HighLatency' }, { rule: 'Other' }] },
    })
  })

  it('keeps its id over retries and gets a new time and signature with each', async () => {
    const { channel, posted } = setUp([500, 503])
    await channel.send(notificationOf('firing'), calm())
    await settle()
    const [ids, times, signatures] = ['id', 'timestamp', 'signature'].map(
      (name) => new Set(posted.map(({ headers }) => headers[`webhook-${name}`])),
    )
    expect([posted.length, ids?.size, times?.size, signatures?.size]).toEqual([3, 1, 3, 3])
    expect([...(ids ?? [])][0]).toMatch(/^msg_[\w-]{43}$/)
    expect([...(times ?? [])][0]).toBe(`${START_MS / 1000 + 1}`)
    expect(new Set(posted.map(({ body }) => body)).size).toBe(1)
  })

  it('has another id than its resolve', async () => {
    const { channel, posted } = setUp()
    await channel.send(notificationOf('firing'), calm())
    await channel.send(notificationOf('resolved'), calm())
    expect(new Set(posted.map(({ headers }) => headers['webhook-id'])).size).toBe(2)
  })
})

describe('the signature', () => {
  it('is the HMAC of id, time and body: a known answer', async () => {
    const { channel, posted } = setUp([], { wallNow: () => START_MS })
    await channel.send(notificationOf('firing'), calm())
    const { headers = {}, body = '' }: Partial<Posted> = posted[0] ?? {}
    const { createHmac } = await import('node:crypto')
    const hmac = createHmac('sha256', '0123456789abcdef0123456789abcdef')
    hmac.update(`${headers['webhook-id']}.${START_MS / 1000}.${body}`)
    expect(headers['webhook-signature']).toBe(`v1,${hmac.digest('base64')}`)
  })

  it('comes once for each key', async () => {
    const { channel, posted } = setUp([], { key: [KEY, OTHER_KEY] })
    await channel.send(notificationOf('firing'), calm())
    expect(posted[0]?.headers['webhook-signature']).toMatch(/^v1,[\w+/=]{44} v1,[\w+/=]{44}$/)
  })
})

it('sends headers of the user, and keeps its own', async () => {
  const { channel, posted } = setUp([], { headers: { Authorization: 'Bearer token' } })
  await channel.send(notificationOf('firing'), calm())
  expect(posted[0]?.headers).toMatchObject({ authorization: 'Bearer token', 'content-type': 'application/json' })
})

it('does not fold a storm, whatever it is told', async () => {
  const { channel, posted } = setUp([], { concurrency: 1, digest: { above: 1 } } as never)
  const rules = Array.from({ length: 20 }, (_, index) => `R${index}`)
  await Promise.all(rules.map(async (rule) => channel.send(notificationOf('firing', { rule }), calm())))
  expect(posted).toHaveLength(20)
})

it('has the name that it is given', () => {
  expect(setUp().channel.name).toBe('webhook')
  expect(setUp([], { name: 'audit' }).channel.name).toBe('audit')
})

it.each<[Partial<Record<keyof WebhookChannelOptions, unknown>>, string]>([
  [{ key: 'secret' }, 'key must be "whsec_" and 24 to 64 bytes in base64'],
  [{ key: `whsec_${btoa('secret')}` }, 'key must be "whsec_" and 24 to 64 bytes in base64'],
  [{ key: 'whsec_secret!' }, 'key must be "whsec_" and 24 to 64 bytes in base64'],
  [{ key: [] }, 'key must be from 1 to 8 keys, got 0'],
  [{ key: 5 }, 'key must be a string'],
  [{ url: 'secret' }, 'url must be an absolute URL'],
  [{ headers: { 'webhook-id': 'secret' } }, 'headers must not set webhook-id'],
  [{ name: '' }, 'name must not be empty'],
  [{ capacity: 0 }, 'capacity must be'],
])('checks its options without showing them: %o', (options, message) => {
  expect(() => setUp([], options as never)).toThrow(message)
  expect(() => setUp([], options as never)).not.toThrow(/secret/)
})
