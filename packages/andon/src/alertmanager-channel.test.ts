import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import type { PostedAlert } from './alertmanager-alert.ts'
import { AlertmanagerChannel, type AlertmanagerChannelOptions } from './alertmanager-channel.ts'
import {
  type FakeAnswer,
  START_MS,
  alertWith,
  calm,
  failureOf,
  fakeFetch,
  groupOf,
  notificationOf,
} from './channel-test-kit.ts'

function setUp(answers: FakeAnswer[] = [], options: Partial<AlertmanagerChannelOptions> = {}) {
  const clock = new ManualClock()
  const { fetch, posted } = fakeFetch(answers)
  const url = 'http://localhost:9093'
  const wallNow = (): number => START_MS + 120_000 + clock.now()
  const common = { url, fetch, clock, timers: clock, wallNow, random: () => 0, backoffMs: 1000 }
  const channel = new AlertmanagerChannel({ ...common, ...options })
  const bodies = (): PostedAlert[][] => posted.map(({ body }) => JSON.parse(body) as PostedAlert[])
  /** Who is in each post, and for how many ms from now it is said to last. */
  const lasting = (): string[][] =>
    bodies().map((alerts) =>
      alerts.map(({ labels, endsAt }) => `${labels['alertname']} ${Date.parse(endsAt) - wallNow()}`),
    )
  return { clock, channel, posted, bodies, lasting }
}

describe('an alert', () => {
  it('is posted with its labels, and lasts four intervals', async () => {
    const { channel, posted, bodies } = setUp([], { labels: { team: 'ops' }, generatorUrl: 'https://example.org/' })
    await channel.send(notificationOf('firing', { labels: { shard: 'a' }, description: 'Do this' }), calm())
    expect(posted[0]?.url).toBe('http://localhost:9093/api/v2/alerts')
    expect(bodies()).toEqual([
      [
        {
          labels: { alertname: 'HighLatency', severity: 'critical', shard: 'a', team: 'ops' },
          annotations: { summary: 'p99 is too high', description: 'Do this', condition: 'above 200', value: '250' },
          startsAt: '2026-03-01T12:00:00.000Z',
          endsAt: '2026-03-01T12:06:00.000Z',
          generatorURL: 'https://example.org/',
        },
      ],
    ])
  })

  it('keeps labels of its own that have names of ours', async () => {
    const { channel, bodies } = setUp([], { severities: { yellow: 'info' } })
    const labels = { alertname: 'x', severity: 'y' }
    await channel.send(notificationOf('firing', { labels, severity: 'yellow' }), calm())
    expect(bodies()[0]?.[0]?.labels).toEqual({
      alertname: 'HighLatency',
      severity: 'info',
      exported_alertname: 'x',
      exported_severity: 'y',
    })
  })

  it('ends with its resolve, under the same labels', async () => {
    const { channel, bodies } = setUp()
    await channel.send(notificationOf('firing'), calm())
    await channel.send(notificationOf('resolved', { severity: 'yellow', value: null }), calm())
    const [[firing] = [], [resolved] = []] = bodies()
    expect(resolved?.labels).toEqual(firing?.labels)
    expect(resolved).toMatchObject({ endsAt: '2026-03-01T12:01:00.000Z', annotations: { value: 'no data' } })
  })

  it('never ends in the future or before it starts, whatever its clock said', async () => {
    const { channel, bodies } = setUp()
    const later = new Date(START_MS + 9_999_999).toISOString()
    await channel.send(notificationOf('resolved', { startsAt: later, endsAt: later }), calm())
    expect(bodies()[0]?.[0]).toMatchObject({
      startsAt: '2026-03-01T12:02:00.000Z',
      endsAt: '2026-03-01T12:02:00.000Z',
    })
  })

  it('says who has acknowledged it', async () => {
    const { channel, bodies } = setUp()
    await channel.send(notificationOf('firing', { acknowledgedBy: 'ann' }, { reason: 'repeat' }), calm())
    expect(bodies()[0]?.[0]?.annotations).toMatchObject({ acknowledgedBy: 'ann' })
  })

  it('is posted together with its group', async () => {
    const { channel, lasting } = setUp()
    await channel.send(groupOf('firing', [alertWith({ rule: 'A' }), alertWith({ rule: 'B' })]), calm())
    expect(lasting()).toEqual([['A 240000', 'B 240000']])
  })
})

