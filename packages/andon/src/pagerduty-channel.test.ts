import { settle } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import { type FakeAnswer, alertWith, calm, failureOf, fakeFetch, groupOf, notificationOf } from './channel-test-kit.ts'
import { PagerDutyChannel, type PagerDutyChannelOptions } from './pagerduty-channel.ts'

const KEY = 'R0123456789abcdefR0123456789abcd'

function setUp(answers: FakeAnswer[] = [], options: Partial<PagerDutyChannelOptions> = {}) {
  const { fetch, posted } = fakeFetch(answers)
  const channel = new PagerDutyChannel({ routingKey: KEY, fetch, rate: false, backoffMs: 0, ...options })
  const events = (): Record<string, unknown>[] => posted.map(({ body }) => JSON.parse(body) as Record<string, unknown>)
  return { channel, posted, events }
}

describe('an event', () => {
  it('triggers what fires', async () => {
    const { channel, posted, events } = setUp()
    await channel.send(notificationOf('firing', { labels: { shard: 'a' } }, { reason: 'escalation' }), calm())
    expect(posted[0]?.url).toBe('https://events.pagerduty.com/v2/enqueue')
    expect(events()).toEqual([
      {
        routing_key: KEY,
        event_action: 'trigger',
        dedup_key: 'HighLatency{shard="a"}',
        payload: {
          summary: 'HighLatency: p99 is too high (value 250)',
          source: 'andon',
          severity: 'critical',
          timestamp: '2026-03-01T12:00:00.000Z',
          class: 'HighLatency',
          custom_details: {
            condition: 'above 200',
            value: 250,
            labels: { shard: 'a' },
            description: '',
            activeSince: '2026-03-01T12:00:00.000Z',
            reason: 'escalation',
          },
        },
      },
    ])
  })

  it('resolves what has resolved, under the same key', async () => {
    const { channel, events } = setUp()
    await channel.send(notificationOf('resolved'), calm())
    expect(events()).toEqual([{ routing_key: KEY, event_action: 'resolve', dedup_key: 'HighLatency{}' }])
  })

  it('acknowledges', async () => {
    const { channel, events } = setUp([500])
    await channel.acknowledge(alertWith())
    expect(events()).toEqual(
      Array.from({ length: 2 }, () => ({ routing_key: KEY, event_action: 'acknowledge', dedup_key: 'HighLatency{}' })),
    )
    expect(channel.snapshot()).toMatchObject({ delivered: 0, failed: 0, retries: 0, running: 0 })
  })

  it('says how bad it is, where, in words of the user', async () => {
    const { channel, events } = setUp([], { source: 'eu-1', severities: { yellow: 'info' } })
    await channel.send(notificationOf('firing', { severity: 'yellow' }), calm())
    await channel.send(notificationOf('firing'), calm())
    expect(events()).toMatchObject([
      { payload: { source: 'eu-1', severity: 'info' } },
      { payload: { source: 'eu-1', severity: 'critical' } },
    ])
  })

  it('keeps the limits, whatever the alert says', async () => {
    const { channel, posted, events } = setUp()
    const long = '\u0000ä"😀'.repeat(200_000)
    const labels = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`l${index}`, '\u0000'.repeat(256)]))
    const alert = alertWith({ rule: long, summary: long, description: long, condition: long, labels })
    await channel.send({ id: '1', kind: 'firing', alert }, calm())
    const [event] = events() as [{ dedup_key: string; payload: { summary: string } }]
    expect(new TextEncoder().encode(posted[0]?.body).length).toBeLessThan(128_000)
    expect(event.payload.summary.length).toBeLessThanOrEqual(1024)
    expect(new TextEncoder().encode(event.dedup_key).length).toBeLessThanOrEqual(255)
  })

  it('has a key of its own for each alert, however long its name', async () => {
    const { channel, events } = setUp()
    const rules = ['a', 'b'].map((end) => `${'ä'.repeat(300)}${end}`)
    for (const rule of [...rules, ...rules]) await channel.send(notificationOf('firing', { rule }), calm())
    const keys = events().map(({ dedup_key }) => dedup_key)
    expect(new Set(keys).size).toBe(2)
    expect(keys[0]).toBe(keys[2])
    expect(keys[0]).toMatch(/^ä{90}~[0-9a-f]{64}$/)
  })
})

describe('a group', () => {
  const group = groupOf('firing', [alertWith({ rule: 'A' }), alertWith({ rule: 'B' }), alertWith({ rule: 'C' })])

  it('is told alert by alert', async () => {
    const { channel, events } = setUp()
    await channel.send(group, calm())
    expect(events().map(({ dedup_key }) => dedup_key)).toEqual(['A{}', 'B{}', 'C{}'])
    expect(channel.snapshot().delivered).toBe(3)
  })

  it('is not delivered when one alert is not, and the others are', async () => {
    const { channel, events } = setUp([400])
    expect(await failureOf(channel.send(group, calm()))).toMatchObject({ status: 400 })
    expect(events()).toHaveLength(3)
    expect(channel.snapshot()).toMatchObject({ delivered: 2, failed: 1 })
  })

  it('has only those tried again that failed', async () => {
    const { channel, events } = setUp([200, 500, 200])
    await channel.send(group, calm())
    expect(events().map(({ dedup_key }) => dedup_key)).toEqual(['A{}', 'B{}', 'C{}', 'B{}'])
  })
})

describe('retry', () => {
  it.each([429, 500, 503, new TypeError('fetch failed')])('follows %s', async (answer) => {
    const { channel, posted } = setUp([answer])
    await channel.send(notificationOf('firing'), calm())
    expect(posted).toHaveLength(2)
  })

  it('does not follow 400', async () => {
    const { channel, posted } = setUp([{ status: 400, text: `{"errors":["bad key ${KEY}"]}` }])
    const error = (await failureOf(channel.send(notificationOf('firing'), calm()))) as Error
    expect(error.message).toBe('channel "pagerduty" did not deliver: status 400: {"errors":["bad key [redacted]"]}')
    expect(posted).toHaveLength(1)
  })
})

it('does not fold a storm, whatever it is told', async () => {
  const { channel, posted } = setUp([], { concurrency: 1, digest: { above: 1 } } as never)
  for (let index = 0; index < 20; index++) void channel.send(notificationOf('firing', { rule: `R${index}` }), calm())
  await expect.poll(() => posted.length).toBe(20)
  await settle()
  expect(channel.snapshot()).toMatchObject({ delivered: 20, digests: 0 })
})

it.each<[Partial<Record<keyof PagerDutyChannelOptions, unknown>>, string]>([
  [{ routingKey: 'secret' }, 'routingKey must be 32 letters and digits'],
  [{ routingKey: 5 }, 'routingKey must be a string'],
  [{ url: 'secret' }, 'url must be an absolute URL'],
  [{ source: '' }, 'source must not be empty'],
  [{ severities: { red: 'bad' } }, 'severities.red must be "critical" or "error" or "warning" or "info", got "bad"'],
])('checks its options without showing them: %o', (options, message) => {
  expect(() => setUp([], options as never)).toThrow(message)
  expect(() => setUp([], options as never)).not.toThrow(/secret/)
})

it('checks what is acknowledged', async () => {
  expect(await failureOf(setUp().channel.acknowledge({ fingerprint: '' }))).toEqual(
    new RangeError('alert.fingerprint must not be empty'),
  )
})