describe('what fires', () => {
  it('is posted again each interval until it has resolved, and the resolve once more', async () => {
    const { clock, channel, lasting } = setUp()
    await channel.send(notificationOf('firing', { rule: 'A' }), calm())
    await channel.send(notificationOf('firing', { rule: 'B' }), calm())
    await clock.advanceAsync(60_000)
    expect(lasting().at(-1)).toEqual(['A 240000', 'B 240000'])
    await clock.advanceAsync(60_000)
    expect(lasting()).toHaveLength(4)
    await channel.send(notificationOf('resolved', { rule: 'A' }), calm())
    await clock.advanceAsync(60_000)
    expect(lasting().at(-1)).toEqual(['A -240000', 'B 240000'])
    await clock.advanceAsync(60_000)
    expect(lasting().at(-1)).toEqual(['B 240000'])
    expect(channel.snapshot()).toMatchObject({ firing: 1, resolved: 0, reposts: 4, failedReposts: 0, delivered: 3 })
  })

  it('needs no timer once nothing does', async () => {
    const { clock, channel } = setUp()
    await channel.send(notificationOf('firing'), calm())
    await channel.send(notificationOf('resolved'), calm())
    expect(clock.pendingTimers).toBe(1)
    await clock.advanceAsync(120_000)
    expect(clock.pendingTimers).toBe(0)
  })

  it('is posted again also when its first post was given up', async () => {
    const { clock, channel, lasting } = setUp([400])
    await failureOf(channel.send(notificationOf('firing', { rule: 'A' }), calm()))
    await clock.advanceAsync(60_000)
    expect(lasting()[1]).toEqual(['A 240000'])
  })

  it('is not posted as firing by a try that comes after its resolve', async () => {
    const { clock, channel, lasting } = setUp([500, 500])
    const firing = channel.send(notificationOf('firing', { rule: 'A' }), calm())
    await settle()
    const resolved = channel.send(notificationOf('resolved', { rule: 'A' }), calm())
    await clock.advanceAsync(10_000)
    await Promise.all([firing, resolved])
    expect(lasting().map(([each = '']) => each.startsWith('A -'))).toEqual([false, true, true])
  })

  it('is posted in order: a repost that is slow holds the resolve back', async () => {
    const { clock, channel, lasting } = setUp([200, 'hang'], { timeoutMs: 5000, attempts: 1 })
    await channel.send(notificationOf('firing', { rule: 'A' }), calm())
    await clock.advanceAsync(60_000)
    const resolved = channel.send(notificationOf('resolved', { rule: 'A' }), calm())
    await settle()
    expect(lasting()).toHaveLength(2)
    await clock.advanceAsync(5000)
    await resolved
    expect(lasting()).toHaveLength(3)
    expect(channel.snapshot()).toMatchObject({ failedReposts: 1, resolved: 1 })
  })

  it('is tried again as it stands then when a repost fails', async () => {
    const { clock, channel, lasting } = setUp([200, 200, 503])
    await channel.send(notificationOf('firing', { rule: 'A' }), calm())
    await channel.send(notificationOf('firing', { rule: 'B' }), calm())
    await clock.advanceAsync(60_000)
    await channel.send(notificationOf('resolved', { rule: 'A' }), calm())
    await clock.advanceAsync(1000)
    expect(lasting().at(-1)?.toSorted()).toEqual([expect.stringMatching(/^A -/), expect.stringMatching(/^B 2/)])
  })

  it('is not posted in two rounds at a time', async () => {
    const { clock, channel, posted } = setUp([200, 'hang'], { timeoutMs: Infinity })
    await channel.send(notificationOf('firing'), calm())
    await clock.advanceAsync(600_000)
    expect(posted).toHaveLength(2)
    channel.stop()
  })

  it('is posted in pieces', async () => {
    const { clock, channel, bodies } = setUp()
    const alerts = Array.from({ length: 600 }, (_, index) => alertWith({ rule: `R${index}` }))
    await channel.send(groupOf('firing', alerts), calm())
    await clock.advanceAsync(60_000)
    expect(bodies().map(({ length }) => length)).toEqual([600, 256, 256, 88])
  })

  it('is dropped beyond the bound, and counted', async () => {
    const { clock, channel, lasting } = setUp([], { maxFiring: 1 })
    await channel.send(notificationOf('firing', { rule: 'A' }), calm())
    const error = await failureOf(channel.send(notificationOf('firing', { rule: 'B' }), calm()))
    expect(error).toMatchObject({ code: 'ERR_CHANNEL_FULL', capacity: 1 })
    await channel.send(notificationOf('firing', { rule: 'A' }, { reason: 'repeat' }), calm())
    await channel.send(notificationOf('resolved', { rule: 'A' }), calm())
    await channel.send(notificationOf('resolved', { rule: 'C' }), calm())
    expect(channel.snapshot()).toMatchObject({ firing: 0, resolved: 1, droppedFirings: 1 })
    await clock.advanceAsync(60_000)
    expect(lasting().at(-1)).toEqual([expect.stringMatching(/^C/)])
  })
})

describe('a restart', () => {
  it('goes on with what the earlier process has told', async () => {
    const { clock, channel, lasting } = setUp([], { maxFiring: 2 })
    const over = alertWith({ rule: 'Over', state: 'resolved' })
    channel.resume([alertWith({ rule: 'A' }), over, alertWith({ rule: 'B' }), alertWith({ rule: 'C' })])
    await settle()
    expect(lasting()).toEqual([['A 240000', 'B 240000']])
    await clock.advanceAsync(60_000)
    expect(lasting()).toHaveLength(2)
    expect(channel.snapshot()).toMatchObject({ firing: 2, droppedFirings: 1 })
  })
})

describe('stop', () => {
  it('ends the reposts and gives the timer back', async () => {
    const { clock, channel, posted } = setUp()
    {
      using stopped = channel
      await stopped.send(notificationOf('firing'), calm())
    }
    expect(clock.pendingTimers).toBe(0)
    await channel.send(notificationOf('firing', { rule: 'Late' }), calm())
    await clock.advanceAsync(600_000)
    expect(posted).toHaveLength(2)
    expect(channel.snapshot()).toMatchObject({ firing: 0, resolved: 0 })
  })
})

it('waits for a place for nothing else than order', async () => {
  const { channel, posted } = setUp(['hang'], { concurrency: 5, timeoutMs: Infinity } as never)
  void channel.send(notificationOf('firing', { rule: 'A' }), calm())
  void channel.send(notificationOf('firing', { rule: 'B' }), calm())
  await settle()
  expect(posted).toHaveLength(1)
  channel.stop()
})

it('sends headers, and takes a URL with a path', async () => {
  const { channel, posted } = setUp([], { url: 'https://example.org/am/', headers: { Authorization: 'Basic x' } })
  await channel.send(notificationOf('firing'), calm())
  expect(posted[0]).toMatchObject({
    url: 'https://example.org/am/api/v2/alerts',
    headers: { authorization: 'Basic x' },
  })
  channel.stop()
})

it.each<[Partial<Record<keyof AlertmanagerChannelOptions, unknown>>, string]>([
  [{ url: 'secret' }, 'url must be an absolute URL'],
  [{ repostMs: 99 }, 'repostMs must be a finite number in [100, 536870911.75], got 99'],
  [{ maxFiring: 0 }, 'maxFiring must be'],
  [{ labels: { 'bad-name': 'x' } }, "labels: a label's name must match"],
  [{ severities: { red: '' } }, 'severities.red must not be empty'],
  [{ generatorUrl: '' }, 'generatorUrl must not be empty'],
  [{ headers: { host: 'secret' } }, 'headers must not set host'],
])('checks its options without showing them: %o', (options, message) => {
  expect(() => setUp([], options as never)).toThrow(message)
  expect(() => setUp([], options as never)).not.toThrow(/secret/)
})
